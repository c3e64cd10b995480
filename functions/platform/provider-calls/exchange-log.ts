/**
 * The documented `integration_logs`: one row for each exchange with a provider, cleaned before it gets here; and counters
 * per day for usage, success rate and latency. Both are kept for as long as the tenant says.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { markDays, type Position, timelineKey } from '../timeline/timeline.ts';
import { cachedLogRetention, keptUntil } from './log-settings.ts';

export const logStatuses = ['success', 'failed', 'timeout', 'error'] as const;

export interface IntegrationLog {
  id: string;
  integrationId: string;
  requestId: string;
  direction: 'outgoing' | 'incoming';
  method: string | null;
  endpoint: string | null;
  requestHeaders: Record<string, string>;
  requestBody: unknown;
  responseStatus: number | null;
  responseHeaders: Record<string, string>;
  responseBody: unknown;
  durationMs: number;
  status: (typeof logStatuses)[number];
  errorMessage: string | null;
  retryCount: number;
  createdAt: string;
}

export interface StoredLog extends IntegrationLog {
  /** Seconds since the epoch. */
  retainUntil: number;
}

export const logsTimeline = (integrationId: string) => ['INTEGRATION-LOGS', integrationId] as const;
export const logPosition = ({ createdAt, id }: Pick<IntegrationLog, 'createdAt' | 'id'>): Position => [createdAt, id];

export const logEntity = defineEntity<StoredLog, Pick<IntegrationLog, 'id' | 'integrationId' | 'createdAt'>>()({
  name: 'integration log',
  table: 'platform',
  key: (log) => timelineKey(logsTimeline(log.integrationId), logPosition(log)),
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

/** A log that cannot be written stops no message and no payment. */
export async function writeLogs(session: TenantSession, logs: readonly IntegrationLog[]): Promise<void> {
  try {
    const { logRetentionDays } = await cachedLogRetention(session);
    await markDays(
      session,
      logs.map(({ integrationId, createdAt }) => ({ name: logsTimeline(integrationId), time: createdAt })),
    );
    await writeMany(
      logs.map((log) =>
        putStep(session, logEntity, {
          ...log,
          requestBody: log.requestBody ?? null,
          responseBody: log.responseBody ?? null,
          retainUntil: keptUntil(log.createdAt, logRetentionDays),
        }),
      ),
    );
  } catch (error) {
    logger.warn('integration log not written', { error: error as Error });
  }
}

export interface IntegrationDay {
  integrationId: string;
  /** `2026-01-05` */
  day: string;
  successes?: number;
  failures?: number;
  durationMs?: number;
}

export const integrationDayEntity = defineEntity<IntegrationDay, { integrationId: string; day: string }>()({
  name: 'integration day',
  table: 'platform',
  key: ({ integrationId, day }) => ({ pk: ['INTEGRATION-DAYS', integrationId], sk: [day] }),
  idOf: ({ integrationId }) => integrationId,
});

/** Counts one operation, with all its tries at the provider. */
export async function countCall(
  session: TenantSession,
  integrationId: string,
  isSuccess: boolean,
  durationMs: number,
): Promise<void> {
  const now = session.context.now();
  const day = now.slice(0, 10);
  try {
    const { usageRetentionDays } = await cachedLogRetention(session);
    await updateAtomically(
      session,
      integrationDayEntity,
      { integrationId, day },
      {
        update: 'SET #day = :day, integrationId = :id, expiresAt = :expires ADD #outcome :one, durationMs :duration',
        names: { '#outcome': isSuccess ? 'successes' : 'failures', '#day': 'day' },
        values: {
          ':day': day,
          ':id': integrationId,
          ':one': 1,
          ':duration': Math.round(durationMs),
          ':expires': keptUntil(now, usageRetentionDays),
        },
      },
    );
  } catch (error) {
    logger.warn('integration call not counted', { error: error as Error });
  }
}
