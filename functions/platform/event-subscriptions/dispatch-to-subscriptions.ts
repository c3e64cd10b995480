/** From events to what queues and functions of subscriptions do with them. Webhooks are the dispatcher's other half: see `deliveries/`. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { eventBody } from '../../../layers/webhooks/message-body.ts';
import { markDays } from '../timeline/timeline.ts';
import { encodeWork, type HandlerWork, handlersQueue } from './handler-message.ts';
import {
  type Processing,
  processingEntity,
  processingIdOf,
  processingRetentionSeconds,
  processingTimeline,
} from './processing-entity.ts';
import { reactionIgnores } from './reactions/registry.ts';
import { type StoredSubscription, subscriptionWants } from './subscription-entity.ts';

type Occurrence = Pick<EventEnvelope, 'id' | 'type' | 'occurredAt' | 'correlationId'>;

/** @param subscriptions by priority; repeating it for the same events makes the same rows, which are recognised */
export async function dispatchToSubscriptions(
  session: TenantSession,
  subscriptions: readonly StoredSubscription[],
  events: readonly EventEnvelope[],
): Promise<void> {
  const chosen = subscriptions.flatMap((subscription) =>
    subscription.isActive && subscription.handlerType !== 'webhook'
      ? events.flatMap((event) => (handlerWants(subscription, event) ? [{ subscription, event }] : []))
      : [],
  );
  await enqueueProcessing(
    session,
    chosen.map(({ subscription, event }) => ({
      subscription,
      event,
      body: eventBody({ ...event, payload: JSON.stringify(event.payload) }),
    })),
  );
}

/** A reaction is not set off by what it causes itself: an alert that raises an alert would never end. */
export function handlerWants(
  subscription: StoredSubscription,
  event: Pick<EventEnvelope, 'type' | 'payload'>,
): boolean {
  if (subscription.handlerType === 'function' && reactionIgnores(subscription.handlerConfig.function, event.type))
    return false;
  return subscriptionWants(subscription, event);
}

export interface ProcessingOrder {
  subscription: StoredSubscription;
  event: Occurrence;
  /** The message, if it is at hand. */
  body?: string;
}

/** @param replay job that asks for it, if any */
export async function enqueueProcessing(
  session: TenantSession,
  orders: readonly ProcessingOrder[],
  replay?: string,
): Promise<void> {
  if (orders.length === 0) return;
  const now = session.context.now();
  const rows = orders.map(({ subscription, event }) => newRow(subscription, event, now, replay));
  await markDays(
    session,
    rows.map(({ subscriptionId, queuedAt }) => ({ name: processingTimeline(subscriptionId), time: queuedAt })),
  );
  await Promise.all(rows.map((row) => createOnce(session, row)));
  const nowMs = Date.parse(now);
  const work = orders.flatMap(({ body }, i): HandlerWork[] => {
    const row = rows[i]!;
    if (row.handlerType === 'queue') return [];
    return [{ tenantId: session.tenantId, processingId: row.id, attempt: 1, ...(body === undefined ? {} : { body }) }];
  });
  // Also for rows that were there: whoever made them may have died before this.
  await sendMessages(
    handlersQueue,
    work.map((one) => encodeWork(one, nowMs)),
  );
}

function newRow(subscription: StoredSubscription, event: Occurrence, now: string, replay?: string): Processing {
  const eventTime = event.occurredAt || now;
  const keepSeconds =
    subscription.handlerType === 'queue'
      ? subscription.handlerConfig.retentionDays * 86_400
      : processingRetentionSeconds;
  return {
    id: processingIdOf(subscription.id, event.id, eventTime, replay),
    subscriptionId: subscription.id,
    handlerType: subscription.handlerType === 'queue' ? 'queue' : 'function',
    eventId: event.id,
    eventType: event.type,
    eventTime,
    correlationId: event.correlationId,
    status: 'pending',
    attemptNumber: 0,
    roundBase: 0,
    failures: [],
    ...(subscription.handlerType === 'queue' ? { visibleAt: now } : {}),
    ...(replay === undefined ? {} : { replay }),
    queuedAt: now,
    retainUntil: Math.floor(Date.parse(now) / 1000) + keepSeconds,
  };
}

async function createOnce(session: TenantSession, row: Processing): Promise<void> {
  try {
    await session.transact('platform', (unit) => void unit.create(processingEntity, row));
  } catch (error) {
    if (!(isAppError(error) && error.code === 'already_exists')) throw error;
  }
}
