/**
 * Asks the provider what became of a checkout and books what was paid: called by notifications, by the clock and by people,
 * as often as they like and at the same time. The provider's own answer is the only proof; a notification only says when to
 * ask. Checkout and payment are one transaction on the checkout's version, so money is booked once.
 */
import type { ProviderPayment } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { formatMoney, parseMoney } from '../../../layers/money/money.ts';
import { capturePayment, verifyPayment } from '../../platform/contract.ts';
import { type PaymentCompanion, recordPayment } from '../payments/record-payment.ts';
import { changeCheckout, type StoredCheckout, writePaid } from './change-checkout.ts';
import { checkoutEntity } from './checkout-entity.ts';
import { openCheckout, orderOf } from './start-checkout.ts';
import { mayBeTakenOver, paymentWithReference, referenceOf, takeOverPayment } from './take-over-payment.ts';

/** @throws AppError `not_found`, and what calls to providers throw: nothing is lost then, ask again */
export async function settleCheckout(session: TenantSession, id: string): Promise<StoredCheckout> {
  let checkout = await session.require(checkoutEntity, { id });
  if (checkout.status === 'paid') return checkout;
  if (checkout.providerReference === undefined) {
    if (checkout.status === 'failed' || checkout.status === 'dismissed') return checkout;
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
  if (checkout.status === 'dismissed') return afterDismissal(session, checkout, payment);
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
      return review(session, checkout, payment, 'Refunded in part at the provider');
    default:
      return payment.status satisfies never;
  }
}

async function book(session: TenantSession, checkout: StoredCheckout, payment: ProviderPayment) {
  const { id, customerId, purpose, supplyId, invoiceIds, integrationId, provider } = checkout;
  const paid = payment.amount ?? parseMoney(checkout.amount, checkout.currency);
  const [amount, currency] = [formatMoney(paid), paid.currency];
  const companion = async (): Promise<PaymentCompanion> => {
    const fresh = await session.require(checkoutEntity, { id });
    // A person who decides on it at the same moment is not overruled.
    if (fresh.status === 'paid' || fresh.status === 'dismissed')
      throw new AppError('conflict', 'The checkout is decided.');
    return {
      attributes: { checkoutId: id, integrationId: integrationId!, provider: provider! },
      write: (unit, made) => void writePaid(unit, fresh, made, session.context.now()),
    };
  };
  const order = {
    customerId,
    amount,
    currency,
    method: 'gateway' as const,
    externalReference: referenceOf(checkout),
    purpose,
    ...(supplyId === undefined ? {} : { supplyId }),
    ...(invoiceIds === undefined ? {} : { invoiceIds }),
  };
  try {
    await recordPayment(session, order, { accompany: companion, isLate: true });
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'already_exists') return takeOver(session, checkout, payment);
    // The money is there and fits nothing here: asking again changes that no more than a retry of the queue would.
    if (error.code === 'unprocessable') {
      const fresh = await session.require(checkoutEntity, { id });
      return fresh.status === 'paid' || fresh.status === 'dismissed'
        ? fresh
        : review(session, fresh, payment, error.message);
    }
    if (error.code !== 'conflict') throw error;
  }
  const after = await session.require(checkoutEntity, { id });
  return after.status === 'dismissed' ? afterDismissal(session, after, payment) : after;
}

/** Somebody entered the provider's payment by hand before it was heard of: it is that payment, if it is. */
async function takeOver(session: TenantSession, checkout: StoredCheckout, payment: ProviderPayment) {
  const known = await paymentWithReference(session, checkout);
  const fresh = await session.require(checkoutEntity, { id: checkout.id });
  if (fresh.status === 'paid' || known === undefined) return fresh;
  const paid = payment.amount ?? orderOf(checkout).amount;
  const fits = mayBeTakenOver(known, fresh) && known.amount === formatMoney(paid) && known.currency === paid.currency;
  // No money is taken for somebody else's, and none is lost because an entry was taken back.
  return fits
    ? takeOverPayment(session, fresh.id, known.id, { outcome: 'Entered by hand before' })
    : review(session, fresh, payment, `Its reference belongs to payment ${known.id}`);
}

/** Only a person can judge: what the provider said is kept, so that its saying so again changes nothing. */
const review = (session: TenantSession, checkout: StoredCheckout, payment: ProviderPayment, outcome: string) =>
  changeCheckout(session, checkout, {
    status: 'review',
    outcome: outcome.slice(0, 500),
    providerSays: saysOf(payment),
  });

const saysOf = ({ status, amount }: ProviderPayment): string =>
  amount === undefined ? status : `${status} ${formatMoney(amount)} ${amount.currency}`;

/** A person's word holds against what it was said of; money the provider tells of since is for a person to judge again. */
function afterDismissal(session: TenantSession, checkout: StoredCheckout, payment: ProviderPayment) {
  const isMoney = payment.status === 'captured' || payment.status === 'partially_refunded';
  return isMoney && saysOf(payment) !== checkout.providerSays
    ? review(session, checkout, payment, `It was dismissed; now the provider says: ${saysOf(payment)}`)
    : checkout;
}
