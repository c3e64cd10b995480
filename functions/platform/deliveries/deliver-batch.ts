/**
 * Works off messages of the delivery queue. A message may come twice, late, or after its worker died: the stored
 * delivery says which attempts are made, and every step can be repeated.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import type { ReceivedMessage } from '../../../layers/kernel/queues/consume-messages.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { slotToleranceMs } from '../../../layers/webhooks/rate-slots.ts';
import type { StoredWebhook } from '../webhooks/webhook-entity.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import { type Delivery, deliveryEntity } from './delivery-entity.ts';
import { type DeliveryMessage, deliveriesQueue, encodeDelivery } from './delivery-message.ts';
import { endpointsFor } from './endpoint-directory.ts';
import { type Observation, recordOutcomes } from './record-outcomes.ts';
import { reserveSlots } from './reserve-slots.ts';
import { unattempted } from './settle-attempt.ts';
import { writeOutcome } from './write-outcomes.ts';

type Received = ReceivedMessage<DeliveryMessage>;

/** Clocks of two machines differ; what is due within this is due. */
const dueToleranceMs = 250;
const logWaitMs = 2000;
/** Longer than a request and its bookkeeping; then another worker may take an attempt over. */
const claimMs = 90_000;
const disabledMessage = 'The endpoint is disabled.';

/** @returns ids of the queue messages that must come again */
export async function deliverBatch(received: readonly Received[]): Promise<string[]> {
  const byTenant = Map.groupBy(received, ({ message }) => message.tenantId);
  const failed = await Promise.all([...byTenant].map(([tenantId, own]) => deliverForTenant(tenantId, own)));
  return failed.flat();
}

async function deliverForTenant(tenantId: string, received: readonly Received[]): Promise<string[]> {
  const session = openSession(tenantId);
  const failed: string[] = [];
  const observations: Observation[] = [];
  const work = await ready(session, received);
  const giveBack = ({ received: { message, messageId } }: Work, error: unknown): void => {
    logger.error('delivery not handled', { deliveryId: message.deliveryId, error: error as Error });
    failed.push(messageId);
  };
  // Each message is stored and followed up as soon as its answer is there; the counts wait for the last answer.
  const endings: Promise<void>[] = [];
  await Promise.all(
    work.map(async (one) => {
      try {
        const handled = await handleMessage(session, one);
        if (handled?.observation) observations.push(handled.observation);
        if (handled) endings.push(handled.ended.catch((error: unknown) => giveBack(one, error)));
      } catch (error) {
        giveBack(one, error);
      }
    }),
  );
  const counted = recordOutcomes(session, observations).catch((error: unknown) => {
    // The deliveries are made; repeating them for the sake of counts would be worse than missing counts.
    logger.error('outcomes not counted', { tenantId, error: error as Error });
  });
  await Promise.all([...endings, counted]);
  return failed;
}

interface Work {
  received: Received;
  webhook: StoredWebhook;
  delivery: Delivery | undefined;
}

/** Those that are due and whose endpoint has room; the others are sent on their way again. */
async function ready(session: TenantSession, received: readonly Received[]): Promise<Work[]> {
  const nowMs = Date.now();
  const isDue = ({ message }: Received): boolean => (message.dueAtMs ?? 0) <= nowMs + dueToleranceMs;
  const early = received.filter((one) => !isDue(one)).map(({ message }) => message);
  // The same delivery twice in one batch is a duplicate of the queue or the bus.
  const due = [...new Map(received.filter(isDue).map((one) => [one.message.deliveryId, one])).values()];
  const [endpoints, deliveries] = await Promise.all([
    endpointsFor(
      session,
      due.map(({ message }) => message.webhookId),
    ),
    session.getMany(
      deliveryEntity,
      due.map(({ message }) => ({ id: message.deliveryId })),
    ),
    sendMessages(
      deliveriesQueue,
      early.map((message) => encodeDelivery(message, nowMs)),
    ),
  ]);
  const known = new Map<string, Delivery>(deliveries.map((delivery) => [delivery.id, delivery]));
  const work = due.flatMap((one): Work[] => {
    const webhook = endpoints.get(one.message.webhookId);
    // A deleted endpoint takes its messages with it.
    return webhook ? [{ received: one, webhook, delivery: known.get(one.message.deliveryId) }] : [];
  });
  return withinRate(session, work, nowMs);
}

/** Reserves places for the messages of rate-limited endpoints; later places are waited for in the queue, not here. */
async function withinRate(session: TenantSession, work: readonly Work[], nowMs: number): Promise<Work[]> {
  const limited = work.filter(
    ({ webhook, received: { message } }) =>
      webhook.rateLimitPerSecond !== undefined && webhook.isActive && !message.hasSlot,
  );
  if (limited.length === 0) return [...work];
  const postponed = new Set<Work>();
  for (const own of Map.groupBy(limited, ({ webhook }) => webhook.id).values()) {
    const { id, rateLimitPerSecond } = own[0]!.webhook;
    const slots = await reserveSlots(session, id, own.length, rateLimitPerSecond!, nowMs);
    const later = own.flatMap((one, i) => (slots[i]! > nowMs + slotToleranceMs ? [{ one, dueAtMs: slots[i]! }] : []));
    for (const { one, dueAtMs } of later) {
      postponed.add(one);
      // Shown as pending, so that a partner sees what waits.
      if (one.delivery === undefined)
        await writeOutcome(session, {
          ...unattempted(one.received.message, one.webhook, 'pending', nowMs),
          nextRetryAt: new Date(dueAtMs).toISOString(),
        });
    }
    await sendMessages(
      deliveriesQueue,
      later.map(({ one, dueAtMs }) => encodeDelivery({ ...one.received.message, dueAtMs, hasSlot: true }, nowMs)),
    );
  }
  return work.filter((one) => !postponed.has(one));
}

interface Handled {
  observation: Observation | undefined;
  /** Ends when the outcome is stored and the next attempt queued. */
  ended: Promise<void>;
}

async function handleMessage(
  session: TenantSession,
  { webhook, delivery, received: { message } }: Work,
): Promise<Handled | undefined> {
  if (delivery !== undefined && delivery.attemptNumber >= message.attempt) {
    await repeatFollowUp(message, delivery);
    return undefined;
  }
  if (!webhook.isActive) {
    await writeOutcome(session, refused(message, webhook, delivery));
    return undefined;
  }
  // A first attempt needs no claim: its message is one, and a duplicate finds the stored outcome.
  if (delivery !== undefined && !(await claim(session, message))) return undefined;
  const outcome = await attemptDelivery(session, webhook, message);
  if (outcome.kind === 'not-in-log') {
    const waiting = { ...message, logWaits: (message.logWaits ?? 0) + 1, dueAtMs: Date.now() + logWaitMs };
    await sendMessages(deliveriesQueue, [encodeDelivery(waiting, Date.now())]);
    return undefined;
  }
  return { observation: outcome.observation, ended: followUp(outcome.stored, outcome.next) };
}

/** The next attempt is queued behind the record of this one, which says that it is to come. */
async function followUp(stored: Promise<void>, next: DeliveryMessage | undefined): Promise<void> {
  await stored;
  if (next) await sendMessages(deliveriesQueue, [encodeDelivery(next, Date.now())]);
}

/** The attempt is stored, but its worker may have died before it queued the next one. Repeating that is harmless: attempts are claimed. */
async function repeatFollowUp(message: DeliveryMessage, delivery: Delivery): Promise<void> {
  if (delivery.attemptNumber !== message.attempt || delivery.nextRetryAt === undefined) return;
  const next = { ...message, attempt: message.attempt + 1, dueAtMs: Date.parse(delivery.nextRetryAt) };
  await sendMessages(deliveriesQueue, [encodeDelivery(next, Date.now())]);
}

/** Given up without a request; `recover` finds it. */
export function refused(message: DeliveryMessage, webhook: StoredWebhook, delivery: Delivery | undefined): Delivery {
  if (delivery === undefined) return unattempted(message, webhook, 'failed', Date.now(), disabledMessage);
  const { nextRetryAt: _, ...rest } = delivery;
  return { ...rest, status: 'failed', errorMessage: disabledMessage };
}

async function claim(session: TenantSession, message: DeliveryMessage): Promise<boolean> {
  const nowMs = Date.now();
  const claimed = await updateAtomically(
    session,
    deliveryEntity,
    { id: message.deliveryId },
    {
      update: 'SET claimedAttempt = :attempt, claimedUntilMs = :until',
      condition:
        'attemptNumber < :attempt AND (attribute_not_exists(claimedAttempt) OR claimedAttempt < :attempt OR claimedUntilMs < :now)',
      values: { ':attempt': message.attempt, ':until': nowMs + claimMs, ':now': nowMs },
    },
  );
  return claimed !== undefined;
}
