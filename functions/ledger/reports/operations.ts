/** Financial reports, computed when they are asked for, or kept as they were. */
import { csvReply } from '../../../layers/kernel/http/csv.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { keepReport, listReports, readReport } from './kept-report.ts';
import { makeBalanceSheet, makeIncomeStatement, makeTrialBalance } from './make-statement.ts';
import { reports } from './routes.ts';
import { titles } from './show-statements.ts';

export const reportOperations: Operations<typeof reports.routes> = {
  listFinanceReportTypes: async () => ({
    data: [
      entry('trial-balance', titles.trialBalance, ['from', 'to', 'format']),
      entry('income-statement', titles.incomeStatement, ['from', 'to', 'format']),
      entry('balance-sheet', titles.balanceSheet, ['date', 'format']),
    ],
  }),

  listFinanceReports: async ({ session, page }) => {
    const { items, nextCursor } = await listReports(session, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  generateFinanceReport: async ({ session, body: { type, from, to } }) => ({
    data: await keepReport(session, type, { from, to }),
  }),

  getFinanceReport: async ({ session, params }) => ({ data: await readReport(session, params.id) }),

  getTrialBalance: async ({ session, query, locale }) => {
    const { view, table } = await makeTrialBalance(session, query);
    return query.format === 'csv' ? csvReply(`trial-balance-${view.to}`, table(locale)) : { data: view };
  },

  getIncomeStatement: async ({ session, query, locale }) => {
    const { view, table } = await makeIncomeStatement(session, query);
    return query.format === 'csv' ? csvReply(`income-statement-${view.to}`, table(locale)) : { data: view };
  },

  getBalanceSheet: async ({ session, query, locale }) => {
    const { view, table } = await makeBalanceSheet(session, query.date);
    return query.format === 'csv' ? csvReply(`balance-sheet-${view.date}`, table(locale)) : { data: view };
  },
};

const entry = (id: string, title: (typeof titles)[keyof typeof titles], parameters: string[]) => ({
  id,
  title,
  path: `${reports.base}/${id}`,
  parameters,
});
