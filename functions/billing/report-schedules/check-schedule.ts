/** What a schedule asks for may be asked for by who asks, and whom it is to be mailed to may see it. */

import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { requirePermission } from '../../../layers/kernel/auth/require-permission.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { colleague } from '../../identity/contract.ts';
import { lossAreaEntity } from '../losses/loss-area-entity.ts';
import { scheduleEntity, schedules } from './schedule-entity.ts';
import type { ReportSchedule, skipReasons } from './schedule-schema.ts';
import { permissionOn } from './scheduled-report.ts';

/** Looked at for every tick, and made in the same minutes of the morning. */
const mostSchedules = 100;

/**
 * @param before what it was, which is not looked at again: a schedule whose recipient left can still be paused
 * @throws AppError `forbidden`, `not_found` for an area, `unprocessable` for recipients
 */
export async function checkSchedule(
  session: TenantSession,
  principal: Pick<Principal, 'permissions'>,
  { report, recipients }: Pick<ReportSchedule, 'report' | 'recipients'>,
  before?: ReportSchedule,
): Promise<void> {
  // Making another report of a schedule ends the one it made.
  if (before !== undefined) requireToStart(principal, before);
  requireToStart(principal, { report });
  const isSame = before !== undefined && JSON.stringify(before.report) === JSON.stringify(report);
  if (!isSame) await checkAreas(session, report);
  const known = isSame ? before.recipients : [];
  for (const userId of new Set(recipients))
    if (!known.includes(userId)) await checkRecipient(session, userId, permissionOn(report.kind, 'read'));
}

/** What a schedule makes is begun, changed and ended by who may start it by hand. @throws AppError `forbidden` */
export const requireToStart = (
  principal: Pick<Principal, 'permissions'>,
  { report }: Pick<ReportSchedule, 'report'>,
): void => requirePermission(principal, permissionOn(report.kind, 'write'));

async function checkAreas(session: TenantSession, report: ReportSchedule['report']): Promise<void> {
  const areaIds = report.kind === 'losses' ? (report.areaIds ?? []) : [];
  const areas = await session.getMany(
    lossAreaEntity,
    [...new Set(areaIds)].map((id) => ({ id })),
  );
  const unknown = areaIds.find((id) => !areas.some((area) => area.id === id));
  if (unknown !== undefined) throw notFound(lossAreaEntity.name, unknown);
}

async function checkRecipient(session: TenantSession, userId: string, permission: string): Promise<void> {
  const person = await colleague(session, userId);
  const obstacle = person === undefined ? 'gone' : person.may(permission) ? undefined : 'not_permitted';
  const found = obstacle ?? (person!.email === undefined ? 'no_confirmed_email' : undefined);
  if (found !== undefined) throw new AppError('unprocessable', undefined, { texts: texts[found](userId) });
}

const texts: Record<(typeof skipReasons)[number], (id: string) => { en: string; ar: string }> = {
  gone: (id) => ({
    en: `"${id}" is no user of yours who may log in.`,
    ar: `"${id}" ليس مستخدمًا لديكم يمكنه تسجيل الدخول.`,
  }),
  not_permitted: (id) => ({
    en: `User "${id}" may not see such reports.`,
    ar: `لا يُسمح للمستخدم "${id}" بالاطلاع على هذه التقارير.`,
  }),
  no_confirmed_email: (id) => ({
    en: `User "${id}" has no confirmed e-mail address: one that was set with a password is verified first, by a code of purpose VERIFY_EMAIL.`,
    ar: `ليس للمستخدم "${id}" بريد إلكتروني مؤكد: البريد المسجل مع كلمة مرور يُتحقق منه أولًا برمز غرضه VERIFY_EMAIL.`,
  }),
};

/** Two who make the last one at once are one more than that; it is no more than a bound. */
export async function refuseMany(session: TenantSession): Promise<void> {
  const { items } = await session.query(scheduleEntity, { index: 'gsi1', pk: schedules, limit: mostSchedules });
  if (items.length === mostSchedules)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `There are ${mostSchedules} schedules of reports already: delete one first.`,
        ar: `يوجد ${mostSchedules} جدولًا للتقارير: احذف أحدها أولًا.`,
      },
    });
}
