/** What a schedule of reports tells: that a report is ready, or could not be made. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { runFailures, scheduledKinds } from './schedule-schema.ts';

const payload = z.object({
  scheduleId: z.string(),
  name: z.string(),
  /** Local day of the occurrence. */
  day: z.string(),
  kind: z.enum(scheduledKinds),
  /** Local days reported on, the last one included. */
  from: z.string(),
  to: z.string(),
});
const example = {
  scheduleId: 'brs_01JGFJJZ00ABCDEFGHJKMNPQRS',
  name: 'Collection of the month',
  day: '2026-07-01',
  kind: 'collection_rate' as const,
  from: '2026-06-01',
  to: '2026-06-30',
};
const base = { source: 'billing', schemaVersion: 1, aggregateType: 'report_schedule' } as const;

export const reportReady = defineEvent({
  ...base,
  type: 'report.ready',
  summary: { en: 'A scheduled report is completed.', ar: 'اكتمل تقرير مجدول.' },
  /** `reportId`: of `/api/billing/reports`, or of losses, of `/api/billing/loss-areas/reports`. */
  payload: z.extend(payload, { reportId: z.string() }),
  example: { ...example, reportId: 'brp_01JGFJJZ00ABCDEFGHJKMNPQRS' },
});

export const reportFailed = defineEvent({
  ...base,
  type: 'report.failed',
  summary: { en: 'A scheduled report could not be made.', ar: 'تعذر إعداد تقرير مجدول.' },
  payload: z.extend(payload, {
    failure: z.enum(runFailures),
    detail: z.optional(z.string()),
    reportId: z.optional(z.string()),
  }),
  example: { ...example, failure: 'refused' as const, detail: 'No loss area.' },
});

export const reportScheduleEvents = [reportReady, reportFailed];
