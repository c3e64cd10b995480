/**
 * What follows from a message that was not sent: it has failed for good, or it is asked for again later. Providers that are busy
 * or out of order for a while, as with a whole billing run at once, cost a message time and not one of its tries. Pure.
 */
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { failuresOf } from '../../platform/contract.ts';
import { avoidableFailure, longestQueuedMs } from './message-outcome.ts';
import type { CustomerMessage } from './message-schema.ts';

export type FailureVerdict =
  | { reason: NonNullable<CustomerMessage['reason']>; detail: string }
  | { againAfterSeconds: number };

/** SQS delays no longer. */
const longestDelaySeconds = 900;
const shortestDelaySeconds = 15;

/** @returns undefined where the queue brings it again by itself */
export function judgeFailure(
  error: unknown,
  { updatedAt }: { updatedAt: string },
  nowMs: number,
  isLastTry: boolean,
  random = Math.random,
): FailureVerdict | undefined {
  const detail = (error as Error).message;
  const code = isAppError(error) ? error.code : undefined;
  if (code === 'unprocessable') return { reason: 'not_configured', detail };
  // Somebody else is sending it now.
  if (code === 'idempotency_in_progress') return undefined;
  if (code !== 'all_providers_failed') return isLastTry ? { reason: 'unreachable', detail } : undefined;
  const failures = failuresOf(error);
  if (failures.length > 0 && failures.every(({ reason }) => reason === 'rejected')) {
    for (const { providerCode } of failures) {
      const avoidable = avoidableFailure(providerCode);
      if (avoidable !== undefined) return avoidable;
    }
    return { reason: 'rejected', detail };
  }
  const waitedMs = nowMs - Date.parse(updatedAt);
  if (waitedMs >= longestQueuedMs) return { reason: 'unreachable', detail };
  return { againAfterSeconds: delayAfter(waitedMs, failures, random) };
}

/** Longer the longer it has waited, at least what a provider asks for, and spread so that thousands do not come back at once. */
function delayAfter(waitedMs: number, failures: ReturnType<typeof failuresOf>, random: () => number): number {
  const asked = Math.max(0, ...failures.map(({ retryAfterMs = 0 }) => retryAfterMs)) / 1000;
  const grown = Math.max(shortestDelaySeconds, waitedMs / 4000);
  return Math.ceil(Math.min(longestDelaySeconds, Math.max(asked, grown) * (1 + random())));
}
