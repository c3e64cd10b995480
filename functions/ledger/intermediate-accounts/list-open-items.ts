/** Intermediate (clearing) accounts should come back to zero: what waits on each, and for how long. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { dayNumber, sumOfLines } from '../../../layers/ledger/matching/open-line.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { forEachAccount, readMovements } from '../accounts/read-balance.ts';
import { readChart, type StoredAccount } from '../accounts/read-chart.ts';
import { readBooks } from '../books/read-books.ts';
import { type LedgerLine, readOpenLines } from '../reconciliation/read-open-lines.ts';

/** Upper ends of the ages, in days; the last is open. */
const ages = [30, 60, 90] as const;

/** Lines of an account that an overview looks at; one account alone is read further. */
const linesInOverview = 5000;

export interface OpenItems {
  account: StoredAccount;
  currency: string;
  balance: bigint;
  lines: LedgerLine[];
  isComplete: boolean;
}

/** @param date balances and ages are those at the end of this day */
export async function openItemsOfAll(session: TenantSession, date: string): Promise<OpenItems[]> {
  const accounts = (await readChart(session)).filter(({ isIntermediate, hasLines }) => isIntermediate && hasLines);
  const items = await forEachAccount(
    accounts.map(({ id }) => id),
    (id) => openItemsOf(session, accounts.find((one) => one.id === id)!, date, linesInOverview),
  );
  return items.flat();
}

export async function openItemsOf(
  session: TenantSession,
  account: StoredAccount,
  date: string,
  limit?: number,
): Promise<OpenItems[]> {
  const { baseCurrency } = await readBooks(session);
  const movements = await readMovements(session, account.id, { from: date, date, baseCurrency });
  return Promise.all(
    movements.map(async ({ currency, opening, within }) => ({
      account,
      currency,
      balance: opening.debit - opening.credit + within.debit - within.credit,
      ...(await readOpenLines(session, { accountId: account.id, currency }, date, limit)),
    })),
  );
}

export function showOpenItems({ account, currency, balance, lines, isComplete }: OpenItems, date: string) {
  const oldest = lines.map((line) => line.date).sort()[0];
  return {
    accountId: account.id,
    name: account.name,
    nameAr: account.nameAr,
    currency,
    date,
    balance: fromMinorUnits(balance, currency),
    openItems: lines.length,
    openAmount: fromMinorUnits(sumOfLines(lines), currency),
    ...(oldest === undefined ? {} : { oldestDate: oldest, oldestDays: dayNumber(date) - dayNumber(oldest) }),
    ages: agesOf(lines, date).map(({ fromDays, toDays, part }) => ({
      fromDays,
      ...(toDays === undefined ? {} : { toDays }),
      count: part.length,
      amount: fromMinorUnits(sumOfLines(part), currency),
    })),
    isComplete,
  };
}

function agesOf(lines: readonly LedgerLine[], date: string) {
  return [...ages, undefined].map((toDays, i) => {
    const fromDays = i === 0 ? 0 : ages[i - 1]! + 1;
    const part = lines.filter((line) => {
      const age = dayNumber(date) - dayNumber(line.date);
      return age >= fromDays && (toDays === undefined || age <= toDays);
    });
    return { fromDays, toDays, part };
  });
}
