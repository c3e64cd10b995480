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
 *   waits; `minor`: how much there is, which needs no more invoices than it pays. @default all that are owed; `andOthers`: what named
 *   ones leave of it is for the others
 */
export async function invoicesToSettle(
  session: TenantSession,
  { customerId, invoiceIds, purpose = 'debt' }: Wanted,
  currency: string,
  { isLate = false, minor, andOthers = false }: { isLate?: boolean; minor?: bigint; andOthers?: boolean } = {},
): Promise<StoredInvoice[]> {
  if (purpose !== 'debt') return [];
  const fits = (invoice: StoredInvoice): boolean =>
    invoice.customerId === customerId && invoice.currency === currency && isOpen(invoice);
  const named = invoiceIds && (await requireInvoices(session, [...new Set(invoiceIds)]));
  if (named !== undefined && !isLate) {
    const foreign = named.find((invoice) => !fits(invoice));
    if (foreign)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `Invoice ${foreign.invoiceNumber} is not an open one of this customer in ${currency}.`,
          ar: `الفاتورة ${foreign.invoiceNumber} ليست فاتورة مفتوحة لهذا المشترك بعملة ${currency}.`,
        },
      });
  }
  const first = named?.filter(fits) ?? [];
  const isEnough = (others: readonly StoredInvoice[]): boolean =>
    minor !== undefined && isEnoughFor(minor, [...first, ...others]);
  if (named !== undefined && (!andOthers || isEnough([]))) return first;
  const isNamed = ({ id }: StoredInvoice): boolean => first.some((one) => one.id === id);
  const others = await openOfCustomer(session, customerId, {
    currency,
    isEnough: (found) => isEnough(found.filter((one) => !isNamed(one))),
  });
  return [...first, ...others.filter((one) => !isNamed(one))];
}
