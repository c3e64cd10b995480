/**
 * The state machine of an endpoint: which outcomes make it failing, and when lasting failure disables it. Counters
 * live in the database, where many workers add to them; the decision is this pure function of what they add up to.
 */

export interface EndpointHealth {
  /** Failed attempts since the last success. */
  consecutiveFailures: number;
  /** Messages given up in a row since the last success. */
  exhaustedInARow: number;
  /** When the present series of failures began; undefined while the endpoint is healthy. */
  failingSinceMs: number | undefined;
}

/** What one worker saw of an endpoint in one go. */
export interface OutcomeTally {
  successes: number;
  failures: number;
  exhausted: number;
  /** Whether an answer was 410 Gone. */
  gone: boolean;
}

export type DisableReason = 'gone' | 'failing_for_days' | 'messages_exhausted';

export const healthy: EndpointHealth = { consecutiveFailures: 0, exhaustedInARow: 0, failingSinceMs: undefined };

/** Published: without one success for 3 days, or 100 messages given up in a row over at least an hour. */
export const disablePolicy = {
  failingForMs: 3 * 24 * 3600 * 1000,
  minimumFailures: 5,
  exhaustedInARow: 100,
  exhaustedForMs: 3600 * 1000,
} as const;

/** One success in a tally ends a series of failures: the endpoint answers, whatever else went wrong beside it. */
export function afterOutcomes(health: EndpointHealth, tally: OutcomeTally, nowMs: number): EndpointHealth {
  if (tally.successes > 0) return healthy;
  if (tally.failures === 0) return health;
  return {
    consecutiveFailures: health.consecutiveFailures + tally.failures,
    exhaustedInARow: health.exhaustedInARow + tally.exhausted,
    failingSinceMs: health.failingSinceMs ?? nowMs,
  };
}

/** Why the endpoint must be disabled now, or undefined. */
export function disableReason(health: EndpointHealth, gone: boolean, nowMs: number): DisableReason | undefined {
  if (gone) return 'gone';
  if (health.failingSinceMs === undefined) return undefined;
  const failingForMs = nowMs - health.failingSinceMs;
  if (failingForMs >= disablePolicy.failingForMs && health.consecutiveFailures >= disablePolicy.minimumFailures)
    return 'failing_for_days';
  if (failingForMs >= disablePolicy.exhaustedForMs && health.exhaustedInARow >= disablePolicy.exhaustedInARow)
    return 'messages_exhausted';
  return undefined;
}
