/**
 * A person says what became of a checkout that only a person can judge: so much money was taken, or none. Whoever opened it does
 * not decide on it. The money is booked in the checkout's transaction, so that once, whatever the provider says meanwhile.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { positiveAmount } from '../payments/payment-amount.ts';
import { recordPayment } from '../payments/record-payment.ts';
import { type StoredCheckout, writeCheckout, writePaid } from './change-checkout.ts';
import { checkoutEntity } from './checkout-entity.ts';
import type { CheckoutDecision } from './checkout-schema.ts';
import { mayBeTakenOver, paymentWithReference, referenceOf, takeOverPayment } from './take-over-payment.ts';

type Booking = Extract<CheckoutDecision, { outcome: 'book' }>;

/** @throws AppError `not_found`, `forbidden` for who opened it, `conflict` when it is not in review any more, `unprocessable` */
export async function resolveCheckout(
  session: TenantSession,
  id: string,
  decision: CheckoutDecision,
  subject: string,
): Promise<StoredCheckout> {
  const resolvedBy = await personBehind(session, subject);
  const checkout = await requireReview(session, id, resolvedBy);
  if (decision.outcome === 'book') return book(session, checkout, decision, resolvedBy);
  return retryOnChange(async () => {
    const fresh = await requireReview(session, id, resolvedBy);
    return session.transact('billing', (unit) =>
      writeCheckout(unit, fresh, { status: 'dismissed', ...decided(session, decision.reason, resolvedBy) }),
    );
  });
}

const decided = ({ context }: TenantSession, outcome: string, resolvedBy: string) => ({
  outcome,
  resolvedBy,
  resolvedAt: context.now(),
});

async function book(
  session: TenantSession,
  checkout: StoredCheckout,
  decision: Booking,
  resolvedBy: string,
): Promise<StoredCheckout> {
  const { id, currency: asked } = checkout;
  const currency = decision.currency ?? asked;
  const amount = amountOf(positiveAmount(decision.amount, currency), currency);
  const known = await paymentWithReference(session, checkout);
  if (known === undefined)
    try {
      return await record(session, checkout, { ...decision, amount, currency }, resolvedBy, referenceOf(checkout));
    } catch (error) {
      // Somebody enters the provider's payment by hand in this very moment.
      if (!isAppError(error) || error.code !== 'already_exists') throw error;
      return book(session, checkout, decision, resolvedBy);
    }
  // The provider's reference stands for somebody else's money, or for an entry that was taken back.
  if (!mayBeTakenOver(known, checkout))
    return record(session, checkout, { ...decision, amount, currency }, resolvedBy, `checkout:${id}`);
  if (known.amount !== amount || known.currency !== currency)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `Payment ${known.paymentNumber} was entered for it with ${known.amount} ${known.currency}: book that amount, or take the payment back first.`,
        ar: `سُجلت لها الدفعة ${known.paymentNumber} بمبلغ ${known.amount} ${known.currency}: اعتمد هذا المبلغ أو اعكس الدفعة أولًا.`,
      },
    });
  const after = await takeOverPayment(session, id, known.id, decided(session, decision.reason, resolvedBy));
  return after.paymentId === known.id ? after : requireReview(session, id, resolvedBy);
}

async function record(
  session: TenantSession,
  checkout: StoredCheckout,
  { amount, currency, reason, purpose = checkout.purpose }: Booking & { currency: string },
  resolvedBy: string,
  externalReference: string,
): Promise<StoredCheckout> {
  const { id, customerId, supplyId, invoiceIds, integrationId, provider } = checkout;
  await recordPayment(
    session,
    {
      customerId,
      amount,
      currency,
      method: 'gateway',
      externalReference,
      purpose,
      ...(purpose === 'prepaid' && supplyId !== undefined ? { supplyId } : {}),
      ...(purpose === 'debt' && invoiceIds !== undefined ? { invoiceIds } : {}),
    },
    {
      isLate: true,
      accompany: async () => {
        const fresh = await requireReview(session, id, resolvedBy);
        return {
          attributes: { checkoutId: id, integrationId: integrationId!, provider: provider! },
          write: (unit, made) =>
            void writePaid(unit, fresh, made, session.context.now(), decided(session, reason, resolvedBy)),
        };
      },
    },
  );
  return session.require(checkoutEntity, { id });
}

async function requireReview(session: TenantSession, id: string, person: string): Promise<StoredCheckout> {
  const checkout = await session.require(checkoutEntity, { id });
  if (checkout.status !== 'review')
    throw new AppError('conflict', undefined, {
      texts: { en: `The checkout is ${checkout.status}.`, ar: `حالة عملية الدفع الآن: ${checkout.status}.` },
    });
  if (checkout.startedBy === person)
    throw new AppError('forbidden', undefined, {
      texts: { en: 'Who opened it cannot decide on it.', ar: 'لا يبتّ في العملية من فتحها.' },
    });
  return checkout;
}
