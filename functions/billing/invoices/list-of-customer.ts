/** A customer's own invoices, the newest period first. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { asManyAsFit } from './as-many-as-fit.ts';
import { type CustomerInvoice, customerInvoiceEntity, invoicesById, type StoredInvoice } from './invoice-entity.ts';

interface PageOfCustomer {
  limit: number;
  cursor?: string | undefined;
}

/** A page may be shorter than its limit where invoices are long. */
export const listOfCustomer = (
  session: TenantSession,
  customerId: string,
  page: PageOfCustomer,
): Promise<Page<StoredInvoice>> =>
  asManyAsFit(page.limit, (limit) => readPage(session, customerId, { ...page, limit }));

async function readPage(
  session: TenantSession,
  customerId: string,
  page: PageOfCustomer,
): Promise<Page<StoredInvoice>> {
  const { items, nextCursor } = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
    pk: ['CUSTOMER-INVOICES', customerId],
    order: 'descending',
    ...page,
  });
  const ids = items.map(({ invoiceId }) => invoiceId);
  return { items: await invoicesById(session, ids), nextCursor };
}

/** Invoices read at a time: of many meters one has a quarter of a megabyte. */
const atATime = 20;

/**
 * A customer's invoices, read so that what was written just now is there, in the order of their periods, the oldest first unless
 * asked for otherwise.
 * @param days first days of periods, both inclusive @default all
 * @param mayBe whether the pointer may be to one that is wanted; others are not read
 * @param take what is kept of one in memory @default the invoice
 * @param isEnough asked of what was found before more is read @default all are
 */
export async function findOfCustomer<T = StoredInvoice>(
  session: TenantSession,
  customerId: string,
  {
    days,
    mayBe = () => true,
    take = (invoice) => [invoice as T],
    order = 'ascending',
    isEnough = () => false,
  }: {
    days?: { from: string; to: string };
    mayBe?: (pointer: CustomerInvoice) => boolean;
    take?: (invoice: StoredInvoice) => T[];
    order?: 'ascending' | 'descending';
    isEnough?: (found: readonly T[]) => boolean;
  } = {},
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
      pk: ['CUSTOMER-INVOICES', customerId],
      ...(days === undefined ? {} : { from: [days.from], to: [days.to, '~'] }),
      order,
      limit: 100,
      consistent: true,
      cursor,
    });
    const ids = page.items.filter(mayBe).map(({ invoiceId }) => invoiceId);
    for (let at = 0; at < ids.length && !isEnough(found); at += atATime)
      for (const invoice of await invoicesById(session, ids.slice(at, at + atATime), { consistent: true }))
        found.push(...take(invoice));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && !isEnough(found));
  return found;
}
