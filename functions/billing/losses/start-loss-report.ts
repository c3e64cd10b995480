/** Starts a loss report: one row and one message, which looks its meters up. The same message goes on with one that stopped. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { keptFor, readReportSettings } from '../reports/report-retention.ts';
import { type LossArea, lossAreaEntity, lossAreas } from './loss-area-entity.ts';
import { type LossReport, lossReportEntity } from './loss-report-entity.ts';
import { type LossReportOrder, mostAreas } from './loss-report-schema.ts';
import { refusePeriod, rowsOfDays } from './report-days.ts';

export const lossReportQueue = 'loss-reports';

export interface LossReportMessage {
  tenantId: string;
  reportId: string;
  /** Absent: plan it, or hand out again what is not done. */
  at?: {
    part: number;
    /** Pages the part has done before. */
    page: number;
  };
}

/** Areas times rows of days: what the sums of a part may grow to in one row of the table. */
const mostRows = 120;

/** @throws as `orderLossReport` does */
export async function startLossReport(session: TenantSession, order: LossReportOrder): Promise<LossReport & Stored> {
  const row = await orderLossReport(session, order);
  const report = await session.transact('billing', (unit) => unit.create(lossReportEntity, row));
  await sendWork([{ tenantId: session.tenantId, reportId: report.id }]);
  return report;
}

/**
 * The row of a report that nothing works on yet.
 * @throws AppError `not_found` for an area, `unprocessable` for days that cannot be reported on, or too many rows
 */
export async function orderLossReport(session: TenantSession, order: LossReportOrder): Promise<LossReport> {
  refusePeriod(order);
  const areaIds = order.areaIds === undefined ? await allAreas(session) : [...new Set(order.areaIds)];
  const known = await session.getMany(
    lossAreaEntity,
    areaIds.map((id) => ({ id })),
  );
  const unknown = areaIds.find((id) => !known.some((area) => area.id === id));
  if (unknown !== undefined) throw notFound(lossAreaEntity.name, unknown);
  if (areaIds.length > mostAreas || areaIds.length * rowsOfDays(order).length > mostRows) throw tooMany();
  const { keepReportsDays, keepMeterLinesDays } = await readReportSettings(session);
  const kept = { keptUntil: keptFor(session, keepReportsDays), linesKeptUntil: keptFor(session, keepMeterLinesDays) };
  return { ...order, ...kept, areaIds, id: newId('lrp') };
}

export const sendWork = (messages: readonly LossReportMessage[], delaySeconds = 0): Promise<void> =>
  sendMessages(
    lossReportQueue,
    messages.map((message) => ({ body: JSON.stringify(message), delaySeconds })),
  );

/** One more than a report holds, where there are so many. */
async function allAreas(session: TenantSession): Promise<string[]> {
  const { items } = await session.query<LossArea>(lossAreaEntity, {
    index: 'gsi1',
    pk: lossAreas,
    limit: mostAreas + 1,
  });
  return items.map(({ id }) => id);
}

const tooMany = (): AppError =>
  new AppError('unprocessable', undefined, {
    texts: {
      en: `A report has at most ${mostAreas} areas, and ${mostRows} rows of an area and its days: name fewer areas, or ask without months.`,
      ar: `للتقرير ${mostAreas} منطقة على الأكثر و${mostRows} صفًا لمنطقة وأيامها: حدد مناطق أقل أو اطلبه دون تقسيم بالأشهر.`,
    },
  });
