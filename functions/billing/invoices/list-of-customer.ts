/** A customer's own invoices, the newest period first. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { type CustomerInvoice, customerInvoiceEntity, invoiceEntity, type StoredInvoice } from './invoice-entity.ts';

export async function listOfCustomer(
  session: TenantSession,
  customerId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<StoredInvoice>> {
  const { items, nextCursor } = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
    pk: ['CUSTOMER-INVOICES', customerId],
    order: 'descending',
    ...page,
  });
  const found = await session.getMany(
    invoiceEntity,
    items.map(({ invoiceId }) => ({ id: invoiceId })),
  );
  const byId = new Map(found.map((invoice) => [invoice.id, invoice]));
  return { items: items.flatMap(({ invoiceId }) => byId.get(invoiceId) ?? []), nextCursor };
}
