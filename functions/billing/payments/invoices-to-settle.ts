/** Which of a customer's invoices a payment may settle, in the order it settles them. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { isOpen, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { openOfCustomer } from '../invoices/open-of-customer.ts';
import { requireInvoices } from '../invoices/require-invoices.ts';
import { isEnoughFor } from './allocate-payment.ts';
import type { NewPayment } from './payment-schema.ts';

type Wanted = Pick<NewPayment, 'customerId' | 'invoiceIds' | 'purpose'>;

/**
 * Read consistently: an index may lag behind the last payment.
 * @param options `isLate`: the money is here already: named invoices that owe nothing any more are passed over and what is left
 *   waits; `minor`: how much there is, which needs no more invoices than it pays. @default all that are owed
 */
export async function invoicesToSettle(
  session: TenantSession,
  { customerId, invoiceIds, purpose = 'debt' }: Wanted,
  currency: string,
  { isLate = false, minor }: { isLate?: boolean; minor?: bigint } = {},
): Promise<StoredInvoice[]> {
  if (purpose !== 'debt') return [];
  const fits = (invoice: StoredInvoice): boolean =>
    invoice.customerId === customerId && invoice.currency === currency && isOpen(invoice);
  if (invoiceIds !== undefined) {
    const named = await requireInvoices(session, [...new Set(invoiceIds)]);
    if (isLate) return named.filter(fits);
    const foreign = named.find((invoice) => !fits(invoice));
    if (foreign)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `Invoice ${foreign.invoiceNumber} is not an open one of this customer in ${currency}.`,
          ar: `الفاتورة ${foreign.invoiceNumber} ليست فاتورة مفتوحة لهذا المشترك بعملة ${currency}.`,
        },
      });
    return named;
  }
  return openOfCustomer(session, customerId, {
    currency,
    isEnough: (found) => minor !== undefined && isEnoughFor(minor, found),
  });
}
