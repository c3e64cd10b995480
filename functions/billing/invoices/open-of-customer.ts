/** What a customer owes, invoice by invoice: as many reads as there is owed, however long they have been a customer. */
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { asManyAsFit } from './as-many-as-fit.ts';
import { invoicesById, isOpen, type OpenInvoice, openInvoiceEntity, type StoredInvoice } from './invoice-entity.ts';

/** Most customers owe less than so many; whoever owes more is read page by page. */
const atATime = 25;

interface OpenPage {
  /** @default any, one after the other */
  currency?: string | undefined;
  cursor?: string | undefined;
  limit?: number;
}

const openPage = (
  session: TenantSession,
  customerId: string,
  { currency, cursor, limit = atATime }: OpenPage,
): Promise<Page<OpenInvoice>> =>
  session.query<OpenInvoice>(openInvoiceEntity, {
    pk: ['OPEN-INVOICES', customerId],
    // With what parts it from the day: no currency begins with another one.
    ...(currency === undefined ? {} : { beginsWith: [currency, ''] }),
    limit,
    consistent: true,
    cursor,
  });

/** One that was paid between the two reads is open no more. */
async function readOpen(session: TenantSession, rows: readonly OpenInvoice[]): Promise<StoredInvoice[]> {
  const ids = rows.map(({ invoiceId }) => invoiceId);
  return (await invoicesById(session, ids, { consistent: true })).filter(isOpen);
}

/**
 * A page of them, which may be shorter than its limit and still have a cursor.
 * @param dueBefore local day @default due on any
 */
export const listOpenOfCustomer = (
  session: TenantSession,
  customerId: string,
  { limit: most, cursor }: { limit: number; cursor?: string | undefined },
  dueBefore?: string,
): Promise<Page<StoredInvoice>> =>
  asManyAsFit(most, async (limit) => {
    const { items, nextCursor } = await openPage(session, customerId, { cursor, limit });
    const due = dueBefore === undefined ? items : items.filter(({ dueDate }) => dueDate < dueBefore);
    return { items: await readOpen(session, due), nextCursor };
  });

interface OpenWanted {
  /** @default any, one after the other */
  currency?: string;
  /** Asked of what was found so far before more is read. @default all are wanted */
  isEnough?: (found: readonly StoredInvoice[]) => boolean;
}

/** Open invoices of a customer, the longest due first, read consistently: what was written just now is there. */
export async function openOfCustomer(
  session: TenantSession,
  customerId: string,
  { currency, isEnough = () => false }: OpenWanted = {},
): Promise<StoredInvoice[]> {
  const found: StoredInvoice[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await openPage(session, customerId, { currency, cursor });
    found.push(...(await readOpen(session, items)));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined && !isEnough(found));
  return found;
}

/** The open invoices of a customer that have one of these numbers, the longest due first. @returns their ids */
export async function openByNumbers(
  session: TenantSession,
  customerId: string,
  currency: string,
  numbers: readonly string[],
): Promise<string[]> {
  const named: string[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await openPage(session, customerId, { currency, cursor });
    for (const { invoiceNumber, invoiceId } of items) if (numbers.includes(invoiceNumber)) named.push(invoiceId);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined && named.length < numbers.length);
  return named;
}
