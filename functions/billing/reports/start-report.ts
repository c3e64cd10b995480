/** Starts a report: one row, and one message for each part of the base. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { customerShards } from '../customers/customer-entity.ts';
import { type Report, readParts, reportEntity, reportPartEntity } from './report-entity.ts';
import { keptFor, readReportSettings } from './report-retention.ts';
import type { ReportOrder } from './report-schema.ts';

export const reportQueue = 'billing-reports';

export interface ReportMessage {
  tenantId: string;
  reportId: string;
  part: number;
  /** Pages done before this one. */
  page: number;
}

export async function startReport(session: TenantSession, order: ReportOrder): Promise<Report & Stored> {
  const row = await newReport(session, order);
  const report = await session.transact('billing', (unit) => addReport(unit, row));
  await resumeReport(session, report.id);
  return report;
}

type NewReport = Omit<Report, 'parts' | 'partsDone'> & ReportOrder;

/** As the settings of now have it. */
export async function newReport(session: TenantSession, order: ReportOrder): Promise<NewReport> {
  const { keepReportsDays, ageingDays } = await readReportSettings(session);
  const keptUntil = keptFor(session, keepReportsDays);
  return { ...order, id: newId('brp'), keptUntil, ...(order.kind === 'ageing' ? { ageingDays } : {}) };
}

/** Nothing works on it until `resumeReport` is called. */
export function addReport(unit: UnitOfWork, order: NewReport): Report & Stored {
  const { id, keptUntil } = order;
  const parts = order.routeId === undefined ? customerShards : 1;
  for (let part = 0; part < parts; part++)
    unit.put(reportPartEntity, { reportId: id, keptUntil, part, page: 0, customers: 0, totals: {}, done: false });
  return unit.create(reportEntity, { ...order, parts });
}

/** A message for each part that is not done: for those that were never sent, or are lost. */
export async function resumeReport(session: TenantSession, id: string): Promise<void> {
  const parts = (await readParts(session, id)).filter(({ done }) => !done);
  await sendMessages(
    reportQueue,
    parts.map(({ part, page }) => ({ body: JSON.stringify(messageOf(session, id, part, page)) })),
  );
}

export const messageOf = (
  { tenantId }: TenantSession,
  reportId: string,
  part: number,
  page: number,
): ReportMessage => ({
  tenantId,
  reportId,
  part,
  page,
});
