/** A loss report as it is answered: how far it is, and its rows once every part is done. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { isKept, type ReportSettings, readReportSettings } from '../reports/report-retention.ts';
import { Sums } from '../reports/sums.ts';
import { ratesOf } from './collection-of-days.ts';
import {
  type LossReport,
  type LossReportPart,
  lossReportEntity,
  lossReportPartEntity,
  partsOf,
} from './loss-report-entity.ts';
import { resultOf } from './loss-rows.ts';
import { totalsOf } from './loss-totals.ts';
import { rowsOfDays } from './report-days.ts';

/** Without rows: for lists. */
export function lossReportHead({ plan, partsDone = 0, ...report }: LossReport & Stored) {
  const isDone = plan !== undefined && Number(partsDone) === plan.parts;
  return {
    ...report,
    ...(plan === undefined ? {} : { meters: plan.meters }),
    status: report.failure
      ? ('failed' as const)
      : isDone
        ? ('completed' as const)
        : plan
          ? ('running' as const)
          : ('planning' as const),
  };
}

/** A report that is kept still, with the settings of how long. @throws AppError `not_found` */
export async function keptLossReport(
  session: TenantSession,
  id: string,
): Promise<{ report: LossReport & Stored; settings: ReportSettings }> {
  const [report, settings] = await Promise.all([
    session.require(lossReportEntity, { id }),
    readReportSettings(session),
  ]);
  if (!isKept(session, report, settings.keepReportsDays)) throw notFound(lossReportEntity.name, id);
  return { report, settings };
}

/** @throws AppError `not_found` */
export async function showLossReport(session: TenantSession, id: string) {
  const { report, settings } = await keptLossReport(session, id);
  const head = lossReportHead(report);
  if (report.plan === undefined) return head;
  const { items } = await session.query<LossReportPart>(lossReportPartEntity, { ...partsOf(id), consistent: true });
  const metersDone = items.reduce((meters, part) => meters + part.meters, 0);
  if (head.status !== 'completed') return { ...head, metersDone };
  const sums = new Sums();
  for (const part of items) sums.merge(part.sums);
  const [{ areas }, days] = [report.plan, rowsOfDays(report)];
  const totals = totalsOf(areas, days, sums, await ratesOf(session, settings.keepReportsDays, days));
  return { ...head, metersDone, result: resultOf(areas, days, sums), totals };
}
