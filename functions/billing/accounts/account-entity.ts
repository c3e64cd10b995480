/**
 * What a customer owes: entries that are only ever added, and totals that move in the same transaction. The balance is a
 * sum kept by additions, so it never disagrees with its entries and never needs them to be read.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { advanceLeft } from './advance-left.ts';
import type { EntryType } from './entry-types.ts';

export interface AccountEntry {
  /** Id of the invoice or payment it stands for, and what it does: written once. */
  id: string;
  customerId: string;
  type: EntryType;
  /** Local day. */
  date: string;
  /** Minor units; what the customer owes more, so payments are negative. Decimal text, since rows hold no bigint. */
  minor: string;
  currency: string;
  /** Invoice or receipt number, for the statement. */
  reference: string;
  /** Of a token: whose meter it is for, and what it carries, as decimal text. */
  token?: { meterNumber: string; energyKwh?: string };
  /** Of an invoice: local day it is due, so that debt is aged without reading the invoice. */
  dueDate?: string;
}

export const accountEntryEntity = defineEntity<AccountEntry, Pick<AccountEntry, 'customerId' | 'date' | 'id'>>()({
  name: 'account entry',
  table: 'billing',
  key: ({ customerId, date, id }) => ({ pk: ['ACCOUNT', customerId], sk: ['ENTRY', date, id] }),
  idOf: ({ id }) => id,
});

export interface AccountTotals {
  customerId: string;
  currency: string;
  /** Minor units owed; negative when the customer is in credit. */
  owed: number | bigint;
}

export const accountTotalsEntity = defineEntity<AccountTotals, Pick<AccountTotals, 'customerId' | 'currency'>>()({
  name: 'account totals',
  table: 'billing',
  key: ({ customerId, currency }) => ({ pk: ['ACCOUNT', customerId], sk: ['TOTALS', currency] }),
  idOf: ({ customerId, currency }) => `${customerId} in ${currency}`,
});

/** Money of the customer that no invoice has used yet. Versioned: only one payment or invoice changes it at a time. */
export interface Advance {
  customerId: string;
  currency: string;
  /** Minor units, decimal text, never negative. */
  minor: string;
}

export const advanceEntity = defineEntity<Advance, Pick<Advance, 'customerId' | 'currency'>>()({
  name: 'advance',
  table: 'billing',
  key: ({ customerId, currency }) => ({ pk: ['ACCOUNT', customerId], sk: ['ADVANCE', currency] }),
  idOf: ({ customerId, currency }) => `${customerId} in ${currency}`,
});

export type Posting = Omit<AccountEntry, 'minor'> & { minor: bigint };

/**
 * Adds entries and moves the balance with them, once in a transaction. The key of an entry makes a second time impossible.
 * @param others of the same customer and currency
 */
export function postToAccount(unit: UnitOfWork, entry: Posting, ...others: Posting[]): void {
  const { customerId, currency } = entry;
  const entries = [entry, ...others];
  for (const one of entries) unit.create(accountEntryEntity, { ...one, minor: String(one.minor) });
  const owed = entries.reduce((sum, { minor }) => sum + minor, 0n);
  unit.add(accountTotalsEntity, { customerId, currency }, { owed }, { customerId, currency });
}

/** Adds two entries that cancel each other out: what was paid and at once used. The statement shows both. */
export function postSetOff(
  unit: UnitOfWork,
  entry: Pick<AccountEntry, 'customerId' | 'currency' | 'date' | 'reference' | 'token'> & { minor: bigint },
  paid: Pick<AccountEntry, 'id' | 'type'>,
  sold: Pick<AccountEntry, 'id' | 'type'>,
): void {
  const { customerId, currency, minor } = entry;
  unit.create(accountEntryEntity, { ...entry, ...paid, minor: String(-minor) });
  unit.create(accountEntryEntity, { ...entry, ...sold, minor: String(minor) });
  unit.add(accountTotalsEntity, { customerId, currency }, { owed: 0n }, { customerId, currency });
}

/**
 * Writes what is left of an advance, on the version that was read.
 * @param isTouched written even when it stays the same: whoever makes money and whoever makes debt at the same moment then refuse
 *   each other, and no invoice is left open beside money that could have paid it; `mayPayOthers`: whether invoices may be open that
 *   what is left can pay. @default whether there is more of it than before
 */
export function writeAdvance(
  unit: UnitOfWork,
  before: (Advance & Stored) | undefined,
  advance: Omit<Advance, 'minor'> & { minor: bigint },
  { isTouched = false, mayPayOthers }: { isTouched?: boolean; mayPayOthers?: boolean } = {},
): void {
  const { customerId, currency, minor } = advance;
  if (minor < 0n) throw new RangeError('An advance is never negative.');
  if (minor > 0n && (mayPayOthers ?? minor > BigInt(before?.minor ?? '0')))
    unit.emit(advanceLeft, { aggregateId: customerId, payload: { customerId, currency } });
  if (before === undefined) {
    // Two first payments at once: whoever is second reads again.
    if (minor > 0n || isTouched)
      unit.create(
        advanceEntity,
        { customerId, currency, minor: String(minor) },
        { refused: () => new AppError('version_conflict') },
      );
  } else if (BigInt(before.minor) !== minor || isTouched)
    unit.update(advanceEntity, before, { minor: String(minor) }, { isAudited: false });
}

export function readAdvance(
  session: TenantSession,
  customerId: string,
  currency: string,
): Promise<(Advance & Stored) | undefined> {
  return session.get(advanceEntity, { customerId, currency }, { consistent: true });
}

/** Everything that moved the account between two local days, in order. @param to inclusive */
export async function readEntries(
  session: TenantSession,
  customerId: string,
  to: string,
  from = '',
): Promise<(AccountEntry & Stored)[]> {
  const entries: (AccountEntry & Stored)[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<AccountEntry & Stored>(accountEntryEntity, {
      pk: ['ACCOUNT', customerId],
      from: ['ENTRY', from],
      to: ['ENTRY', to, '~'],
      limit: 200,
      consistent: true,
      cursor,
    });
    entries.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return entries;
}
