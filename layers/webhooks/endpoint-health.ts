/**
 * When lasting failure disables an endpoint. Counters live in the database, where many workers add to them; the
 * decision is this pure function of what they add up to.
 */

export interface EndpointHealth {
  /** Failed attempts since the last success. */
  consecutiveFailures: number;
  /** Messages given up in a row since the last success. */
  exhaustedInARow: number;
  /** When the present series of failures began; undefined while the endpoint is healthy. */
  failingSinceMs: number | undefined;
}

export type DisableReason = 'gone' | 'failing_for_days' | 'messages_exhausted';

/** Published: without one success for 3 days, or 100 messages given up in a row over at least an hour. */
export const disablePolicy = {
  failingForMs: 3 * 24 * 3600 * 1000,
  minimumFailures: 5,
  exhaustedInARow: 100,
  exhaustedForMs: 3600 * 1000,
  /** Failures further apart than this are different series: longer than any wait between two attempts. */
  seriesGapMs: 2 * 24 * 3600 * 1000,
} as const;

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
