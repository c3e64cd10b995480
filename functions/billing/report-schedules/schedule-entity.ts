/** Schedules of reports, their runs (one for an occurrence, by its local day), and the links that mails hold. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { expiryOf, type Kept } from '../reports/report-retention.ts';
import type { ReportSchedule, ScheduledKind, ScheduleRunView } from './schedule-schema.ts';

export const schedules: KeyParts = ['REPORT-SCHEDULES'];
/** Those that are not paused, by the moment they are due. */
export const dueSchedules: KeyParts = ['REPORT-SCHEDULES-DUE'];

export const scheduleEntity = defineEntity<ReportSchedule>()({
  name: 'report schedule',
  table: 'billing',
  key: ({ id }) => ({ pk: ['REPORT-SCHEDULE', id], sk: ['SCHEDULE'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: schedules, sk: [id] }),
    gsi2: ({ id, nextRunAt }) => (nextRunAt === undefined ? undefined : { pk: dueSchedules, sk: [nextRunAt, id] }),
  },
  idOf: ({ id }) => id,
});

export type ScheduleRun = Omit<ScheduleRunView, 'mails'> &
  Kept & {
    scheduleId: string;
    name: string;
    /** Times its report was asked to go on, since nothing of it moved. */
    resumes: number;
    /** By user. */
    mails: Record<string, Omit<ScheduleRunView['mails'][number], 'userId'>>;
  };

export const runningReports: KeyParts = ['REPORT-RUNS-OPEN'];
/** @param firstDay local */
export const runsOf = (scheduleId: string, firstDay: string): Record<'pk' | 'from' | 'to', KeyParts> => ({
  pk: ['REPORT-SCHEDULE', scheduleId],
  from: ['RUN', firstDay],
  to: ['RUN', '~'],
});

/** The key holds the day: whoever starts an occurrence a second time is refused. */
export const scheduleRunEntity = defineEntity<ScheduleRun, Pick<ScheduleRun, 'scheduleId' | 'day'>>()({
  name: 'run of a report schedule',
  table: 'billing',
  key: ({ scheduleId, day }) => ({ pk: ['REPORT-SCHEDULE', scheduleId], sk: ['RUN', day] }),
  indexes: {
    gsi2: ({ status, startedAt, scheduleId, day }) =>
      status === 'running' ? { pk: runningReports, sk: [startedAt, scheduleId, day] } : undefined,
  },
  idOf: ({ scheduleId, day }) => `${scheduleId}/${day}`,
  expiresAt: expiryOf,
});

export interface ReportLink {
  /** Random: knowing it is to be its user, who must still be allowed to see the report. */
  id: string;
  userId: string;
  kind: ScheduledKind;
  reportId: string;
  language: 'ar' | 'en';
  /** Seconds since the epoch. */
  retainUntil: number;
}

export const reportLinkEntity = defineEntity<ReportLink>()({
  name: 'report link',
  table: 'billing',
  key: ({ id }) => ({ pk: ['REPORT-LINK', id], sk: ['REPORT-LINK'] }),
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});
