/** Very many invoices at once, in a request for each hundred. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { invoiceEntity, type StoredInvoice } from './invoice-entity.ts';

/** Invoices as they are now, in the order of their ids, of which none is there twice. @throws AppError `not_found` */
export async function invoicesById(session: TenantSession, ids: readonly string[]): Promise<StoredInvoice[]> {
  const found = await session.getMany(
    invoiceEntity,
    ids.map((id) => ({ id })),
    { consistent: true },
  );
  const byId = new Map(found.map((invoice) => [invoice.id, invoice]));
  return ids.map((id) => {
    const invoice = byId.get(id);
    if (invoice === undefined) throw notFound(invoiceEntity.name, id);
    return invoice;
  });
}
