/** Schedule: starts the reports that are due by their tenants' clocks, and looks after those that are under way. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { QueryOptions, TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sumOverTenants } from '../../identity/contract.ts';
import { lookAfterRun } from './look-after-run.ts';
import {
  dueSchedules,
  runningReports,
  type ScheduleRun,
  scheduleEntity,
  scheduleRunEntity,
} from './schedule-entity.ts';
import type { ReportSchedule } from './schedule-schema.ts';
import { startOccurrence } from './start-occurrence.ts';

export async function handler(): Promise<{ started: number }> {
  const started = await sumOverTenants(async (session) => {
    try {
      return await startDue(session);
    } finally {
      await lookAfterRuns(session);
    }
  });
  return { started };
}

/** @returns how many reports were started */
export async function startDue(session: TenantSession): Promise<number> {
  let started = 0;
  const due = { index: 'gsi2', pk: dueSchedules, to: [session.context.now(), '~'] } as const;
  await each<ReportSchedule & Stored>(session, scheduleEntity, due, async (schedule) => {
    if (await startOccurrence(session, schedule)) started++;
  });
  return started;
}

export const lookAfterRuns = (session: TenantSession): Promise<void> =>
  each<ScheduleRun & Stored>(session, scheduleRunEntity, { index: 'gsi2', pk: runningReports }, (run) =>
    lookAfterRun(session, run),
  );

/**
 * One's trouble keeps no other waiting: it is looked at again in some minutes.
 * @throws at the end where one could not be looked after, so that it is seen
 */
async function each<T extends object>(
  session: TenantSession,
  entity: typeof scheduleEntity | typeof scheduleRunEntity,
  query: QueryOptions,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const { tenantId } = session;
  const failed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<T>(entity, { ...query, limit: 100, cursor });
    for (const item of page.items)
      await work(item).catch((error: Error) => {
        const about = entity.idOf(item as never);
        failed.push(about);
        logger.error('scheduled report not looked after', { tenantId, about, error });
      });
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  if (failed.length > 0) throw new Error(`Scheduled reports not looked after: ${failed.slice(0, 10).join(', ')}`);
}
