/** Works off a lane: one message after the other, and a failing one holds up its own lane and no other. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { slotToleranceMs } from '../../../layers/webhooks/rate-slots.ts';
import { attemptDelivery, maxLogWaits } from '../deliveries/attempt-delivery.ts';
import { refused } from '../deliveries/deliver-batch.ts';
import { type Delivery, deliveryEntity } from '../deliveries/delivery-entity.ts';
import { type DeliveryMessage, decodeDelivery } from '../deliveries/delivery-message.ts';
import { endpointsOf } from '../deliveries/endpoint-directory.ts';
import { type Observation, recordOutcomes } from '../deliveries/record-outcomes.ts';
import { reserveSlots } from '../deliveries/reserve-slots.ts';
import { messageOf } from '../deliveries/settle-attempt.ts';
import { writeOutcome } from '../deliveries/write-outcomes.ts';
import { isCancelled } from '../replays/replay-entity.ts';
import { encodeToken, type LaneItem, type LaneToken, laneItemEntity, lanesQueue } from './lane-entity.ts';
import { type Lease, type Pause, parkLane, releaseLane, takeLane } from './lane-lease.ts';

/** A request of 30 s begun at the end of this fits into the function's 60 s. */
const runMs = 20_000;
const itemsPerRead = 25;
const logWaitMs = 2000;

export async function runLane(token: LaneToken): Promise<void> {
  const nowMs = Date.now();
  if ((token.dueAtMs ?? 0) > nowMs) return sendMessages(lanesQueue, [encodeToken(token, nowMs)]);
  const session = openSession(token.tenantId);
  const key = { webhookId: token.webhookId, lane: token.lane };
  const lease = await takeLane(session, key);
  if (lease === undefined) return;
  const observations: Observation[] = [];
  const park = async (pause?: Pause): Promise<void> => {
    const { dueAtMs: _, ...rest } = token;
    const next = pause === undefined ? rest : { ...rest, dueAtMs: pause.untilMs };
    // The token first: a lane that waits without one would wait for ever.
    await sendMessages(lanesQueue, [encodeToken(next, Date.now())]);
    await parkLane(session, key, lease, pause);
  };
  try {
    for (;;) {
      const items = await readHead(session, token);
      if (items.length === 0) {
        const bell = await releaseLane(session, key, lease);
        if (bell === undefined) return;
        lease.bell = bell;
        continue;
      }
      const pause = await workOff(session, items, lease, observations, nowMs + runMs);
      if (pause !== undefined) return await park(pause);
      if (Date.now() >= nowMs + runMs) return await park();
    }
  } finally {
    await recordOutcomes(session, observations);
  }
}

async function readHead(session: TenantSession, { webhookId, lane }: LaneToken): Promise<LaneItem[]> {
  const { items } = await session.query<LaneItem>(laneItemEntity, {
    pk: ['LANE', webhookId, lane],
    beginsWith: ['ITEM', ''],
    limit: itemsPerRead,
    consistent: true,
  });
  return items;
}

/** @returns until when the lane must wait; undefined when the items are done or the time is up */
async function workOff(
  session: TenantSession,
  items: readonly LaneItem[],
  lease: Lease,
  observations: Observation[],
  endMs: number,
): Promise<Pause | undefined> {
  const [{ webhookId, lane }] = items as [LaneItem];
  if (await isCancelled(session, lane)) {
    await writeMany(items.map((item) => deleteStep(session, laneItemEntity, item)));
    return undefined;
  }
  const ids = items.map(({ message }) => ({ id: decodeDelivery(message).deliveryId }));
  const deliveries = new Map<string, Delivery>(
    (await session.getMany(deliveryEntity, ids)).map((delivery) => [delivery.id, delivery]),
  );
  for (const item of items) {
    if (Date.now() >= endMs) return undefined;
    const webhook = (await endpointsOf(session)).get(webhookId);
    const removal = deleteStep(session, laneItemEntity, item);
    const first = decodeDelivery(item.message);
    const delivery = deliveries.get(first.deliveryId);
    const isDone =
      delivery !== undefined && delivery.attemptNumber >= first.attempt && delivery.nextRetryAt === undefined;
    if (webhook === undefined || isDone) {
      await writeMany([removal]);
      continue;
    }
    const notBeforeMs = Math.max(
      item.settledAtMs,
      delivery?.nextRetryAt === undefined ? 0 : Date.parse(delivery.nextRetryAt),
    );
    if (notBeforeMs > Date.now()) return { untilMs: notBeforeMs };
    const message = delivery === undefined ? first : resumed(session, first, delivery);
    if (!webhook.isActive) {
      await writeOutcome(session, refused(message, webhook, delivery), undefined, [removal]);
      continue;
    }
    if (webhook.rateLimitPerSecond !== undefined && lease.slotFor !== item.messageId) {
      const [slotMs] = await reserveSlots(session, webhookId, 1, webhook.rateLimitPerSecond, Date.now());
      const waitMs = slotMs! - Date.now();
      // Places close by are waited for here: leaving the lane for less than a second would take longer.
      if (waitMs > slotToleranceMs) return { untilMs: slotMs!, slotFor: item.messageId };
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    const isOverdue = Date.now() - item.settledAtMs > maxLogWaits * logWaitMs;
    const asked = { ...message, logWaits: isOverdue ? maxLogWaits : 0 };
    const outcome = await attemptDelivery(session, webhook, asked, [removal]);
    if (outcome.kind === 'not-in-log') return { untilMs: Date.now() + logWaitMs };
    lease.slotFor = undefined;
    if (outcome.observation) observations.push(outcome.observation);
    if (outcome.next?.dueAtMs !== undefined) return { untilMs: outcome.next.dueAtMs };
  }
  return undefined;
}

/** The next attempt of a delivery that was tried before; the body still travels with the lane. */
function resumed(session: TenantSession, first: DeliveryMessage, delivery: Delivery): DeliveryMessage {
  if (delivery.attemptNumber < first.attempt) return first;
  const next = messageOf(session.tenantId, delivery);
  return first.body === undefined ? next : { ...next, body: first.body };
}
