/** Takes places in the rate limit of an endpoint, for all its messages of a batch at once: one write, no worker waits. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { slotSpanMs, slotTimes } from '../../../layers/webhooks/rate-slots.ts';

interface RateState {
  id: string;
  /** End of the reserved span, in milliseconds. */
  endMs: number;
}

const rateEntity = defineEntity<RateState>()({
  name: 'webhook rate',
  table: 'platform',
  key: ({ id }) => ({ pk: ['WEBHOOK-RATE', id], sk: ['RATE'] }),
  idOf: ({ id }) => id,
});

const maxRounds = 10;

/** @returns when each of `count` messages may be sent, in milliseconds */
export async function reserveSlots(
  session: TenantSession,
  webhookId: string,
  count: number,
  ratePerSecond: number,
  nowMs: number,
): Promise<number[]> {
  const span = slotSpanMs(count, ratePerSecond);
  const key = { id: webhookId };
  for (let round = 0; round < maxRounds; round++) {
    // DynamoDB has no max(): either the span joins the one before, or it begins now.
    const state =
      (await updateAtomically(session, rateEntity, key, {
        update: 'SET endMs = endMs + :span',
        condition: 'endMs >= :now',
        values: { ':span': span, ':now': nowMs },
      })) ??
      (await updateAtomically(session, rateEntity, key, {
        update: 'SET endMs = :end',
        condition: 'attribute_not_exists(endMs) OR endMs < :now',
        values: { ':end': nowMs + span, ':now': nowMs },
      }));
    if (state) return slotTimes(state.endMs, count, ratePerSecond);
  }
  throw new AppError('unavailable', 'The rate of the endpoint is contended.');
}
