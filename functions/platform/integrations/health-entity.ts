/** How an integration does: its latest checks in one row, and the log of all tests, which is the documented `integration_test_logs`. */
import {
  type HealthFacts,
  type HealthStatus,
  healthScore,
  healthStatus,
  keptChecks,
} from '../../../layers/integrations/engine/health-score.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type IntegrationDay, integrationDayEntity } from '../provider-calls/exchange-log.ts';
import type { Environment } from './integration-entity.ts';

export interface IntegrationHealth {
  id: string;
  lastHealthCheck: string;
  healthStatus: HealthStatus;
  healthScore: number | null;
  checks: { isSuccess: boolean; durationMs: number }[];
  /** Grows with every check: two at a time do not lose one another. */
  turn: number;
}

export const healthEntity = defineEntity<IntegrationHealth>()({
  name: 'integration health',
  table: 'platform',
  key: ({ id }) => ({ pk: ['INTEGRATION-HEALTH'], sk: [id] }),
  idOf: ({ id }) => id,
});

export interface IntegrationTest {
  id: string;
  integrationId: string | null;
  integrationType: string;
  environment: Environment;
  status: 'success' | 'failed';
  message: { en: string; ar: string };
  errorCode: string | null;
  durationMs: number;
  /** Null: the scheduled check. */
  testedBy: string | null;
  createdAt: string;
}

const testRetentionSeconds = 90 * 86_400;
export const testsPartition = (integrationId: string | null) =>
  ['INTEGRATION-TESTS', integrationId ?? 'UNSAVED'] as const;

export const testEntity = defineEntity<IntegrationTest, Pick<IntegrationTest, 'id' | 'integrationId'>>()({
  name: 'integration test',
  table: 'platform',
  key: ({ id, integrationId }) => ({ pk: testsPartition(integrationId), sk: [id] }),
  idOf: ({ id }) => id,
  expiresAt: ({ createdAt }) => Math.floor(Date.parse(createdAt) / 1000) + testRetentionSeconds,
});

/** The row after one more check. */
export async function afterCheck(
  session: TenantSession,
  id: string,
  before: IntegrationHealth | undefined,
  check: { isSuccess: boolean; durationMs: number },
): Promise<IntegrationHealth> {
  const now = session.context.now();
  const since = new Date(Date.parse(now) - 7 * 86_400_000).toISOString().slice(0, 10);
  const { items } = await session.query<IntegrationDay>(integrationDayEntity, {
    pk: ['INTEGRATION-DAYS', id],
    from: [since],
  });
  const sum = (name: 'successes' | 'failures'): number => items.reduce((total, day) => total + (day[name] ?? 0), 0);
  const facts: HealthFacts = {
    checks: [...(before?.checks ?? []), check].slice(-keptChecks),
    calls: { successes: sum('successes'), failures: sum('failures') },
  };
  return {
    id,
    lastHealthCheck: now,
    healthStatus: healthStatus(facts),
    healthScore: healthScore(facts),
    checks: [...facts.checks],
    turn: (before?.turn ?? 0) + 1,
  };
}
