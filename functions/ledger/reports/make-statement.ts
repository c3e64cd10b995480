/** Statements of a span of dates, as answers and as tables, from the books as they are at this moment. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { firstDay, firstPeriodOfYear, fiscalYearOf, periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import { balanceSheet, incomeStatement, trialBalance } from '../../../layers/ledger/statements.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { resolveSpan } from '../accounts/get-balance.ts';
import { readBooks } from '../books/read-books.ts';
import { readFigures } from './read-figures.ts';
import {
  balanceSheetTable,
  incomeTable,
  showAmounts,
  showSection,
  titles,
  trialBalanceTable,
} from './show-statements.ts';

export interface Dates {
  /** @default the first day of the fiscal year of `to` */
  from?: string | undefined;
  /** @default today, where the tenant is */
  to?: string | undefined;
}

type Table = (locale: Locale) => string[][];

export async function makeTrialBalance(session: TenantSession, dates: Dates) {
  const { from, to, currency, figures } = await figuresFor(session, dates);
  const statement = trialBalance(figures);
  const { rows, totals } = statement;
  const view = {
    title: titles.trialBalance,
    from,
    to,
    currency,
    rows: rows.map((row) => showAmounts(row, currency)),
    totals: showAmounts(totals, currency),
    isBalanced:
      totals.debit === totals.credit &&
      totals.openingDebit === totals.openingCredit &&
      totals.closingDebit === totals.closingCredit,
  };
  const table: Table = (locale) => trialBalanceTable(statement, currency, locale);
  return { view, table };
}

export async function makeIncomeStatement(session: TenantSession, dates: Dates) {
  const { from, to, currency, figures } = await figuresFor(session, dates);
  const statement = incomeStatement(figures);
  const view = {
    title: titles.incomeStatement,
    from,
    to,
    currency,
    income: showSection(titles.income, statement.income, currency),
    expenses: showSection(titles.expenses, statement.expenses, currency),
    result: fromMinorUnits(statement.result, currency),
  };
  const table: Table = (locale) => incomeTable(statement, currency, locale);
  return { view, table };
}

export async function makeBalanceSheet(session: TenantSession, date: string | undefined) {
  const { to, currency, figures } = await figuresFor(session, { to: date });
  const sheet = balanceSheet(figures);
  const { assets, liabilities, equity, ...sums } = sheet;
  const view = {
    title: titles.balanceSheet,
    date: to,
    currency,
    assets: showSection(titles.assets, assets, currency),
    liabilities: showSection(titles.liabilities, liabilities, currency),
    equity: showSection(titles.equity, equity, currency),
    ...showAmounts(sums, currency),
    isBalanced: sums.totalAssets === sums.totalLiabilitiesAndEquity,
  };
  const table: Table = (locale) => balanceSheetTable(sheet, currency, locale);
  return { view, table };
}

async function figuresFor(session: TenantSession, { from, to }: Dates) {
  const books = await readBooks(session);
  const last = (await resolveSpan(session, to, to)).to;
  const year = fiscalYearOf(periodOf(last), books.fiscalYearStartMonth);
  const span = await resolveSpan(session, from ?? firstDay(firstPeriodOfYear(year, books.fiscalYearStartMonth)), last);
  const currency = books.baseCurrency;
  return { ...span, currency, figures: await readFigures(session, { ...span, baseCurrency: currency }) };
}
