/** From events to deliveries: which endpoints get each event, and which way: at once, in its lane, or in a batch. Queues and functions of subscriptions get theirs beside it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { eventBody } from '../../../layers/webhooks/message-body.ts';
import { addToBuffer } from '../batches/add-to-buffer.ts';
import type { BufferedEvent } from '../batches/buffer-entity.ts';
import { dispatchToSubscriptions } from '../event-subscriptions/dispatch-to-subscriptions.ts';
import { subscriptionsSince } from '../event-subscriptions/subscription-directory.ts';
import type { StoredSubscription } from '../event-subscriptions/subscription-entity.ts';
import { enqueueInLanes, type LaneEntry } from '../lanes/enqueue-lane.ts';
import { aggregateLane, settleMs } from '../lanes/lane-entity.ts';
import type { StoredWebhook } from '../webhooks/webhook-entity.ts';
import { deliveryIdOf, deliveryRetentionSeconds } from './delivery-entity.ts';
import { type DeliveryMessage, deliveriesQueue, encodeDelivery } from './delivery-message.ts';
import { endpointsSince } from './endpoint-directory.ts';
import { endpointWants } from './match-endpoint.ts';

/** Longer bodies wait in the event log instead of the buffer: DynamoDB takes 400 KB in an item. */
const bufferedBody = 100_000;

/** Repeating it for the same events queues the same deliveries again, which the deliverer recognises. */
export async function dispatchEvents(session: TenantSession, events: readonly EventEnvelope[]): Promise<void> {
  const newestMs = Math.max(...events.map(({ occurredAt }) => Date.parse(occurredAt) || Date.now()));
  const [known, subscriptions] = await Promise.all([
    endpointsSince(session, newestMs),
    subscriptionsSince(session, newestMs),
  ]);
  const endpoints = [...known.values()].filter(({ isActive }) => isActive);
  await Promise.all([
    dispatchToEndpoints(session, endpoints, subscriptions, events),
    dispatchToSubscriptions(session, subscriptions, events),
  ]);
}

async function dispatchToEndpoints(
  session: TenantSession,
  endpoints: readonly StoredWebhook[],
  subscriptions: readonly StoredSubscription[],
  events: readonly EventEnvelope[],
): Promise<void> {
  if (endpoints.length === 0) return;
  const now = session.context.now();
  const direct: DeliveryMessage[] = [];
  const inLanes: LaneEntry[] = [];
  const buffered = new Map<StoredWebhook, BufferedEvent[]>();
  for (const event of events) {
    let body: string | undefined;
    for (const webhook of endpoints) {
      if (!endpointWants(webhook, event, undefined, subscriptions)) continue;
      body ??= bodyOf(event);
      const message = firstMessage(session.tenantId, webhook.id, event, body, now);
      if (webhook.ordering === 'aggregate')
        inLanes.push({ lane: aggregateLane(event.aggregateType, event.aggregateId), message });
      else if (webhook.batch) {
        const own = buffered.get(webhook) ?? [];
        own.push(toBuffered(webhook.id, event, body, now));
        buffered.set(webhook, own);
      } else direct.push(message);
    }
  }
  const nowMs = Date.now();
  await Promise.all([
    sendMessages(
      deliveriesQueue,
      direct.map((message) => encodeDelivery(message, nowMs)),
    ),
    enqueueInLanes(session, inLanes, settleMs),
    ...[...buffered].map(([webhook, own]) => addToBuffer(session, webhook, own)),
  ]);
}

const bodyOf = (event: EventEnvelope): string => eventBody({ ...event, payload: JSON.stringify(event.payload) });

/** The first attempt of an event to an endpoint. */
export function firstMessage(
  tenantId: string,
  webhookId: string,
  event: Pick<EventEnvelope, 'id' | 'type' | 'occurredAt' | 'correlationId'>,
  body: string | undefined,
  now: string,
): DeliveryMessage {
  const eventTime = event.occurredAt || now;
  return {
    tenantId,
    webhookId,
    deliveryId: deliveryIdOf(webhookId, event.id, eventTime),
    messageId: event.id,
    eventType: event.type,
    eventTime,
    createdAt: now,
    correlationId: event.correlationId,
    attempt: 1,
    roundBase: 0,
    ...(body === undefined ? {} : { body }),
  };
}

function toBuffered(webhookId: string, event: EventEnvelope, body: string, now: string): BufferedEvent {
  return {
    webhookId,
    eventTime: event.occurredAt || now,
    eventId: event.id,
    eventType: event.type,
    correlationId: event.correlationId,
    queuedAtMs: Date.parse(now),
    ...(body.length <= bufferedBody ? { body } : {}),
    retainUntil: Math.floor(Date.parse(now) / 1000) + deliveryRetentionSeconds,
  };
}
