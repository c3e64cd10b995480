/** Routes of schedules of reports, and the public way that a mail links to. */
import * as z from 'zod/mini';
import { crudRoutes } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { linkTokenPattern } from '../documents/link-token.ts';
import { reportSchedulesBase } from './report-link.ts';
import { createScheduleSchema, scheduleRunSchema, scheduleSchema } from './schedule-schema.ts';

const id = generatedId('brs');

const crud = crudRoutes({
  singular: 'ReportSchedule',
  plural: 'ReportSchedules',
  permission: 'billing:report-schedules',
  schema: scheduleSchema,
  create: createScheduleSchema,
  update: changesOf(createScheduleSchema),
  id,
  filters: {},
});

export const reportSchedules = defineResource({
  name: 'report-schedules',
  base: reportSchedulesBase,
  title: 'Scheduled reports',
  routes: {
    ...crud,
    listReportSchedules: {
      ...crud.listReportSchedules,
      summary: 'List schedules of reports, in order of their making.',
    },
    getReportSchedule: { ...crud.getReportSchedule, summary: 'Get a schedule of a report.' },
    createReportSchedule: {
      ...crud.createReportSchedule,
      summary: 'Have a report made every day, week or month at a local time, of the days before, and mailed.',
      description:
        'Needs the permission to start such a report by hand as well. A day is reported on the day after, a week as the seven days before `on` (or the last whole week from `weekStartsOn`), a month as the calendar month before. `report.ready` and `report.failed` tell webhooks; recipients are users who may see such reports and confirmed their e-mail (one created with a password by a code of purpose `VERIFY_EMAIL`), and get a link that is good for 7 days.',
      errors: ['forbidden', 'unprocessable'],
    },
    updateReportSchedule: {
      ...crud.updateReportSchedule,
      summary: 'Change a schedule of a report, or pause it; fields left out stay as they are.',
      description:
        'Needs the permission to start such a report by hand as well, and the one it was before. What fell due while it was paused is not made up for.',
      errors: ['not_found', 'version_conflict', 'forbidden', 'unprocessable'],
    },
    deleteReportSchedule: {
      ...crud.deleteReportSchedule,
      summary: 'Delete a schedule; reports it made stay, and what is under way is mailed to nobody.',
      description: 'Needs the permission to start such a report by hand as well.',
      errors: ['not_found', 'version_conflict', 'forbidden'],
    },
    listReportScheduleRuns: {
      method: 'GET',
      path: '/{id}/runs',
      access: 'billing:report-schedules:read',
      summary: 'What a schedule made, the newest first: how it ended, and whom it was mailed to.',
      params: z.object({ id }),
      response: z.array(scheduleRunSchema),
      paginated: true,
      errors: ['not_found'],
    },
    openScheduledReport: {
      method: 'GET',
      path: '/links/{token}',
      access: 'public',
      summary: 'Get the table of the report that a mail links to, as CSV.',
      description: 'Good for 7 days, and only while the recipient may log in and see such reports.',
      params: z.object({ token: z.string().check(z.regex(linkTokenPattern)) }),
      secretParams: ['token'],
      contentType: 'text/csv',
      errors: ['not_found'],
    },
    openScheduledReportPdf: {
      method: 'GET',
      path: '/links/{token}/pdf',
      access: 'public',
      summary: 'Go to the PDF of the report that a mail links to.',
      description:
        'Answers with a redirect to the PDF, which is good for a quarter of an hour; the link itself as that of the table.',
      params: z.object({ token: z.string().check(z.regex(linkTokenPattern)) }),
      secretParams: ['token'],
      status: 302,
      contentType: 'text/plain',
      errors: ['not_found', 'unprocessable'],
    },
  },
});
