/** A refund that failed on its way: its money returns to the invoices it was taken from, as far as they still need it, and waits otherwise. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { today } from '../invoices/local-day.ts';
import { requireInvoices } from '../invoices/require-invoices.ts';
import { mergedAllocations, shownAllocations } from '../payments/allocate-payment.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { settleInvoices } from '../payments/settle-invoices.ts';
import { settleRest } from '../payments/settle-rest.ts';
import { requireRefund, withoutRefund } from './decide-refund.ts';
import { refundEntity, type StoredRefund } from './refund-entity.ts';
import { refundChanged } from './refund-events.ts';

export async function returnRefund(session: TenantSession, id: string, outcome: string): Promise<StoredRefund> {
  const returned = await retryOnChange(async () => {
    const refund = await requireRefund(session, id, ['sent', 'unknown']);
    const { customerId, currency, taken, paymentId } = refund;
    const payment = await session.require(paymentEntity, { id: paymentId });
    const fromInvoices = taken?.fromInvoices ?? [];
    const [invoices, advance, date] = await Promise.all([
      requireInvoices(
        session,
        fromInvoices.map(({ invoiceId }) => invoiceId),
      ),
      readAdvance(session, customerId, currency),
      today(session),
    ]);
    const now = session.context.now();
    const minor = minorOf(refund.amount, currency);
    return session.transact('billing', (unit) => {
      const changes: Partial<Payment> = {};
      if (taken !== undefined) {
        let left = minor;
        const back = fromInvoices.flatMap(({ amount }, i) => {
          const [invoice, part] = [invoices[i]!, minorOf(amount, currency)];
          const due = invoice.status === 'cancelled' ? 0n : minorOf(invoice.dueAmount, currency);
          const again = due < part ? due : part;
          if (again <= 0n) return [];
          left -= again;
          return [{ invoice, minor: again }];
        });
        settleInvoices(unit, back, now);
        writeAdvance(unit, advance, { customerId, currency, minor: BigInt(advance?.minor ?? '0') + left });
        const reference = payment.paymentNumber;
        postToAccount(unit, {
          id: `${id}-returned`,
          customerId,
          type: 'refund_returned',
          date,
          minor: -minor,
          currency,
          reference,
        });
        changes.allocations = mergedAllocations(payment, shownAllocations(back));
        changes.advanceAmount = amountOf(minorOf(payment.advanceAmount, currency) + left, currency);
      }
      unit.update(paymentEntity, payment, {
        ...changes,
        ...(payment.owedAgain === undefined ? {} : { stillSettles: payment.owedAgain }),
        ...withoutRefund(payment, refund),
      });
      const after = unit.update(refundEntity, refund, { status: 'failed', endedAt: now, outcome });
      unit.emit(refundChanged, { aggregateId: paymentId, payload: after });
      return after;
    });
  });
  // Those that one transaction could not hold; should this die, the refund's event goes on with it.
  await settleRest(session, returned.paymentId);
  return returned;
}
