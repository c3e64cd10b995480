/** A customer's balance and statement. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { currencyExponent } from '../../../layers/money/currencies.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import {
  type AccountEntry,
  type AccountTotals,
  accountTotalsEntity,
  advanceEntity,
  readEntries,
} from './account-entity.ts';
import { describeEntry } from './describe-entry.ts';

export interface Balance {
  currency: string;
  /** What the customer owes; negative when in credit. */
  balance: string;
  /** Paid ahead, and part of the balance. */
  advance: string;
}

/** One for each currency the customer ever had an entry in. */
export async function balancesOf(session: TenantSession, customerId: string): Promise<Balance[]> {
  const totals = await session.query<AccountTotals>(accountTotalsEntity, {
    pk: ['ACCOUNT', customerId],
    beginsWith: ['TOTALS'],
    limit: 50,
    consistent: true,
  });
  return Promise.all(
    totals.items.map(async ({ currency, owed }) => {
      const advance = await session.get(advanceEntity, { customerId, currency }, { consistent: true });
      return {
        currency,
        balance: amountOf(BigInt(owed), currency),
        advance: amountOf(BigInt(advance?.minor ?? '0'), currency),
      };
    }),
  );
}

/** Those of a day lie by their ids, which would tell that a token was taken back before it was sold. */
const asItHappened = (a: AccountEntry & Stored, b: AccountEntry & Stored): number =>
  compare(a.date, b.date) || compare(a.createdAt, b.createdAt);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Entries between two local days with the balance after each. @param to inclusive */
export async function statementOf(
  session: TenantSession,
  customerId: string,
  { from, to, currency }: { from: string; to: string; currency: string },
) {
  const zero = amountOf(0n, currency);
  currencyExponent(currency);
  let running = 0n;
  let opening = 0n;
  const entries = [];
  for (const entry of (await readEntries(session, customerId, to)).sort(asItHappened)) {
    const { date, type, reference, minor, currency: own } = entry;
    if (own !== currency) continue;
    const change = BigInt(minor);
    running += change;
    if (date < from) opening = running;
    else {
      const description = describeEntry(entry);
      entries.push({
        date,
        type,
        reference,
        ...(description === undefined ? {} : { description }),
        debit: change > 0n ? amountOf(change, currency) : zero,
        credit: change < 0n ? amountOf(-change, currency) : zero,
        balance: amountOf(running, currency),
      });
    }
  }
  return { currency, from, to, opening: amountOf(opening, currency), entries, closing: amountOf(running, currency) };
}
