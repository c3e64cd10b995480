/** Financial reports, computed when they are asked for. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { firstDay, firstPeriodOfYear, fiscalYearOf, periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import { balanceSheet, incomeStatement, trialBalance } from '../../../layers/ledger/statements.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { resolveSpan } from '../accounts/get-balance.ts';
import { readBooks } from '../books/read-books.ts';
import { csvReply } from './csv.ts';
import { readFigures } from './read-figures.ts';
import { reports } from './routes.ts';
import {
  balanceSheetTable,
  incomeTable,
  showAmounts,
  showSection,
  titles,
  trialBalanceTable,
} from './show-statements.ts';

export const reportOperations: Operations<typeof reports.routes> = {
  listFinanceReports: async () => ({
    data: [
      entry('trial-balance', titles.trialBalance, ['from', 'to', 'format']),
      entry('income-statement', titles.incomeStatement, ['from', 'to', 'format']),
      entry('balance-sheet', titles.balanceSheet, ['date', 'format']),
    ],
  }),

  getTrialBalance: async ({ session, query, locale }) => {
    const { from, to, currency, figures } = await figuresFor(session, query.from, query.to);
    const statement = trialBalance(figures);
    if (query.format === 'csv') return csvReply(`trial-balance-${to}`, trialBalanceTable(statement, currency, locale));
    const { rows, totals } = statement;
    const isBalanced =
      totals.debit === totals.credit &&
      totals.openingDebit === totals.openingCredit &&
      totals.closingDebit === totals.closingCredit;
    return {
      data: {
        title: titles.trialBalance,
        from,
        to,
        currency,
        rows: rows.map((row) => showAmounts(row, currency)),
        totals: showAmounts(totals, currency),
        isBalanced,
      },
    };
  },

  getIncomeStatement: async ({ session, query, locale }) => {
    const { from, to, currency, figures } = await figuresFor(session, query.from, query.to);
    const statement = incomeStatement(figures);
    if (query.format === 'csv') return csvReply(`income-statement-${to}`, incomeTable(statement, currency, locale));
    return {
      data: {
        title: titles.incomeStatement,
        from,
        to,
        currency,
        income: showSection(titles.income, statement.income, currency),
        expenses: showSection(titles.expenses, statement.expenses, currency),
        result: fromMinorUnits(statement.result, currency),
      },
    };
  },

  getBalanceSheet: async ({ session, query, locale }) => {
    const { to: date, currency, figures } = await figuresFor(session, undefined, query.date);
    const { assets, liabilities, equity, ...sums } = balanceSheet(figures);
    if (query.format === 'csv')
      return csvReply(
        `balance-sheet-${date}`,
        balanceSheetTable({ assets, liabilities, equity, ...sums }, currency, locale),
      );
    return {
      data: {
        title: titles.balanceSheet,
        date,
        currency,
        assets: showSection(titles.assets, assets, currency),
        liabilities: showSection(titles.liabilities, liabilities, currency),
        equity: showSection(titles.equity, equity, currency),
        ...showAmounts(sums, currency),
        isBalanced: sums.totalAssets === sums.totalLiabilitiesAndEquity,
      },
    };
  },
};

const entry = (id: string, title: (typeof titles)[keyof typeof titles], parameters: string[]) => ({
  id,
  title,
  path: `${reports.base}/${id}`,
  parameters,
});

/** Figures from the beginning of the fiscal year, or from a date that was asked for. */
async function figuresFor(session: TenantSession, from: string | undefined, to: string | undefined) {
  const books = await readBooks(session);
  const last = (await resolveSpan(session, to, to)).to;
  const year = fiscalYearOf(periodOf(last), books.fiscalYearStartMonth);
  const span = await resolveSpan(session, from ?? firstDay(firstPeriodOfYear(year, books.fiscalYearStartMonth)), last);
  const currency = books.baseCurrency;
  return { ...span, currency, figures: await readFigures(session, { ...span, baseCurrency: currency }) };
}
