/**
 * Writes the rows of attempts that end about the same time in one call: each row is there moments after its request,
 * and ten deliveries cost one round trip.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type BatchStep, putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { markDays } from '../timeline/timeline.ts';
import {
  type Delivery,
  type DeliveryAttempt,
  deliveryAttemptEntity,
  deliveryEntity,
  deliveryTimeline,
  openTimeline,
} from './delivery-entity.ts';

interface Waiting {
  steps: readonly BatchStep[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

const maxSteps = 25;
/** Calls on their way at a time; what comes meanwhile goes together with the next one. */
const maxCalls = 4;
const waiting: Waiting[] = [];
let calls = 0;
let isScheduled = false;

/** Resolves when the rows are stored. @param more steps that belong to the outcome, e.g. removing it from a lane */
export async function writeOutcome(
  session: TenantSession,
  delivery: Delivery,
  attempt?: DeliveryAttempt,
  more: readonly BatchStep[] = [],
): Promise<void> {
  const { webhookId, createdAt: time, status } = delivery;
  await markDays(session, [
    { name: deliveryTimeline(webhookId), time },
    ...(status === 'success' ? [] : [{ name: openTimeline(webhookId), time }]),
  ]);
  await enqueue([
    ...(attempt === undefined ? [] : [putStep(session, deliveryAttemptEntity, attempt)]),
    putStep(session, deliveryEntity, delivery),
    ...more,
  ]);
}

function enqueue(steps: readonly BatchStep[]): Promise<void> {
  return new Promise((resolve, reject) => {
    waiting.push({ steps, resolve, reject });
    schedule();
  });
}

/** After the answers that have arrived together are all read, so that their rows go together. */
function schedule(): void {
  if (isScheduled || calls === maxCalls || waiting.length === 0) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    while (calls < maxCalls && waiting.length > 0) void writeTogether(takeCall());
  });
}

function takeCall(): Waiting[] {
  let size = 0;
  const more = waiting.findIndex(({ steps }) => {
    size += steps.length;
    return size > maxSteps;
  });
  return waiting.splice(0, more < 0 ? waiting.length : Math.max(1, more));
}

async function writeTogether(outcomes: readonly Waiting[]): Promise<void> {
  calls++;
  try {
    await writeMany(distinct(outcomes.flatMap(({ steps }) => steps)));
    for (const { resolve } of outcomes) resolve();
  } catch (error) {
    for (const { reject } of outcomes) reject(error);
  } finally {
    calls--;
    schedule();
  }
}

/** A batch must not name a key twice; the later write wins, as it would one after the other. */
function distinct(steps: readonly BatchStep[]): BatchStep[] {
  const byKey = new Map<string, BatchStep>();
  for (const step of steps) {
    const key = 'PutRequest' in step.request ? step.request.PutRequest.Item : step.request.DeleteRequest.Key;
    byKey.set(`${step.table} ${key['pk']} ${key['sk']}`, step);
  }
  return [...byKey.values()];
}
