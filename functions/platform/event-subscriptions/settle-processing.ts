/** From the end of an attempt to the row that records it. Pure, so that every path is tested. */
import { jitterRatio } from '../../../layers/webhooks/retry-schedule.ts';
import { maxFailuresKept, type Processing } from './processing-entity.ts';
import type { EventSubscription } from './subscription-entity.ts';

type Nullable<T> = { [K in keyof T]?: T[K] | null };
export type ProcessingChanges = Nullable<Processing>;

/** DynamoDB takes 400 KB in an item; an answer that long says nothing more to people. */
const maxResponseLength = 4096;
const maxErrorLength = 1000;

export interface Attempt {
  number: number;
  startedMs: number;
  endedMs: number;
}

export function succeeded({ number, startedMs, endedMs }: Attempt, response?: unknown): ProcessingChanges {
  const text = response === undefined ? undefined : JSON.stringify(response);
  return {
    status: 'success',
    attemptNumber: number,
    startedAt: new Date(startedMs).toISOString(),
    completedAt: new Date(endedMs).toISOString(),
    durationMs: Math.max(0, endedMs - startedMs),
    response:
      text === undefined
        ? null
        : text.length <= maxResponseLength
          ? text
          : JSON.stringify(text.slice(0, maxResponseLength)),
    ...released,
    errorMessage: null,
  };
}

/**
 * @param again when the next attempt may begin, in milliseconds; undefined when there is none
 */
export function failed(
  row: Processing,
  attempt: Attempt,
  message: string,
  again: number | undefined,
): ProcessingChanges {
  const errorMessage = message.slice(0, maxErrorLength);
  const { number, startedMs, endedMs } = attempt;
  const durationMs = Math.max(0, endedMs - startedMs);
  const startedAt = new Date(startedMs).toISOString();
  return {
    attemptNumber: number,
    startedAt,
    durationMs,
    errorMessage,
    failures: [...row.failures, { attemptNumber: number, errorMessage, startedAt, durationMs }].slice(-maxFailuresKept),
    ...released,
    ...(again === undefined
      ? { status: 'failed', completedAt: new Date(endedMs).toISOString() }
      : {
          // What waits for another attempt is not done: for a function it has failed so far, in a queue it waits.
          status: row.handlerType === 'queue' ? 'pending' : 'failed',
          nextRetryAt: new Date(again).toISOString(),
          ...(row.handlerType === 'queue' ? { visibleAt: new Date(again).toISOString() } : {}),
        }),
  };
}

const released = { lease: null, leasedUntil: null, nextRetryAt: null, visibleAt: null } as const;

/** The time of the next attempt in milliseconds, or undefined when all are made. @param random in [0, 1) */
export function nextTryAt(
  row: Pick<Processing, 'roundBase'>,
  attempt: number,
  { maxRetries, retryDelaySeconds }: Pick<EventSubscription, 'maxRetries' | 'retryDelaySeconds'>,
  nowMs: number,
  random: number,
): number | undefined {
  if (attempt - row.roundBase > maxRetries) return undefined;
  return Math.ceil(nowMs + retryDelaySeconds * 1000 * (1 + jitterRatio * random));
}
