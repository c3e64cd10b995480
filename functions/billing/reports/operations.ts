/** What can be done with reports: ask for one, and read it. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import { csvReply } from '../../../layers/kernel/http/csv.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { today } from '../invoices/local-day.ts';
import { languageOf, printReport } from './print-report.ts';
import { refuseUnfinished } from './refuse-unfinished.ts';
import { type Report, reportEntity, reports } from './report-entity.ts';
import { isKept, keptIds, readReportSettings, reportSettingsEntity } from './report-retention.ts';
import { reportTable } from './report-table.ts';
import type { billingReports } from './routes.ts';
import { showOverview } from './show-overview.ts';
import { reportHead, showReport } from './show-report.ts';
import { resumeReport, startReport } from './start-report.ts';

export const reportOperations: Operations<typeof billingReports.routes> = {
  startBillingReport: async ({ session, body }) => {
    const order = 'from' in body ? body : { ...body, asOf: body.asOf ?? (await today(session)) };
    return { data: { ...reportHead(await startReport(session, order)), customers: 0 } };
  },
  listBillingReports: async ({ session, page }) => {
    const { keepReportsDays } = await readReportSettings(session);
    const { items, nextCursor } = await session.query<Report & Stored>(reportEntity, {
      index: 'gsi1',
      pk: reports,
      ...keptIds(session, 'brp', keepReportsDays),
      order: 'descending',
      ...page,
    });
    const kept = items.filter((report) => isKept(session, report, keepReportsDays));
    return { data: kept.map(reportHead), pagination: { limit: page.limit, nextCursor } };
  },
  getReportSettings: async ({ session }) => ({ data: await readReportSettings(session) }),
  changeReportSettings: async ({ session, body }) => {
    await saveRow(session, reportSettingsEntity, { id: 'reports', ...body });
    return { data: body };
  },
  getBillingReport: async ({ session, params }) => ({ data: await showReport(session, params.id) }),
  getBillingOverview: async ({ session, query }) => ({ data: await showOverview(session, query.months ?? 12) }),
  resumeBillingReport: async ({ session, params }) => {
    const report = await showReport(session, params.id);
    await resumeReport(session, params.id);
    return { data: report };
  },
  getBillingReportCsv: async ({ session, params, locale }) => {
    const report = await showReport(session, params.id);
    refuseUnfinished(report);
    return csvReply(`${report.kind}-${report.id}`, reportTable(report, locale));
  },
  getBillingReportPdf: async ({ session, params, query, locale }) => {
    const report = await showReport(session, params.id);
    refuseUnfinished(report);
    return printReport(session, report, query.language ?? languageOf(locale));
  },
};
