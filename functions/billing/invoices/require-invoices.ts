/** Very many invoices at once that must all be there, in a request for each hundred. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { invoiceEntity, invoicesById, type StoredInvoice } from './invoice-entity.ts';

/** Invoices as they are now, in the order of their ids, of which none is there twice. @throws AppError `not_found` */
export async function requireInvoices(session: TenantSession, ids: readonly string[]): Promise<StoredInvoice[]> {
  const found = await invoicesById(session, ids, { consistent: true });
  const missing = ids.find((id, i) => found[i]?.id !== id);
  if (missing !== undefined) throw notFound(invoiceEntity.name, missing);
  return found;
}
