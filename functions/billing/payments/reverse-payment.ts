/** Takes a payment back: a cheque that bounced, a mistake at the counter. Its invoices are owed again; the payment stays on record. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { paymentReversed } from '../events.ts';
import { minorOf, settle } from '../invoices/invoice-amounts.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { today } from '../invoices/local-day.ts';
import { paymentEntity } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';
import { paymentPayload } from './record-payment.ts';

export function reversePayment(session: TenantSession, id: string, reason: string): Promise<Payment & Stored> {
  return retryOnChange(async () => {
    const payment = await session.require(paymentEntity, { id });
    if (payment.status === 'reversed')
      throw new AppError('conflict', undefined, {
        texts: { en: 'The payment is reversed already.', ar: 'الدفعة معكوسة من قبل.' },
      });
    const { customerId, currency, allocations } = payment;
    const [invoices, advance, date] = await Promise.all([
      Promise.all(allocations.map(({ invoiceId }) => session.require(invoiceEntity, { id: invoiceId }))),
      readAdvance(session, customerId, currency),
      today(session),
    ]);
    // What a cancelled invoice had of it went to the advance when it was cancelled.
    const fromAdvance = invoices.reduce(
      (sum, { status }, i) => (status === 'cancelled' ? sum + minorOf(allocations[i]!.amount, currency) : sum),
      minorOf(payment.advanceAmount, currency),
    );
    const left = BigInt(advance?.minor ?? '0') - fromAdvance;
    if (left < 0n)
      throw new AppError('conflict', undefined, {
        texts: {
          en: 'What the payment left over has been used by later invoices: cancel those first.',
          ar: 'استُخدم ما تبقى من الدفعة في فواتير لاحقة: ألغها أولًا.',
        },
      });
    const now = session.context.now();
    return session.transact('billing', (unit) => {
      const reversed = unit.update(paymentEntity, payment, {
        status: 'reversed',
        reversedAt: now,
        reverseReason: reason,
      });
      invoices.forEach((invoice, i) => {
        if (invoice.status === 'cancelled') return;
        const { paidAmount, dueAmount, status } = settle(invoice, -minorOf(allocations[i]!.amount, currency), now);
        unit.update(invoiceEntity, invoice, { paidAmount, dueAmount, status, paidAt: null });
      });
      writeAdvance(unit, advance, { customerId, currency, minor: left });
      postToAccount(unit, {
        id: `${id}-reversed`,
        customerId,
        type: 'payment_reversal',
        date,
        minor: minorOf(payment.amount, currency),
        currency,
        reference: payment.paymentNumber,
      });
      unit.emit(paymentReversed, {
        aggregateId: id,
        payload: { ...paymentPayload(payment), purpose: 'debt' as const, reason },
      });
      return reversed;
    });
  });
}
