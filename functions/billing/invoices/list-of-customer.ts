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

/**
 * All of a customer's invoices that are wanted, the newest period first, read so that what was written just now is there.
 * @param from first day of their period @default any
 */
export async function findOfCustomer(
  session: TenantSession,
  customerId: string,
  isWanted: (invoice: StoredInvoice) => boolean,
  from?: string,
): Promise<StoredInvoice[]> {
  const found: StoredInvoice[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
      pk: ['CUSTOMER-INVOICES', customerId],
      ...(from === undefined ? {} : { beginsWith: [from] }),
      order: 'descending',
      limit: 100,
      consistent: true,
      cursor,
    });
    const ids = page.items.map(({ invoiceId }) => invoiceId);
    found.push(...(await invoicesById(session, ids, { consistent: true })).filter(isWanted));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}
