/**
 * Tries providers of a kind in their order until one has done it. Whether a failure may be repeated, tried elsewhere or
 * must stop everything depends on what is known of it: an action is never tried at a second provider unless the first is
 * known not to have taken it. Knows no provider, no table and no clock of its own.
 */
import { ProviderError } from '../provider.ts';
import type { OperationEffect } from './effects.ts';

export interface Candidate {
  id: string;
  /** What people call it, for the list of causes. */
  code: string;
  provider: string;
  /** Whether the provider does the operation once, however often it is asked with one reference. */
  isRetrySafe: boolean;
}

export interface FailedAttempt {
  integrationId: string;
  code: string;
  provider: string;
  /** The error's code, or `circuit_open`. */
  reason: string;
  message: string;
  /** The provider's own code of the error. */
  providerCode?: string;
  /** How much patience the provider asks for. */
  retryAfterMs?: number;
}

export interface FallbackRun<C extends Candidate, T> {
  candidates: readonly C[];
  effect: OperationEffect;
  /** One try. @throws ProviderError */
  attempt(candidate: C, number: number, timeoutMs: number): Promise<T>;
  /** Whether the provider's circuit lets a call through. */
  admit(candidate: C): Promise<boolean>;
  /** Hears of each try; its own failure is passed over. */
  report(candidate: C, failure: ProviderError | undefined): Promise<void>;
  /** Called before the first try at a candidate, to write down where the operation is. */
  onChosen?(candidate: C): Promise<void>;
  sleep(ms: number): Promise<void>;
  now(): number;
  /** 0 to 1. */
  random(): number;
  /** For everything together. */
  budgetMs: number;
  /** Tries at one provider. @default 3 */
  maxAttempts?: number;
  /** For one try. @default 10,000 */
  attemptMs?: number;
}

export type FallbackOutcome<C, T> =
  | { status: 'done'; value: T; candidate: C; failures: FailedAttempt[] }
  /** The provider may have acted; nobody else was asked. */
  | { status: 'unknown'; candidate: C; failures: FailedAttempt[] }
  /** Nothing happened anywhere, or for messages: no provider is known to have taken it. */
  | { status: 'failed'; failures: FailedAttempt[] };

const baseDelayMs = 200;
const longestDelayMs = 2000;
/** A provider that asks for more patience is left for the next one. */
const longestRetryAfterMs = 3000;
const longestAttemptMs = 10_000;
/** Less is no use to any provider. */
const shortestAttemptMs = 500;

export async function runWithFallback<C extends Candidate, T>(run: FallbackRun<C, T>): Promise<FallbackOutcome<C, T>> {
  const failures: FailedAttempt[] = [];
  const deadlineMs = run.now() + run.budgetMs;
  for (const candidate of run.candidates) {
    const fail = (reason: string, message: string, { providerCode, retryAfterMs }: Partial<ProviderError> = {}): void =>
      void failures.push({
        integrationId: candidate.id,
        code: candidate.code,
        provider: candidate.provider,
        reason,
        message,
        ...(providerCode === undefined ? {} : { providerCode }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    if (deadlineMs - run.now() < shortestAttemptMs) {
      fail('no_time_left', 'There was no time left to try it.');
      continue;
    }
    if (!(await run.admit(candidate))) {
      fail('circuit_open', 'It failed repeatedly and is left alone for a while.');
      continue;
    }
    await run.onChosen?.(candidate);
    const result = await tryOne(run, candidate, deadlineMs);
    if ('value' in result) return { status: 'done', value: result.value, candidate, failures };
    fail(result.error.code, result.error.message, result.error);
    if (result.mayHaveActed && run.effect === 'act') return { status: 'unknown', candidate, failures };
    // A refusal of an action is its answer: asking somebody else would go around it.
    if (result.error.code === 'rejected' && run.effect === 'act') break;
  }
  return { status: 'failed', failures };
}

async function tryOne<C extends Candidate, T>(
  run: FallbackRun<C, T>,
  candidate: C,
  deadlineMs: number,
): Promise<{ value: T } | { error: ProviderError; mayHaveActed: boolean }> {
  // What the circuit hears is advice: where it cannot be written down, what the provider did or refused stands all the same.
  const report = (failure?: ProviderError) => run.report(candidate, failure).catch(() => undefined);
  // Once an answer was lost, a later clear failure says nothing about the earlier try.
  let mayHaveActed = false;
  for (let number = 1; ; number++) {
    try {
      const timeoutMs = Math.min(
        run.attemptMs ?? longestAttemptMs,
        Math.max(shortestAttemptMs, deadlineMs - run.now()),
      );
      const value = await run.attempt(candidate, number, timeoutMs);
      await report();
      return { value };
    } catch (thrown) {
      const error = toProviderError(thrown);
      await report(error);
      mayHaveActed ||= error.mayHaveActed;
      const delayMs = delayBefore(run, candidate, error, number);
      if (delayMs === undefined || run.now() + delayMs + shortestAttemptMs > deadlineMs) return { error, mayHaveActed };
      await run.sleep(delayMs);
    }
  }
}

/** @returns undefined when the provider must not, or need not, be asked again */
function delayBefore<C extends Candidate>(
  { effect, random, maxAttempts = 3 }: Pick<FallbackRun<C, unknown>, 'effect' | 'random' | 'maxAttempts'>,
  { isRetrySafe }: C,
  error: ProviderError,
  number: number,
): number | undefined {
  if (number >= maxAttempts) return undefined;
  const isHarmless = effect === 'read' || isRetrySafe;
  const isRepeatable = ['rate_limited', 'unavailable', 'unreachable'].includes(error.code);
  if (!isRepeatable && !(error.mayHaveActed && isHarmless)) return undefined;
  if (error.retryAfterMs !== undefined)
    return error.retryAfterMs <= longestRetryAfterMs ? error.retryAfterMs : undefined;
  // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
  return random() * Math.min(longestDelayMs, baseDelayMs * 2 ** (number - 1));
}

/** What an adapter throws besides its own errors is a fault of ours after which nothing is known. */
export function toProviderError(thrown: unknown): ProviderError {
  // By name: bundles can hold the class twice.
  if ((thrown as Error | undefined)?.name === 'ProviderError') return thrown as ProviderError;
  return new ProviderError('unreadable_answer', 'The adapter failed.', { cause: thrown });
}
