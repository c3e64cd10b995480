/** How well an integration does, as one number and one word. The formula is part of `docs/integrations.md`. */

export const healthStatuses = ['healthy', 'degraded', 'down', 'unknown'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

export interface HealthFacts {
  /** The latest checks, oldest first, at most 20. */
  checks: readonly { isSuccess: boolean; durationMs: number }[];
  /** Calls of the last seven days. */
  calls: { successes: number; failures: number };
}

export const keptChecks = 20;
const failuresUntilDown = 3;
const fastMs = 1000;
const slowMs = 10_000;

/** 0 to 100: half what checks say, four tenths what calls say, one tenth how quick it answers; null before the first check. */
export function healthScore({ checks, calls }: HealthFacts): number | null {
  if (checks.length === 0) return null;
  const passed = checks.filter(({ isSuccess }) => isSuccess);
  const checkShare = passed.length / checks.length;
  const total = calls.successes + calls.failures;
  // Without traffic the checks speak for the calls.
  const callShare = total === 0 ? checkShare : calls.successes / total;
  const meanMs = passed.reduce((sum, { durationMs }) => sum + durationMs, 0) / Math.max(1, passed.length);
  const speed = passed.length === 0 ? 0 : Math.min(1, Math.max(0, (slowMs - meanMs) / (slowMs - fastMs)));
  return Math.round(100 * (0.5 * checkShare + 0.4 * callShare + 0.1 * speed));
}

export function healthStatus(facts: HealthFacts): HealthStatus {
  const { checks } = facts;
  if (checks.length === 0) return 'unknown';
  const failed = checks.length - 1 - checks.findLastIndex(({ isSuccess }) => isSuccess);
  if (failed >= failuresUntilDown || failed === checks.length) return 'down';
  return failed > 0 || healthScore(facts)! < 80 ? 'degraded' : 'healthy';
}
