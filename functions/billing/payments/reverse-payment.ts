/** Takes a payment back: a cheque that bounced, a mistake at the counter. Its invoices are owed again; the payment stays on record. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { postToAccount } from '../accounts/account-entity.ts';
import { paymentReversed } from '../events.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { today } from '../invoices/local-day.ts';
import { paymentEntity } from './payment-entity.ts';
import { paymentPayload } from './payment-payload.ts';
import type { Payment } from './payment-schema.ts';
import type { PaymentCompanion } from './record-payment.ts';
import { refuseSpentOnToken } from './refuse-spent.ts';
import { planTakeBack, refusePrepaid, remainderOf, writeTakeBack } from './take-back.ts';

export interface ReverseOptions {
  /** Called before each attempt: rows that are written with the reversal. */
  accompany?: (payment: Payment & Stored) => Promise<Pick<PaymentCompanion, 'write'>>;
}

/** @throws AppError `not_found`, `conflict` */
export function reversePayment(
  session: TenantSession,
  id: string,
  reason: string,
  { accompany }: ReverseOptions = {},
): Promise<Payment & Stored> {
  return retryOnChange(async () => {
    const payment = await session.require(paymentEntity, { id });
    refuseReversal(payment);
    refusePrepaid(payment);
    const { customerId, currency, purpose = 'debt' } = payment;
    const remainder = remainderOf(payment);
    const [plan, date, companion] = await Promise.all([
      purpose === 'debt' ? planTakeBack(session, payment, remainder) : undefined,
      today(session),
      accompany?.(payment),
    ]);
    const now = session.context.now();
    return session.transact('billing', (unit) => {
      const reversed = unit.update(paymentEntity, payment, {
        status: 'reversed',
        reversedAt: now,
        reverseReason: reason,
      });
      if (plan !== undefined) {
        writeTakeBack(unit, payment, plan, now);
        postToAccount(unit, {
          id: `${id}-reversed`,
          customerId,
          type: 'payment_reversal',
          date,
          minor: remainder,
          currency,
          reference: payment.paymentNumber,
        });
      }
      companion?.write?.(unit, reversed);
      unit.emit(paymentReversed, {
        aggregateId: id,
        // What was refunded before is posted already.
        payload: { ...paymentPayload(payment), amount: amountOf(remainder, currency), reason },
      });
      return reversed;
    });
  });
}

function refuseReversal(payment: Payment): void {
  const { status, refundPendingAmount = '0', currency } = payment;
  refuseSpentOnToken(payment);
  if (status === 'reversed')
    throw new AppError('conflict', undefined, {
      texts: { en: 'The payment is reversed already.', ar: 'الدفعة معكوسة من قبل.' },
    });
  if (status === 'refunded' || minorOf(refundPendingAmount, currency) > 0n)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'The payment is refunded, or a refund of it is under way.',
        ar: 'رُدّت الدفعة أو أن ردّها قيد التنفيذ.',
      },
    });
}
