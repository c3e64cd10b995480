/** A payment that somebody entered by hand with the provider's reference, before the provider was heard: it is the checkout's, and no second one. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { paymentEntity, paymentReferenceEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { type StoredCheckout, writePaid } from './change-checkout.ts';
import { checkoutEntity } from './checkout-entity.ts';
import type { Checkout } from './checkout-schema.ts';

/** What the provider calls the payment, as its settlement files name it. */
export const referenceOf = ({ provider, providerReference }: Checkout): string =>
  `${provider}:${providerReference}`.slice(0, 100);

export async function paymentWithReference(
  session: TenantSession,
  checkout: Checkout,
): Promise<(Payment & Stored) | undefined> {
  const key = { method: 'gateway', reference: referenceOf(checkout) };
  const known = await session.get(paymentReferenceEntity, key, { consistent: true });
  return known && session.require(paymentEntity, { id: known.paymentId });
}

/** Two merchants' accounts at one provider, a slip of the pen, or an entry that was taken back: that is no payment of this checkout. */
export const mayBeTakenOver = (payment: Payment, checkout: Checkout): boolean =>
  payment.customerId === checkout.customerId && payment.checkoutId === undefined && payment.status !== 'reversed';

/** Checkout and payment point at each other from one transaction on, so that two checkouts never stand on one payment. */
export function takeOverPayment(
  session: TenantSession,
  id: string,
  paymentId: string,
  changes: Partial<Checkout>,
): Promise<StoredCheckout> {
  return retryOnChange(async () => {
    const [checkout, payment] = await Promise.all([
      session.require(checkoutEntity, { id }),
      session.require(paymentEntity, { id: paymentId }),
    ]);
    // Who dismissed it at the same moment is not overruled.
    const isDecided = checkout.status === 'paid' || checkout.status === 'dismissed';
    if (isDecided || !mayBeTakenOver(payment, checkout)) return checkout;
    const { integrationId, provider } = checkout;
    return session.transact('billing', (unit) => {
      unit.update(paymentEntity, payment, {
        checkoutId: id,
        ...(integrationId === undefined ? {} : { integrationId }),
        ...(provider === undefined ? {} : { provider }),
      });
      return writePaid(unit, checkout, payment, session.context.now(), changes);
    });
  });
}
