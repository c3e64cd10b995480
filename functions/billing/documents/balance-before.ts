/**
 * What was owed before an invoice, for its paper: by the moment entries were made, not by their day, since a payment entered later
 * with an earlier day was not known then.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type AccountEntry, readEntries } from '../accounts/account-entity.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';

type Entry = AccountEntry & Stored;

/**
 * Where several invoices were made on one day, as those of a customer of many meters are, each is asked for on its own paper and
 * what was owed before them on the first: together they ask for what the account owes, once. What was paid ahead goes from one to
 * the next, as far as it lasts.
 * @returns decimal text, negative when in credit
 */
export async function balanceBefore(
  session: TenantSession,
  { id, customerId, currency }: Pick<StoredInvoice, 'id' | 'customerId' | 'currency'>,
): Promise<string> {
  const entries = ((await readEntries(session, customerId, '9999')) as Entry[]).filter(
    (entry) => entry.currency === currency,
  );
  const own = entries.find((entry) => entry.id === id);
  const before = own === undefined ? entries : entries.filter((entry) => isBefore(entry, own));
  const owed = before.reduce((sum, { minor }) => sum + BigInt(minor), 0n);
  return amountOf(owed > 0n && hasOther(before, own) ? 0n : owed, currency);
}

/** Two of one millisecond have an order as well. */
const isBefore = (entry: Entry, own: Entry): boolean =>
  entry.createdAt < own.createdAt || (entry.createdAt === own.createdAt && entry.id < own.id);

/** Whether another invoice of the same day stood by then. */
function hasOther(before: readonly Entry[], own: Entry | undefined): boolean {
  if (own?.type !== 'invoice') return false;
  const credited = new Set(before.filter(({ type }) => type === 'credit_note').map(({ id }) => id));
  return before.some(
    ({ type, date, id }) => type === 'invoice' && date === own.date && !credited.has(`${id}-cancelled`),
  );
}
