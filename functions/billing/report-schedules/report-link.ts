/**
 * The link to a report in a mail. Nobody logs in to open it: it is its recipient's for some days, and only while that user may
 * log in and see such reports, so that it ends with the person's access.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { colleague, isTenantSuspended } from '../../identity/contract.ts';
import { linkTokenOf, newLinkId, readLinkToken } from '../documents/link-token.ts';
import { type ReportLink, reportLinkEntity, type ScheduleRun } from './schedule-entity.ts';
import { permissionOn } from './scheduled-report.ts';

export const linkDays = 7;
export const reportSchedulesBase = '/api/billing/report-schedules';

/** Adds a link to the unit. @returns its path */
export function addReportLink(
  unit: UnitOfWork,
  session: TenantSession,
  { kind, reportId }: Pick<ScheduleRun, 'kind' | 'reportId'>,
  userId: string,
  language: ReportLink['language'],
): string {
  const retainUntil = Math.floor(Date.parse(session.context.now()) / 1000) + linkDays * 86_400;
  const link = { id: newLinkId(), userId, kind, reportId: reportId!, language, retainUntil };
  unit.put(reportLinkEntity, link);
  return `${reportSchedulesBase}/links/${linkTokenOf(session, link.id)}`;
}

/** @returns undefined for whatever is no link, or not any more */
export async function openReportLink(
  token: string,
  correlationId: string,
): Promise<{ session: TenantSession; link: ReportLink } | undefined> {
  const named = readLinkToken(token);
  if (named === undefined) return undefined;
  const session = openSession(named.tenantId, { correlationId });
  const link = await session.get(reportLinkEntity, { id: named.id });
  if (link === undefined || link.retainUntil * 1000 <= Date.parse(session.context.now())) return undefined;
  const [person, isSuspended] = await Promise.all([
    colleague(session, link.userId),
    isTenantSuspended(session.tenantId),
  ]);
  return isSuspended || !person?.may(permissionOn(link.kind, 'read')) ? undefined : { session, link };
}
