/** The three statements, computed from what was posted to each account; amounts are minor units of the base currency. */
import { type AccountType, balanceOn, isResultType } from './account-types.ts';
import { type ChartAccount, inTreeOrder, rollUp, type StatementRow, totalOf } from './roll-up.ts';
import type { Turnover } from './totals.ts';

/** What was posted to an account before and within the dates of a statement. */
export interface AccountFigures {
  account: ChartAccount;
  before: Turnover;
  within: Turnover;
  /** The part of `within` that year-end entries made. */
  closingWithin: Turnover;
}

export interface TrialBalanceRow {
  accountId: string;
  name: string;
  nameAr: string;
  type: AccountType;
  openingDebit: bigint;
  openingCredit: bigint;
  debit: bigint;
  credit: bigint;
  closingDebit: bigint;
  closingCredit: bigint;
}

export type TrialBalanceTotals = Omit<TrialBalanceRow, 'accountId' | 'name' | 'nameAr' | 'type'>;

export function trialBalance(figures: readonly AccountFigures[]): {
  rows: TrialBalanceRow[];
  totals: TrialBalanceTotals;
} {
  const byId = new Map(figures.map((one) => [one.account.id, one]));
  const rows = inTreeOrder(figures.map(({ account }) => account)).flatMap(({ account }) => {
    const { before, within } = byId.get(account.id)!;
    const [openingDebit, openingCredit] = onOneSide(net(before));
    const [closingDebit, closingCredit] = onOneSide(net(before) + net(within));
    const { id, name, nameAr, type } = account;
    const row = { accountId: id, name, nameAr, type, openingDebit, openingCredit, closingDebit, closingCredit };
    const whole = { ...row, debit: within.baseDebit, credit: within.baseCredit };
    return Object.values(whole).some((value) => typeof value === 'bigint' && value !== 0n) ? [whole] : [];
  });
  const totals = { openingDebit: 0n, openingCredit: 0n, debit: 0n, credit: 0n, closingDebit: 0n, closingCredit: 0n };
  for (const row of rows) for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += row[name];
  return { rows, totals };
}

export interface Section {
  rows: StatementRow[];
  total: bigint;
}

export interface IncomeStatement {
  income: Section;
  expenses: Section;
  /** Profit when positive. */
  result: bigint;
}

/** Income and expenses of a span of time, year-end entries left out. */
export function incomeStatement(figures: readonly AccountFigures[]): IncomeStatement {
  const amountOf = (one: AccountFigures): bigint => net(one.within) - net(one.closingWithin);
  const income = section(figures, 'income', (one) => -amountOf(one));
  const expenses = section(figures, 'expense', amountOf);
  return { income, expenses, result: income.total - expenses.total };
}

export interface BalanceSheet {
  assets: Section;
  liabilities: Section;
  equity: Section;
  /** Result of the fiscal year so far that no year-end entry has moved to equity. */
  currentResult: bigint;
  /** The same of earlier years. */
  earlierResult: bigint;
  totalAssets: bigint;
  totalLiabilitiesAndEquity: bigint;
}

/** @param figures `before`: up to the beginning of the fiscal year; `within`: from there to the date of the sheet */
export function balanceSheet(figures: readonly AccountFigures[]): BalanceSheet {
  const whole = (one: AccountFigures): bigint => net(one.before) + net(one.within);
  const assets = section(figures, 'asset', whole);
  const liabilities = section(figures, 'liability', (one) => -whole(one));
  const equity = section(figures, 'equity', (one) => -whole(one));
  const results = figures.filter(({ account }) => isResultType(account.type));
  // A year-end entry of this year closes earlier years as well, if they were left open: the rest is what counts.
  const openResult = -results.reduce((sum, one) => sum + whole(one), 0n);
  const yearResult = -results.reduce((sum, one) => sum + net(one.within) - net(one.closingWithin), 0n);
  const isYearClosed = results.some(({ closingWithin }) => net(closingWithin) !== 0n);
  const currentResult = isYearClosed ? openResult : yearResult;
  return {
    assets,
    liabilities,
    equity,
    currentResult,
    earlierResult: openResult - currentResult,
    totalAssets: assets.total,
    totalLiabilitiesAndEquity: liabilities.total + equity.total + openResult,
  };
}

const net = (turnover: Turnover): bigint => balanceOn('debit', turnover.baseDebit, turnover.baseCredit);

const onOneSide = (balance: bigint): [debit: bigint, credit: bigint] => (balance > 0n ? [balance, 0n] : [0n, -balance]);

function section(
  figures: readonly AccountFigures[],
  type: AccountType,
  amountOf: (one: AccountFigures) => bigint,
): Section {
  const ofType = figures.filter(({ account }) => account.type === type);
  const amounts = new Map(ofType.map((one) => [one.account.id, amountOf(one)]));
  return {
    rows: rollUp(
      ofType.map(({ account }) => account),
      amounts,
    ),
    total: totalOf(amounts),
  };
}
