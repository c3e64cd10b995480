/** Asks for money of a payment to go back. What is asked for is set aside on the payment at once, so that no two requests give back the same money. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { personBehind, tenantProfile } from '../../identity/contract.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { type PaymentSettings, readPaymentSettings } from '../payment-settings/payment-settings.ts';
import { positiveAmount } from '../payments/payment-amount.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { refuseSpentOnToken } from '../payments/refuse-spent.ts';
import { remainderOf } from '../payments/take-back.ts';
import { refundEntity, type StoredRefund } from './refund-entity.ts';
import { refundChanged } from './refund-events.ts';
import type { Refund, RefundRequest } from './refund-schema.ts';

/** @throws AppError `not_found`, `unprocessable`, `conflict` for more than is left */
export async function requestRefund(
  session: TenantSession,
  paymentId: string,
  request: RefundRequest,
  subject: string,
): Promise<StoredRefund> {
  const [settings, profile, requestedBy] = await Promise.all([
    readPaymentSettings(session),
    tenantProfile(session),
    personBehind(session, subject),
  ]);
  const id = newId('rfd');
  return retryOnChange(async () => {
    const payment = await session.require(paymentEntity, { id: paymentId });
    refuseSpentOnToken(payment);
    const { currency, customerId } = payment;
    const pending = minorOf(payment.refundPendingAmount ?? '0', currency);
    const free = payment.status === 'reversed' ? 0n : remainderOf(payment) - pending;
    const minor = request.amount === undefined ? free : positiveAmount(request.amount, currency);
    if (minor > free || free === 0n)
      throw new AppError('conflict', undefined, {
        texts: {
          en: `Of the payment ${amountOf(free, currency)} ${currency} can be given back.`,
          ar: `يمكن رد ${amountOf(free, currency)} ${currency} من الدفعة.`,
        },
      });
    // All of a payment together: a large refund is not made of small ones.
    const altogether = minorOf(payment.refundedAmount ?? '0', currency) + pending + minor;
    const needsApproval = isAbove(altogether, currency, settings, profile.currency);
    const refund: Refund = {
      id,
      paymentId,
      customerId,
      amount: amountOf(minor, currency),
      currency,
      method: methodOf(payment, request.method),
      reason: request.reason,
      status: needsApproval ? 'requested' : 'approved',
      requestedBy,
    };
    return session.transact('billing', (unit) => {
      const made = unit.create(refundEntity, refund);
      unit.update(paymentEntity, payment, { refundPendingAmount: amountOf(pending + minor, currency) });
      unit.emit(refundChanged, { aggregateId: paymentId, payload: made });
      return made;
    });
  });
}

function isAbove(minor: bigint, currency: string, { refundApprovalAbove }: PaymentSettings, own: string): boolean {
  return currency !== own || minor > minorOf(refundApprovalAbove, own);
}

function methodOf({ method, integrationId }: Payment, wanted: Refund['method'] | undefined): Refund['method'] {
  const usual =
    integrationId !== undefined ? 'provider' : method === 'cash' || method === 'cheque' ? method : 'bank_transfer';
  const chosen = wanted ?? usual;
  if (chosen === 'provider' && integrationId === undefined)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: 'The payment did not come by a provider: give it back in cash, by transfer or by cheque.',
        ar: 'لم ترد الدفعة عبر مزوّد دفع: ردّها نقدًا أو بحوالة أو بشيك.',
      },
    });
  return chosen;
}
