/** Sends messages of a lane one after the other until one must wait: for its retry, its place in the rate limit, or the log. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { slotToleranceMs } from '../../../layers/webhooks/rate-slots.ts';
import { attemptDelivery, maxLogWaits } from '../deliveries/attempt-delivery.ts';
import { refused } from '../deliveries/deliver-batch.ts';
import { type Delivery, deliveryEntity } from '../deliveries/delivery-entity.ts';
import { type DeliveryMessage, decodeDelivery } from '../deliveries/delivery-message.ts';
import { endpointsFor } from '../deliveries/endpoint-directory.ts';
import type { Observation } from '../deliveries/record-outcomes.ts';
import { reserveSlots } from '../deliveries/reserve-slots.ts';
import { messageOf } from '../deliveries/settle-attempt.ts';
import { writeOutcome } from '../deliveries/write-outcomes.ts';
import type { StoredWebhook } from '../webhooks/webhook-entity.ts';
import { type LaneItem, laneItemEntity } from './lane-entity.ts';
import type { Lease, Pause } from './lane-lease.ts';

export interface LaneRun {
  session: TenantSession;
  lease: Lease;
  observations: Observation[];
  /** When to leave the rest to another run, in milliseconds. */
  endMs: number;
}

const logWaitMs = 2000;

/** @returns until when the lane must wait; undefined when the items are done or the time is up. All outcomes are stored then. */
export async function sendInOrder(run: LaneRun, items: readonly LaneItem[]): Promise<Pause | undefined> {
  const ids = items.map(({ message }) => ({ id: decodeDelivery(message).deliveryId }));
  const deliveries = new Map<string, Delivery>(
    (await run.session.getMany(deliveryEntity, ids)).map((delivery) => [delivery.id, delivery]),
  );
  // The next message need not wait until the success of the last is stored; the lane does, before it is let go.
  const stored: Promise<void>[] = [];
  let pause: Pause | undefined;
  for (const item of items) {
    if (Date.now() >= run.endMs) break;
    const webhook = (await endpointsFor(run.session, [item.webhookId])).get(item.webhookId);
    pause = await sendItem(run, item, webhook, deliveries.get(decodeDelivery(item.message).deliveryId), stored);
    if (pause !== undefined) break;
  }
  await Promise.all(stored);
  return pause;
}

async function sendItem(
  { session, lease, observations }: LaneRun,
  item: LaneItem,
  webhook: StoredWebhook | undefined,
  delivery: Delivery | undefined,
  stored: Promise<void>[],
): Promise<Pause | undefined> {
  const removal = deleteStep(session, laneItemEntity, item);
  const first = decodeDelivery(item.message);
  if (webhook === undefined || isFinished(first, delivery)) {
    await writeMany([removal]);
    return undefined;
  }
  const message = resumed(session, first, delivery);
  if (!webhook.isActive) {
    await writeOutcome(session, refused(message, webhook, delivery), undefined, [removal]);
    return undefined;
  }
  const retryAtMs = delivery?.nextRetryAt === undefined ? 0 : Date.parse(delivery.nextRetryAt);
  const notBeforeMs = Math.max(item.settledAtMs, retryAtMs);
  if (notBeforeMs > Date.now()) return { untilMs: notBeforeMs };
  const slotMs = await takeSlot(session, lease, item, webhook);
  if (slotMs !== undefined) return { untilMs: slotMs, slotFor: item.messageId };
  const isOverdue = Date.now() - item.settledAtMs > maxLogWaits * logWaitMs;
  const asked = { ...message, logWaits: isOverdue ? maxLogWaits : 0 };
  const outcome = await attemptDelivery(session, webhook, asked, [removal]);
  if (outcome.kind === 'not-in-log') return { untilMs: Date.now() + logWaitMs };
  stored.push(outcome.stored);
  if (outcome.observation) observations.push(outcome.observation);
  return outcome.next?.dueAtMs === undefined ? undefined : { untilMs: outcome.next.dueAtMs };
}

/** Sent already by a worker that died before it removed the message from the lane. */
function isFinished(first: DeliveryMessage, delivery: Delivery | undefined): boolean {
  return delivery !== undefined && delivery.attemptNumber >= first.attempt && delivery.nextRetryAt === undefined;
}

/** @returns when to come back, if the endpoint has no room now; the place is kept for the message */
async function takeSlot(
  session: TenantSession,
  lease: Lease,
  { messageId }: LaneItem,
  { id, rateLimitPerSecond }: StoredWebhook,
): Promise<number | undefined> {
  if (rateLimitPerSecond === undefined) return undefined;
  if (lease.slotFor === messageId) {
    lease.slotFor = undefined;
    return undefined;
  }
  const [slotMs] = (await reserveSlots(session, id, 1, rateLimitPerSecond, Date.now())) as [number];
  const waitMs = slotMs - Date.now();
  if (waitMs > slotToleranceMs) return slotMs;
  // Places close by are waited for here: leaving the lane for less than a second would take longer.
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  return undefined;
}

/** The next attempt of a delivery that was tried before; the body still travels with the lane. */
function resumed(session: TenantSession, first: DeliveryMessage, delivery: Delivery | undefined): DeliveryMessage {
  if (delivery === undefined || delivery.attemptNumber < first.attempt) return first;
  const next = messageOf(session.tenantId, delivery);
  return first.body === undefined ? next : { ...next, body: first.body };
}
