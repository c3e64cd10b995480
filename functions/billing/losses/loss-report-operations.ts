/** What can be done with loss reports: ask for one, read it, and go on with one that stopped. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { csvReply } from '../../../layers/kernel/http/csv.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { languageOf, printLossReport } from '../reports/print-report.ts';
import { refuseUnfinished } from '../reports/refuse-unfinished.ts';
import { isKept, keptIds, readReportSettings } from '../reports/report-retention.ts';
import {
  findingsOfReport,
  type LossReport,
  type LossReportMeter,
  lossReportEntity,
  lossReportMeterEntity,
  lossReports,
  metersOfReport,
} from './loss-report-entity.ts';
import type { lossReportRoutes } from './loss-report-routes.ts';
import { lossReportTable } from './loss-report-table.ts';
import { keptLossReport, lossReportHead, showLossReport } from './show-loss-report.ts';
import { sendWork, startLossReport } from './start-loss-report.ts';

export const lossReportOperations: Operations<typeof lossReportRoutes> = {
  startLossReport: async ({ session, body }) => ({ data: lossReportHead(await startLossReport(session, body)) }),
  listLossReports: async ({ session, page }) => {
    const { keepReportsDays } = await readReportSettings(session);
    const { items, nextCursor } = await session.query<LossReport & Stored>(lossReportEntity, {
      index: 'gsi1',
      pk: lossReports,
      ...keptIds(session, 'lrp', keepReportsDays),
      order: 'descending',
      ...page,
    });
    const kept = items.filter((report) => isKept(session, report, keepReportsDays));
    return { data: kept.map(lossReportHead), pagination: { limit: page.limit, nextCursor } };
  },
  getLossReport: async ({ session, params }) => ({ data: await showLossReport(session, params.id) }),
  listLossReportMeters: async ({ session, params, query, page }) => {
    await requireLines(session, params.id);
    const { items, nextCursor } = await session.query<LossReportMeter & Stored>(lossReportMeterEntity, {
      ...(query.withFindings === 'true'
        ? { index: 'gsi1', pk: findingsOfReport(params.id) }
        : { pk: metersOfReport(params.id) }),
      ...page,
    });
    const data = items.map(({ meterId, pointId, hasFindings, lines }) => ({
      ...(meterId === undefined ? { pointId } : { meterId }),
      hasFindings,
      lines,
    }));
    return { data, pagination: { limit: page.limit, nextCursor } };
  },
  getLossReportCsv: async ({ session, params, locale }) => {
    const report = await showLossReport(session, params.id);
    refuseUnfinished(report);
    return csvReply(`losses-${report.id}`, lossReportTable(report, locale));
  },
  getLossReportPdf: async ({ session, params, query, locale }) => {
    const report = await showLossReport(session, params.id);
    refuseUnfinished(report);
    return printLossReport(session, report, query.language ?? languageOf(locale));
  },
  resumeLossReport: async ({ session, params }) => {
    const report = await showLossReport(session, params.id);
    // The work that is left went with the lines.
    if (report.status !== 'completed') await requireLines(session, params.id);
    await sendWork([{ tenantId: session.tenantId, reportId: report.id }]);
    return { data: report };
  },
};

/** @throws AppError `not_found`; `gone` where the sums are kept and the lines of meters are not any more */
async function requireLines(session: TenantSession, id: string): Promise<void> {
  const { report, settings } = await keptLossReport(session, id);
  if (isKept(session, { id, keptUntil: report.linesKeptUntil }, settings.keepMeterLinesDays)) return;
  throw new AppError('gone', undefined, {
    texts: {
      en: 'What the report found at each meter is not kept any more; its sums are. Start another for the same days.',
      ar: 'لم يعد ما وجده التقرير عند كل عداد محفوظًا، ومجاميعه محفوظة. ابدأ تقريرًا آخر للأيام نفسها.',
    },
  });
}
