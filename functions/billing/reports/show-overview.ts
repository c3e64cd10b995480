/** The last months and what is overdue, at a glance: out of the newest reports, so that nothing is walked over in a request. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { today } from '../invoices/local-day.ts';
import { ageingReports, monthlyReports, type Report, readParts, reportEntity } from './report-entity.ts';
import { isKept, readReportSettings } from './report-retention.ts';
import { rowsOf } from './report-rows.ts';
import type { AgeingRow, ReportOverview } from './report-schema.ts';
import { reportHead } from './show-report.ts';

/** Reports of a month looked at for one that is completed. */
const newest = 5;

/** @param months how many, the present one included */
export async function showOverview(session: TenantSession, months: number): Promise<ReportOverview> {
  const [present, { keepReportsDays }] = await Promise.all([today(session), readReportSettings(session)]);
  const [byMonth, ages] = await Promise.all([
    Promise.all(monthsUntil(present, months).map((month) => collectionOfMonth(session, keepReportsDays, month))),
    // Reports as of days to come do not say what is overdue.
    completed(session, keepReportsDays, ageingReports, { from: ['0'], to: [present, '~'] }),
  ]);
  return { months: byMonth.flat(), overdue: ages === undefined ? [] : await overdueOf(session, ages) };
}

/** What the newest completed report on a calendar month says, by currency; empty where there is none. */
export async function collectionOfMonth(
  session: TenantSession,
  keepDays: number,
  month: string,
): Promise<ReportOverview['months']> {
  const report = await completed(session, keepDays, monthlyReports, { beginsWith: [month, ''] });
  if (report === undefined) return [];
  return rowsOf({ kind: 'collection_rate' }, await readParts(session, report.id))
    .filter(({ customerType }) => customerType === 'all')
    .map(({ currency, billedAmount, collectedAmount, ratePercent }) => ({
      month,
      currency,
      billedAmount,
      collectedAmount,
      ratePercent,
      reportId: report.id,
      reportedAt: report.createdAt,
    }));
}

async function overdueOf(session: TenantSession, report: Report & Stored): Promise<ReportOverview['overdue']> {
  const { id, createdAt, ageingDays } = report;
  return rowsOf({ kind: 'ageing', ...(ageingDays === undefined ? {} : { ageingDays }) }, await readParts(session, id))
    .filter(({ customerType }) => customerType === 'all')
    .map((row) => ({
      asOf: report.kind === 'ageing' ? report.asOf : '',
      currency: row.currency,
      overdueAmount: overdueAmount(row),
      balance: row.balance,
      reportId: id,
      reportedAt: createdAt,
    }));
}

function overdueAmount({ overdue, currency }: AgeingRow): string {
  return amountOf(
    overdue.reduce((sum, { amount }) => sum + minorOf(amount, currency), 0n),
    currency,
  );
}

async function completed(
  session: TenantSession,
  keepDays: number,
  pk: KeyParts,
  bounds: { beginsWith: KeyParts } | { from: KeyParts; to: KeyParts },
): Promise<(Report & Stored) | undefined> {
  const { items } = await session.query<Report & Stored>(reportEntity, {
    index: 'gsi2',
    pk,
    ...bounds,
    order: 'descending',
    limit: newest,
  });
  return items.find((report) => reportHead(report).status === 'completed' && isKept(session, report, keepDays));
}

/** The newest first, e.g. `2026-06`. */
function monthsUntil(day: string, count: number): string[] {
  const months: string[] = [];
  for (let at = day; months.length < count; at = addDays(`${at.slice(0, 7)}-01`, -1)) months.push(at.slice(0, 7));
  return months;
}
