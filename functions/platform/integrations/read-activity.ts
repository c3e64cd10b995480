/** Logs, tests and statistics of an integration, and how long they are kept. */
import type { Operations } from '../../../layers/kernel/http/route.ts';
import {
  type IntegrationDay,
  type IntegrationLog,
  integrationDayEntity,
  logEntity,
  logPosition,
  logsTimeline,
} from '../provider-calls/exchange-log.ts';
import { changeLogRetention, keptSince, readLogRetention } from '../provider-calls/log-settings.ts';
import { newestPage } from '../timeline/page.ts';
import { type IntegrationTest, testEntity, testsPartition } from './health-entity.ts';
import { integrationEntity } from './integration-entity.ts';
import type { IntegrationRoutes } from './routes.ts';

export const activityOperations: Pick<
  Operations<IntegrationRoutes>,
  | 'listIntegrationLogs'
  | 'listIntegrationTests'
  | 'getIntegrationStats'
  | 'getIntegrationLogSettings'
  | 'updateIntegrationLogSettings'
> = {
  getIntegrationLogSettings: async ({ session }) => ({ data: await readLogRetention(session) }),

  updateIntegrationLogSettings: async ({ session, body }) => {
    await changeLogRetention(session, body);
    return { data: body };
  },

  listIntegrationLogs: async ({ session, params, query, page }) => {
    await session.require(integrationEntity, params);
    const { logRetentionDays } = await readLogRetention(session);
    const kept = keptSince(session.context.now(), logRetentionDays);
    const { status, direction, requestId } = query;
    const { items, pagination } = await newestPage<IntegrationLog>(
      session,
      logsTimeline(params.id),
      logPosition,
      page,
      { entity: logEntity, from: query.from !== undefined && query.from > kept ? query.from : kept, to: query.to },
      (log) =>
        (status === undefined || log.status === status) &&
        (direction === undefined || log.direction === direction) &&
        (requestId === undefined || log.requestId === requestId),
    );
    return { data: items.map(viewLog), pagination };
  },

  listIntegrationTests: async ({ session, params, page }) => {
    await session.require(integrationEntity, params);
    const { items, nextCursor } = await session.query<IntegrationTest>(testEntity, {
      pk: testsPartition(params.id),
      order: 'descending',
      ...page,
    });
    return { data: items.map(viewTest), pagination: { limit: page.limit, nextCursor } };
  },

  getIntegrationStats: async ({ session, params, query }) => {
    await session.require(integrationEntity, params);
    const { usageRetentionDays } = await readLogRetention(session);
    const days = Math.min(query.days - 1, usageRetentionDays);
    const from = keptSince(session.context.now(), days).slice(0, 10);
    const { items } = await session.query<IntegrationDay>(integrationDayEntity, {
      pk: ['INTEGRATION-DAYS', params.id],
      from: [from],
      limit: 366,
    });
    return { data: { ...summarise(items), days: items.map((day) => ({ day: day.day, ...summarise([day]) })) } };
  },
};

function summarise(days: readonly IntegrationDay[]) {
  const sum = (name: 'successes' | 'failures' | 'durationMs'): number =>
    days.reduce((total, day) => total + (day[name] ?? 0), 0);
  const [successes, failures] = [sum('successes'), sum('failures')];
  const total = successes + failures;
  return {
    successes,
    failures,
    successRate: total === 0 ? null : Math.round((successes / total) * 10_000) / 10_000,
    averageDurationMs: total === 0 ? null : Math.round(sum('durationMs') / total),
  };
}

const viewLog = (log: IntegrationLog) => ({
  id: log.id,
  integrationId: log.integrationId,
  requestId: log.requestId ?? null,
  direction: log.direction,
  method: log.method ?? null,
  endpoint: log.endpoint ?? null,
  requestHeaders: log.requestHeaders ?? {},
  requestBody: log.requestBody ?? null,
  responseStatus: log.responseStatus ?? null,
  responseHeaders: log.responseHeaders ?? {},
  responseBody: log.responseBody ?? null,
  durationMs: log.durationMs,
  status: log.status,
  errorMessage: log.errorMessage ?? null,
  retryCount: log.retryCount,
  createdAt: log.createdAt,
});

export const viewTest = (test: IntegrationTest) => ({
  id: test.id,
  integrationId: test.integrationId ?? null,
  integrationType: test.integrationType,
  environment: test.environment,
  status: test.status,
  message: test.message,
  errorCode: test.errorCode ?? null,
  durationMs: test.durationMs,
  testedBy: test.testedBy ?? null,
  createdAt: test.createdAt,
});
