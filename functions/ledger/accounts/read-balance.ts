/** Balances from totals: one query for each account, however many lines it has. */

import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { balanceOn, type Side } from '../../../layers/ledger/account-types.ts';
import { dayBefore, periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import {
  addTurnover,
  noTurnover,
  subtractTurnover,
  type TotalsRow,
  type Turnover,
  turnoverUpTo,
} from '../../../layers/ledger/totals.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { readTotals } from '../journal-entries/totals-entity.ts';

/** Accounts read at the same time. */
const lanes = 16;

export interface Movement {
  currency: string;
  opening: Turnover;
  /** From the first day to the last, both included. */
  within: Turnover;
}

/** What moved an account, for each currency it has lines in. */
export async function readMovements(
  session: TenantSession,
  accountId: string,
  { from, date, baseCurrency }: { from: string; date: string; baseCurrency: string },
): Promise<Movement[]> {
  return movementsOf(await readTotals(session, accountId, periodOf(date)), { from, date, baseCurrency });
}

export function movementsOf(
  rows: readonly TotalsRow[],
  { from, date, baseCurrency }: { from: string; date: string; baseCurrency: string },
): Movement[] {
  return [...new Set(rows.map(({ currency }) => currency))].sort().map((currency) => {
    const ofCurrency = rows.filter((row) => row.currency === currency);
    const opening = turnoverUpTo(ofCurrency, dayBefore(from), baseCurrency);
    return { currency, opening, within: subtractTurnover(turnoverUpTo(ofCurrency, date, baseCurrency), opening) };
  });
}

/** Reads something of many accounts, a few at a time, in their order. */
export const forEachAccount = <A, T>(accounts: readonly A[], read: (account: A) => Promise<T>): Promise<T[]> =>
  sideBySide(accounts, lanes, read);

/** Movements of several accounts as one, by currency. */
export function sumMovements(movements: readonly Movement[]): Movement[] {
  const sums = new Map<string, Movement>();
  for (const { currency, opening, within } of movements) {
    const sum = sums.get(currency) ?? { currency, opening: noTurnover(), within: noTurnover() };
    sums.set(currency, {
      currency,
      opening: addTurnover(sum.opening, opening),
      within: addTurnover(sum.within, within),
    });
  }
  return [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** A movement as answers show it. */
export function showMovement({ currency, opening, within }: Movement, side: Side) {
  return show(currency, side, opening.debit, opening.credit, within.debit, within.credit);
}

/** All currencies together in the base currency. */
export function showBase(movements: readonly Movement[], side: Side, baseCurrency: string) {
  const opening = movements.map((one) => one.opening).reduce(addTurnover, noTurnover());
  const within = movements.map((one) => one.within).reduce(addTurnover, noTurnover());
  return show(baseCurrency, side, opening.baseDebit, opening.baseCredit, within.baseDebit, within.baseCredit);
}

function show(
  currency: string,
  side: Side,
  openingDebit: bigint,
  openingCredit: bigint,
  debit: bigint,
  credit: bigint,
) {
  const opening = balanceOn(side, openingDebit, openingCredit);
  return {
    currency,
    opening: fromMinorUnits(opening, currency),
    debit: fromMinorUnits(debit, currency),
    credit: fromMinorUnits(credit, currency),
    closing: fromMinorUnits(opening + balanceOn(side, debit, credit), currency),
  };
}
