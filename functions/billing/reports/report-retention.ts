/**
 * How reports are made, and how long they are kept. What they say of each meter is by far the most of them, so it goes before their sums do. Bills, payments
 * and receipts are kept for as long as the law keeps books; nothing here touches them.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { encodeTime, timeOfId } from '../../../layers/kernel/ids.ts';
import { defaultAgeingDays } from './age-account.ts';

const dayMs = 86_400_000;
/** Links in mails are good for a week, and a report that stopped may be resumed for some time. */
const days = () => z.int().check(z.minimum(30), z.maximum(3650));

const shape = {
  /** Days that reports of money and losses are kept, and the runs of their schedules. @default 1830: five years */
  keepReportsDays: z._default(days(), 1830),
  /** Days that a loss report's lines of meters are kept. @default 400: those of the same month last year are there */
  keepMeterLinesDays: z._default(days(), 400),
  /** Last days overdue of an ageing's buckets; what is older is in one more. Reports that were made keep theirs. */
  ageingDays: z._default(
    z.array(z.int().check(z.minimum(1), z.maximum(3650))).check(
      z.minLength(1),
      z.maxLength(10),
      z.refine(
        (own) => own.every((day, i) => i === 0 || day > own[i - 1]!),
        fieldMessage('Each is more than the one before.', 'كل منها أكبر من الذي قبله.'),
      ),
    ),
    [...defaultAgeingDays],
  ),
};

export const reportSettingsSchema = z.object(shape);
export type ReportSettings = z.infer<typeof reportSettingsSchema>;

export const changeReportSettingsSchema = z.strictObject(shape).check(
  z.refine(({ keepReportsDays, keepMeterLinesDays }) => keepMeterLinesDays <= keepReportsDays, {
    ...fieldMessage(
      'The lines of meters are not kept longer than their reports.',
      'لا تُحفظ أسطر العدادات أطول من تقاريرها.',
    ),
    path: ['keepMeterLinesDays'],
  }),
);

export const reportSettingsEntity = defineEntity<ReportSettings & { id: 'reports' }, { id: 'reports' }>()({
  name: 'settings of reports',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function readReportSettings(session: TenantSession): Promise<ReportSettings> {
  return reportSettingsSchema.parse((await session.get(reportSettingsEntity, { id: 'reports' })) ?? {});
}

/** A row that goes at a moment, UTC; without one it stays. */
export interface Kept {
  keptUntil?: string | undefined;
}

/** When such a row vanishes: for the `expiresAt` of its entity. */
export const expiryOf = ({ keptUntil }: Kept): number | undefined =>
  keptUntil === undefined ? undefined : Math.ceil(Date.parse(keptUntil) / 1000);

/** Until when a row that is made now is kept. */
export const keptFor = (session: TenantSession, keepDays: number): string =>
  new Date(Date.parse(session.context.now()) + keepDays * dayMs).toISOString();

const since = (session: TenantSession, keepDays: number): number =>
  Date.parse(session.context.now()) - keepDays * dayMs;

/**
 * A shorter time hides what is older at once. What has expired is not shown either, whatever was set since: DynamoDB deletes its rows
 * one by one within days, and sums of those that are left would lack the others.
 */
export const isKept = (
  session: TenantSession,
  { id, keptUntil = '~' }: Kept & { id: string },
  keepDays: number,
): boolean => timeOfId(id) > since(session, keepDays) && session.context.now() < keptUntil;

/** The local day, give or take one, from which on something is kept. */
export const firstKeptDay = (session: TenantSession, keepDays: number): string =>
  new Date(since(session, keepDays)).toISOString().slice(0, 10);

/** Bounds of a list by id. @param prefix of its ids, such as `brp` */
export const keptIds = (session: TenantSession, prefix: string, keepDays: number) => ({
  from: [`${prefix}_${encodeTime(since(session, keepDays))}`],
  to: [`${prefix}_~`],
});
