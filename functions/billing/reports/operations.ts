/** What can be done with reports: ask for one, and read it. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { csvReply } from '../../../layers/kernel/http/csv.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { today } from '../invoices/local-day.ts';
import { reportTable } from './report-table.ts';
import type { billingReports } from './routes.ts';
import { showReport } from './show-report.ts';
import { startReport } from './start-report.ts';

export const reportOperations: Operations<typeof billingReports.routes> = {
  startBillingReport: async ({ session, body }) => {
    const order = body.kind === 'ageing' ? { kind: body.kind, asOf: body.asOf ?? (await today(session)) } : body;
    const { parts: _, ...report } = await startReport(session, order);
    return { data: { ...report, status: 'running', customers: 0 } };
  },
  getBillingReport: async ({ session, params }) => ({ data: await showReport(session, params.id) }),
  getBillingReportCsv: async ({ session, params, locale }) => {
    const report = await showReport(session, params.id);
    if (report.status === 'running')
      throw new AppError('conflict', undefined, {
        texts: { en: 'The report is not completed yet.', ar: 'لم يكتمل التقرير بعد.' },
      });
    return csvReply(`${report.kind}-${report.id}`, reportTable(report.kind, report.result, locale));
  },
};
