/**
 * Starts the newest occurrence of a schedule that is due, and moves the schedule on to the next one to come: after days in which
 * nobody looked, the newest is made and the others are not. Report, run and schedule are one transaction on the schedule's
 * version and on the day, so that two who look at once, or one who changes the schedule meanwhile, start it once.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { sayWhatIsWrong } from '../../../layers/kernel/errors/problem.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { keptFor, readReportSettings } from '../reports/report-retention.ts';
import { failed, raiseFailure } from './end-run.ts';
import { latestDay, nextMoment, periodBefore } from './occurrences.ts';
import { type ScheduleRun, scheduleEntity, scheduleRunEntity } from './schedule-entity.ts';
import type { ReportSchedule } from './schedule-schema.ts';
import { type OrderedReport, orderScheduled, resumeScheduled } from './scheduled-report.ts';

/** @returns whether a report was started */
export async function startOccurrence(session: TenantSession, schedule: ReportSchedule & Stored): Promise<boolean> {
  const { timeZone } = await tenantProfile(session);
  const now = session.context.now();
  const day = latestDay(schedule, Date.parse(now), timeZone);
  const nextRunAt = new Date(nextMoment(schedule, Date.parse(now), timeZone)).toISOString();
  const keptUntil = keptFor(session, (await readReportSettings(session)).keepReportsDays);
  const run = { ...newRun(schedule, day, now), keptUntil };
  // The tenant moved to another zone since, whose clocks have not come to the next day yet.
  const isDone = schedule.lastRunDay !== undefined && day <= schedule.lastRunDay;
  const ordered = isDone ? undefined : await order(session, schedule, run);
  try {
    await session.transact('billing', (unit) => {
      unit.update(scheduleEntity, schedule, { nextRunAt, ...(isDone ? {} : { lastRunDay: day }) });
      if (ordered === undefined) return;
      if ('refused' in ordered) {
        const failure = { failure: 'refused', detail: ordered.refused } as const;
        unit.create(scheduleRunEntity, failed(unit, run, failure, now));
        raiseFailure(unit, run, failure);
      } else {
        ordered.add(unit);
        unit.create(scheduleRunEntity, { ...run, reportId: ordered.id });
      }
    });
  } catch (error) {
    // Another one started it, or it was changed; it is looked at again.
    if (isAppError(error) && (error.code === 'version_conflict' || error.code === 'already_exists')) return false;
    throw error;
  }
  if (ordered === undefined || 'refused' in ordered) return false;
  await resumeScheduled(session, run.kind, ordered.id);
  return true;
}

function newRun({ id, name, report, repeat }: ReportSchedule, day: string, now: string): ScheduleRun {
  return {
    scheduleId: id,
    name,
    day,
    kind: report.kind,
    ...periodBefore(repeat, day),
    status: 'running',
    startedAt: now,
    resumes: 0,
    mails: {},
  };
}

async function order(
  session: TenantSession,
  { report, language }: ReportSchedule,
  period: { from: string; to: string },
): Promise<{ refused: string } | OrderedReport> {
  try {
    return await orderScheduled(session, report, period);
  } catch (error) {
    // An area that is gone, or more areas than a report holds.
    if (isAppError(error) && error.status < 500) return { refused: sayWhatIsWrong(error, language) };
    throw error;
  }
}
