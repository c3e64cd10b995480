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

interface Pending {
  steps: BatchStep[];
  settle: { resolve: () => void; reject: (error: unknown) => void }[];
}

const gatherMs = 5;
const maxSteps = 25;
let pending: Pending | undefined;

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
    if (pending !== undefined && pending.steps.length + steps.length > maxSteps) flush();
    if (pending === undefined) {
      pending = { steps: [], settle: [] };
      const own = pending;
      setTimeout(() => {
        if (pending === own) flush();
      }, gatherMs);
    }
    pending.steps.push(...steps);
    pending.settle.push({ resolve, reject });
  });
}

function flush(): void {
  const batch = pending;
  pending = undefined;
  if (batch === undefined) return;
  writeMany(distinct(batch.steps)).then(
    () => {
      for (const { resolve } of batch.settle) resolve();
    },
    (error) => {
      for (const { reject } of batch.settle) reject(error);
    },
  );
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
