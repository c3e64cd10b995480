/** What can be done with schedules of reports. */
import * as crud from '../../../layers/kernel/crud/crud-operations.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { csvReply } from '../../../layers/kernel/http/csv.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { endAlert } from '../../platform/contract.ts';
import { firstKeptDay, readReportSettings } from '../reports/report-retention.ts';
import { checkSchedule, refuseMany, requireToStart } from './check-schedule.ts';
import { failureAlert, recipientsAlert } from './end-run.ts';
import { nextMoment } from './occurrences.ts';
import { openReportLink } from './report-link.ts';
import type { reportSchedules } from './routes.ts';
import { runsOf, type ScheduleRun, scheduleEntity, scheduleRunEntity, schedules } from './schedule-entity.ts';
import type { ReportSchedule } from './schedule-schema.ts';
import { printScheduled, tableOf } from './scheduled-report.ts';

const plain = crud.crudOperations({
  singular: 'ReportSchedule',
  plural: 'ReportSchedules',
  entity: scheduleEntity,
  list: { index: 'gsi1', pk: schedules },
  make: async (body, { session, principal }): Promise<ReportSchedule> => {
    await checkSchedule(session!, principal!, body);
    await refuseMany(session!);
    const { locale } = await tenantProfile(session!);
    const { isActive } = body;
    const schedule = { language: locale, ...body, recipients: [...new Set(body.recipients)], id: newId('brs') };
    return isActive ? { ...schedule, nextRunAt: await nextRunAt(session!, schedule) } : schedule;
  },
  onDelete: (unit, schedule, { principal }) => {
    requireToStart(principal!, schedule);
    for (const alert of [failureAlert(schedule.id), recipientsAlert(schedule.id)])
      endAlert(unit, alert, 'The schedule was deleted.');
  },
});

export const reportScheduleOperations: Operations<typeof reportSchedules.routes> = {
  ...plain,
  updateReportSchedule: ({ session, principal, params, body, expectedVersion }) => {
    const update = async () => {
      const before = await session.require(scheduleEntity, params);
      crud.refuseStale(before, expectedVersion);
      const { recipients, ...changes } = body as Partial<ReportSchedule>;
      const told = recipients === undefined ? {} : { recipients: [...new Set(recipients)] };
      const after = { ...before, ...changes, ...told };
      await checkSchedule(session, principal, after, before);
      const due = { nextRunAt: await dueAfter(session, before, after) };
      const data = await session.transact('billing', (unit) => {
        endAlert(unit, recipientsAlert(before.id), 'The schedule was changed.');
        return unit.update(scheduleEntity, before, { ...changes, ...told, ...due });
      });
      return { data };
    };
    // The clock moves a schedule on as well.
    return expectedVersion === undefined ? retryOnChange(update) : update();
  },
  listReportScheduleRuns: async ({ session, params, page }) => {
    await session.require(scheduleEntity, params);
    const { keepReportsDays } = await readReportSettings(session);
    const { items, nextCursor } = await session.query<ScheduleRun & Stored>(scheduleRunEntity, {
      ...runsOf(params.id, firstKeptDay(session, keepReportsDays)),
      order: 'descending',
      consistent: true,
      ...page,
    });
    return { data: items.map(shown), pagination: { limit: page.limit, nextCursor } };
  },
  openScheduledReport: async ({ params: { token }, correlationId }) => {
    const opened = await openReportLink(token, correlationId);
    if (opened === undefined) throw notFound('report', '');
    const { session, link } = opened;
    const table = await tableOf(session, link.kind, link.reportId, link.language);
    if (table === undefined) throw new AppError('internal', `Report ${link.reportId} was mailed before its end.`);
    return csvReply(`${link.kind}-${link.reportId}`, table);
  },
  openScheduledReportPdf: async ({ params: { token }, correlationId }) => {
    const opened = await openReportLink(token, correlationId);
    if (opened === undefined) throw notFound('report', '');
    const { session, link } = opened;
    const { url: location } = (await printScheduled(session, link.kind, link.reportId, link.language)).data;
    return { status: 302, headers: { location }, raw: { body: location, contentType: 'text/plain; charset=utf-8' } };
  },
};

/** What fell due and nobody came by yet is not lost by a change of something else. */
async function dueAfter(session: TenantSession, before: ReportSchedule, after: ReportSchedule): Promise<string | null> {
  if (!after.isActive) return null;
  const isSame = after.at === before.at && JSON.stringify(after.repeat) === JSON.stringify(before.repeat);
  return isSame && before.nextRunAt !== undefined ? before.nextRunAt : nextRunAt(session, after);
}

async function nextRunAt(session: TenantSession, schedule: ReportSchedule): Promise<string> {
  const { timeZone } = await tenantProfile(session);
  return new Date(nextMoment(schedule, Date.parse(session.context.now()), timeZone)).toISOString();
}

const shown = ({ mails, day, kind, from, to, reportId, status, failure, detail, startedAt, endedAt }: ScheduleRun) => ({
  day,
  kind,
  from,
  to,
  reportId,
  status,
  failure,
  detail,
  startedAt,
  endedAt,
  mails: Object.entries(mails).map(([userId, mail]) => ({ userId, ...mail })),
});
