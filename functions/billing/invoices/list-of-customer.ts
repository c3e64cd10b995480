/** A customer's own invoices, the newest period first. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { type CustomerInvoice, customerInvoiceEntity, invoiceEntity, type StoredInvoice } from './invoice-entity.ts';

export async function listOfCustomer(
  session: TenantSession,
  customerId: string,
  page: { limit: number; cursor?: string | undefined; consistent?: boolean },
): Promise<Page<StoredInvoice>> {
  const { items, nextCursor } = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
    pk: ['CUSTOMER-INVOICES', customerId],
    order: 'descending',
    ...page,
  });
  const found = await session.getMany(
    invoiceEntity,
    items.map(({ invoiceId }) => ({ id: invoiceId })),
    { consistent: page.consistent ?? false },
  );
  const byId = new Map(found.map((invoice) => [invoice.id, invoice]));
  return { items: items.flatMap(({ invoiceId }) => byId.get(invoiceId) ?? []), nextCursor };
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
    // Each by itself, which is consistent.
    const all = await Promise.all(page.items.map(({ invoiceId }) => session.require(invoiceEntity, { id: invoiceId })));
    found.push(...all.filter(isWanted));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}
