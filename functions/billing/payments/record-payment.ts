/** Records a payment and settles invoices with it, in one transaction: no invoice is paid twice, and no money is lost on the way. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { invoicePaid, paymentReceived, subscriberPayment } from '../events.ts';
import { amountOf, minorOf, settle } from '../invoices/invoice-amounts.ts';
import { invoiceEntity, isOpen, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { invoicePaidPayload } from '../invoices/invoice-payload.ts';
import { listOfCustomer } from '../invoices/list-of-customer.ts';
import { allocatePayment, shownAllocations } from './allocate-payment.ts';
import { paymentEntity, paymentReferenceEntity } from './payment-entity.ts';
import type { NewPayment, Payment } from './payment-schema.ts';

export async function recordPayment(session: TenantSession, order: NewPayment): Promise<Payment & Stored> {
  const profile = await tenantProfile(session);
  const currency = order.currency ?? profile.currency;
  const minor = amountToPay(order.amount, currency);
  const now = session.context.now();
  const receivedAt = order.receivedAt ?? now;
  if (receivedAt > now)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The payment is said to have been received in the future.', ar: 'تاريخ استلام الدفعة في المستقبل.' },
    });
  const id = newId('pay');
  return retryOnChange(async () => {
    const customer = await session.require(customerEntity, { id: order.customerId });
    const [invoices, advance] = await Promise.all([
      invoicesToSettle(session, order, currency),
      readAdvance(session, customer.id, currency),
    ]);
    const { allocations, advance: left } = allocatePayment(minor, invoices);
    const payment: Payment = {
      id,
      paymentNumber: `${customer.accountNumber}-${id.slice(-8)}`,
      customerId: customer.id,
      amount: amountOf(minor, currency),
      currency,
      method: order.method,
      receivedAt,
      allocations: shownAllocations(allocations),
      advanceAmount: amountOf(left, currency),
      status: 'received',
      ...(order.externalReference === undefined ? {} : { externalReference: order.externalReference }),
      ...(order.note === undefined ? {} : { note: order.note }),
    };
    return session.transact('billing', (unit) => {
      const stored = unit.create(paymentEntity, payment);
      if (order.externalReference !== undefined)
        unit.create(paymentReferenceEntity, {
          method: order.method,
          reference: order.externalReference,
          paymentId: id,
        });
      for (const { invoice, minor: part } of allocations) {
        const { paidAmount, dueAmount, status, paidAt } = settle(invoice, part, now);
        const after = unit.update(invoiceEntity, invoice, { paidAmount, dueAmount, status, paidAt: paidAt ?? null });
        if (status === 'paid') unit.emit(invoicePaid, { aggregateId: invoice.id, payload: invoicePaidPayload(after) });
      }
      writeAdvance(unit, advance, { customerId: customer.id, currency, minor: BigInt(advance?.minor ?? '0') + left });
      postToAccount(unit, {
        id,
        customerId: customer.id,
        type: 'payment',
        date: localDate(Date.parse(receivedAt), profile.timeZone),
        minor: -minor,
        currency,
        reference: payment.paymentNumber,
      });
      const payload = { ...paymentPayload(payment), purpose: 'debt' as const };
      unit.emit(paymentReceived, { aggregateId: id, payload });
      unit.emit(subscriberPayment, { aggregateId: customer.id, payload });
      return stored;
    });
  });
}

export const paymentPayload = ({
  id,
  paymentNumber,
  customerId,
  amount,
  currency,
  method,
  receivedAt,
  allocations,
  advanceAmount,
}: Payment) => ({
  paymentId: id,
  paymentNumber,
  customerId,
  amount,
  currency,
  method,
  receivedAt,
  allocations,
  advanceAmount,
});

function amountToPay(text: string, currency: string): bigint {
  const refuse = (en: string, ar: string): never => {
    throw new AppError('unprocessable', undefined, { texts: { en, ar } });
  };
  try {
    const minor = minorOf(text, currency);
    return minor > 0n ? minor : refuse('A payment is more than nothing.', 'الدفعة أكبر من الصفر.');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(`"${text}" is no amount in ${currency}.`, `"${text}" ليس مبلغًا بعملة ${currency}.`);
  }
}

/** Read by key, since a list may lag behind the last payment. */
async function invoicesToSettle(
  session: TenantSession,
  { customerId, invoiceIds }: NewPayment,
  currency: string,
): Promise<StoredInvoice[]> {
  if (invoiceIds !== undefined) {
    const named = await Promise.all(invoiceIds.map((id) => session.require(invoiceEntity, { id })));
    const foreign = named.find(
      (invoice) => invoice.customerId !== customerId || invoice.currency !== currency || !isOpen(invoice),
    );
    if (foreign)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `Invoice ${foreign.invoiceNumber} is not an open one of this customer in ${currency}.`,
          ar: `الفاتورة ${foreign.invoiceNumber} ليست فاتورة مفتوحة لهذا المشترك بعملة ${currency}.`,
        },
      });
    return named;
  }
  const open: StoredInvoice[] = [];
  let cursor: string | undefined;
  do {
    const page = await listOfCustomer(session, customerId, { limit: 100, cursor });
    open.push(...page.items.filter((invoice) => invoice.currency === currency && isOpen(invoice)));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return open.sort((a, b) => (a.dueDate === b.dueDate ? (a.id < b.id ? -1 : 1) : a.dueDate < b.dueDate ? -1 : 1));
}
