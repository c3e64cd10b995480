/** A report as it is answered: how far it is, and its rows once every part is done. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { namesOfUsers } from '../../identity/contract.ts';
import { type Report, readParts, reportEntity } from './report-entity.ts';
import { isKept, readReportSettings } from './report-retention.ts';
import { rowsOf } from './report-rows.ts';
import type { MethodRow } from './report-schema.ts';
import { debtorRows } from './top-debtors.ts';

/** Without rows: for lists. */
export function reportHead({ parts, partsDone = 0, ...report }: Report & Stored) {
  return { ...report, status: Number(partsDone) === parts ? ('completed' as const) : ('running' as const) };
}

/** @throws AppError `not_found` */
export async function showReport(session: TenantSession, id: string) {
  const [report, { keepReportsDays }] = await Promise.all([
    session.require(reportEntity, { id }),
    readReportSettings(session),
  ]);
  if (!isKept(session, report, keepReportsDays)) throw notFound(reportEntity.name, id);
  const [head, parts] = [reportHead(report), await readParts(session, id)];
  const customers = parts.reduce((sum, part) => sum + part.customers, 0);
  if (head.status === 'running') return { ...head, customers };
  if (head.kind === 'top_debtors') {
    const debtors = parts.flatMap(({ debtors: own = [] }) => own);
    return { ...head, customers, result: await debtorRows(session, debtors, head.asOf) };
  }
  const rows = rowsOf({ ...head, kind: head.kind }, parts);
  return { ...head, customers, result: head.by === 'cashier' ? await withNames(session, rows) : rows };
}

async function withNames(session: TenantSession, rows: ReturnType<typeof rowsOf>): Promise<MethodRow[]> {
  const byCashier = rows as MethodRow[];
  const ids = byCashier.flatMap(({ cashierId }) => (cashierId?.startsWith('usr_') ? [cashierId] : []));
  const names = await namesOfUsers(session, [...new Set(ids)]);
  return byCashier.map((row) => {
    const cashierName = names.get(row.cashierId ?? '');
    return cashierName === undefined ? row : { ...row, cashierName };
  });
}
