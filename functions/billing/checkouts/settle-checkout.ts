/**
 * Asks the provider what became of a checkout and books what was paid: called by notifications, by the clock and by people,
 * as often as they like and at the same time. The provider's own answer is the only proof; a notification only says when to
 * ask. Checkout and payment are one transaction on the checkout's version, so money is booked once.
 */
import type { ProviderPayment } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { equals, formatMoney, parseMoney } from '../../../layers/money/money.ts';
import { capturePayment, verifyPayment } from '../../platform/contract.ts';
import { paymentEntity, paymentReferenceEntity } from '../payments/payment-entity.ts';
import { type PaymentCompanion, recordPayment } from '../payments/record-payment.ts';
import { changeCheckout, type StoredCheckout, writeCheckout } from './change-checkout.ts';
import { checkoutEntity } from './checkout-entity.ts';
import { openCheckout, orderOf } from './start-checkout.ts';

/** @throws AppError `not_found`, and what calls to providers throw: nothing is lost then, ask again */
export async function settleCheckout(session: TenantSession, id: string): Promise<StoredCheckout> {
  let checkout = await session.require(checkoutEntity, { id });
  if (checkout.status === 'paid') return checkout;
  if (checkout.providerReference === undefined) {
    if (checkout.status === 'failed') return checkout;
    if (isOver(session, checkout)) return changeCheckout(session, checkout, { status: 'expired' });
    checkout = await openCheckout(session, checkout);
  }
  if (checkout.providerReference === undefined || checkout.status === 'paid') return checkout;
  return settle(session, checkout, await ask(session, checkout));
}

const isOver = (session: TenantSession, { payBy }: StoredCheckout): boolean => payBy <= session.context.now();

const ask = async (session: TenantSession, checkout: StoredCheckout): Promise<ProviderPayment> =>
  (await verifyPayment(session, checkout.integrationId!, checkout.providerReference!, orderOf(checkout))).value;

async function settle(
  session: TenantSession,
  checkout: StoredCheckout,
  payment: ProviderPayment,
): Promise<StoredCheckout> {
  const { id, integrationId, providerReference } = checkout;
  switch (payment.status) {
    case 'pending':
      return isOver(session, checkout) ? changeCheckout(session, checkout, { status: 'expired' }) : checkout;
    case 'authorised': {
      const amount = payment.amount ?? orderOf(checkout).amount;
      await capturePayment(session, integrationId!, providerReference!, amount, `${id}-capture`);
      const after = await ask(session, checkout);
      return after.status === 'authorised' ? checkout : settle(session, checkout, after);
    }
    case 'captured':
      return book(session, checkout, payment);
    case 'failed':
    case 'cancelled':
      return changeCheckout(session, checkout, { status: payment.status });
    // Taken and given back before we asked: nothing is left to book.
    case 'refunded':
      return changeCheckout(session, checkout, { status: 'cancelled', outcome: 'Refunded at the provider' });
    case 'partially_refunded':
      return changeCheckout(session, checkout, { status: 'review', outcome: 'Refunded in part at the provider' });
    default:
      return payment.status satisfies never;
  }
}

async function book(session: TenantSession, checkout: StoredCheckout, payment: ProviderPayment) {
  const { id, customerId, purpose, supplyId, invoiceIds, integrationId, provider, providerReference } = checkout;
  const asked = parseMoney(checkout.amount, checkout.currency);
  const paid = payment.amount ?? asked;
  const [amount, currency] = [formatMoney(paid), paid.currency];
  const companion = async (): Promise<PaymentCompanion> => {
    const fresh = await session.require(checkoutEntity, { id });
    if (fresh.status === 'paid') throw new AppError('conflict', 'The checkout is booked.');
    return {
      attributes: { checkoutId: id, integrationId: integrationId!, provider: provider! },
      write: (unit, { id: paymentId }) =>
        void writeCheckout(unit, fresh, {
          status: 'paid',
          paymentId,
          paidAt: session.context.now(),
          paidAmount: amount,
          paidCurrency: currency,
          ...(equals(asked, paid) ? {} : { amountDiffers: true }),
        }),
    };
  };
  const order = {
    customerId,
    amount,
    currency,
    method: 'gateway' as const,
    // The reference is the provider's: it is what its settlement files name.
    externalReference: `${provider}:${providerReference}`.slice(0, 100),
    purpose,
    ...(supplyId === undefined ? {} : { supplyId }),
    ...(invoiceIds === undefined ? {} : { invoiceIds }),
  };
  try {
    await recordPayment(session, order, { accompany: companion, isLate: true });
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'already_exists') return takeOver(session, checkout, order.externalReference);
    // The money is there and fits nothing here: asking again changes that no more than a retry of the queue would.
    if (error.code === 'unprocessable') {
      const fresh = await session.require(checkoutEntity, { id });
      if (fresh.status === 'paid') return fresh;
      return changeCheckout(session, fresh, { status: 'review', outcome: error.message.slice(0, 500) });
    }
    if (error.code !== 'conflict') throw error;
  }
  return session.require(checkoutEntity, { id });
}

/** Somebody entered the provider's payment by hand before it was heard of: it is that payment. */
async function takeOver(session: TenantSession, checkout: StoredCheckout, reference: string) {
  const known = await session.require(paymentReferenceEntity, { method: 'gateway', reference });
  const fresh = await session.require(checkoutEntity, { id: checkout.id });
  const payment = await session.require(paymentEntity, { id: known.paymentId });
  if (fresh.status === 'paid') return fresh;
  // Two merchants' accounts at one provider, or a slip of the pen: no money is taken for somebody else's.
  if (payment.customerId !== fresh.customerId || payment.checkoutId !== undefined)
    return changeCheckout(session, fresh, {
      status: 'review',
      outcome: `Its reference belongs to payment ${payment.id}`,
    });
  return changeCheckout(session, fresh, {
    status: 'paid',
    paymentId: payment.id,
    paidAt: session.context.now(),
    outcome: 'Entered by hand before',
  });
}
