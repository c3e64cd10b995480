/** What a schedule of reports can be asked for: which report, how often, at what local time, and who is told. */
import * as z from 'zod/mini';
import { externalId, generatedId, label, timeOfDay, utcTime } from '../../../layers/kernel/schema/common.ts';
import { documentLanguages } from '../documents/document-schema.ts';
import { mostAreas } from '../losses/loss-report-schema.ts';
import { collectionsBy, groupedBy, reportKinds } from '../reports/report-schema.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export const scheduledKinds = [...reportKinds, 'losses'] as const;
export type ScheduledKind = (typeof scheduledKinds)[number];

const route = {
  /** Only the customers of a route. @default all customers */
  routeId: z.optional(externalId()),
};

/** The days follow from the repetition; the rest is as in an order by hand. */
const scheduledReportSchema = z.union([
  z.strictObject({ kind: z.enum(['ageing', 'collection_rate', 'billing_summary']), by: groupedBy(), ...route }),
  z.strictObject({ kind: z.literal('top_debtors'), ...route }),
  z.strictObject({ kind: z.literal('collections'), by: collectionsBy(), ...route }),
  z.strictObject({
    kind: z.literal('losses'),
    /** @default all areas there are then */
    areaIds: z.optional(z.array(generatedId('lar')).check(z.minLength(1), z.maxLength(mostAreas))),
  }),
]);
export type ScheduledReport = z.infer<typeof scheduledReportSchema>;

const repeatSchema = z.discriminatedUnion('every', [
  z.strictObject({ every: z.literal('day') }),
  z.strictObject({
    every: z.literal('week'),
    on: z.enum(weekdays),
    /** First day of the weeks that are reported on. @default `on`: the seven days before */
    weekStartsOn: z.optional(z.enum(weekdays)),
  }),
  z.strictObject({
    every: z.literal('month'),
    /** A month that has no such day has its report on the last one. */
    on: z.union([z.int().check(z.minimum(1), z.maximum(31)), z.literal('last')]),
  }),
]);
export type Repeat = z.infer<typeof repeatSchema>;

const mostRecipients = 20;

export const createScheduleSchema = z.strictObject({
  name: label(100),
  report: scheduledReportSchema,
  repeat: repeatSchema,
  /** Local time of the tenant. */
  at: z._default(timeOfDay(), '06:00'),
  /** Of the messages, and of the table they link to. @default the tenant's */
  language: z.optional(z.enum(documentLanguages)),
  /** Users who may see the report and confirmed their e-mail. With none only `report.ready` tells of it. */
  recipients: z._default(z.array(generatedId('usr')).check(z.maxLength(mostRecipients)), []),
  /** False pauses it; occurrences of the pause are not made up for. */
  isActive: z._default(z.boolean(), true),
});

export const scheduleSchema = z.object({
  id: z.string(),
  ...createScheduleSchema.shape,
  language: z.enum(documentLanguages),
  /** Missing while it is paused. */
  nextRunAt: z.optional(utcTime()),
  /** The local day of the newest occurrence. */
  lastRunDay: z.optional(z.string()),
});
export type ReportSchedule = z.infer<typeof scheduleSchema>;

export const runFailures = ['refused', 'area_gone', 'too_many_meters', 'stuck'] as const;

/** `not_permitted`: may not see the report any more. `gone`: not a user who may log in any more. */
export const skipReasons = ['gone', 'not_permitted', 'no_confirmed_email'] as const;

export const scheduleRunSchema = z.object({
  /** Local day of the occurrence. */
  day: z.string(),
  kind: z.enum(scheduledKinds),
  /** Days reported on, the last one included; ageing and debtors are as of the last. */
  from: z.string(),
  to: z.string(),
  /** Missing where it could not be started. */
  reportId: z.optional(z.string()),
  status: z.enum(['running', 'completed', 'failed']),
  /** `refused`: it could not be ordered so; `stuck`: it did not come to its end in hours. */
  failure: z.optional(z.enum(runFailures)),
  /** Why it was refused. */
  detail: z.optional(z.string()),
  startedAt: utcTime(),
  endedAt: z.optional(utcTime()),
  /** Whom it was mailed to, or why not. */
  mails: z.array(
    z.object({
      userId: z.string(),
      status: z.enum(['sending', 'sent', 'skipped']),
      reason: z.optional(z.enum(skipReasons)),
      at: utcTime(),
    }),
  ),
});
export type ScheduleRunView = z.infer<typeof scheduleRunSchema>;
