/** Moves a checkout on, with its event. Money that was booked is an end nothing leads out of. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { equals, parseMoney } from '../../../layers/money/money.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { checkoutEntity, checkoutReferenceEntity } from './checkout-entity.ts';
import { checkoutChanged } from './checkout-events.ts';
import type { Checkout } from './checkout-schema.ts';

export type StoredCheckout = Checkout & Stored;

export function writeCheckout(unit: UnitOfWork, before: StoredCheckout, changes: Partial<Checkout>): StoredCheckout {
  const after = unit.update(checkoutEntity, before, changes);
  const { integrationId, providerReference } = after;
  if (before.providerReference === undefined && integrationId !== undefined && providerReference !== undefined)
    unit.put(checkoutReferenceEntity, { integrationId, providerReference, checkoutId: after.id });
  unit.emit(checkoutChanged, { aggregateId: after.id, payload: after });
  return after;
}

/** A payment stands for the checkout: what was asked for and what came may differ. */
export const writePaid = (
  unit: UnitOfWork,
  before: StoredCheckout,
  { id: paymentId, amount, currency }: Pick<Payment, 'id' | 'amount' | 'currency'>,
  now: string,
  changes: Partial<Checkout> = {},
): StoredCheckout =>
  writeCheckout(unit, before, {
    status: 'paid',
    paymentId,
    paidAt: now,
    paidAmount: amount,
    paidCurrency: currency,
    ...(equals(parseMoney(amount, currency), parseMoney(before.amount, before.currency))
      ? {}
      : { amountDiffers: true }),
    ...changes,
  });

/** @returns the checkout as it is now: where somebody else moved it on meanwhile, their word stands */
export async function changeCheckout(
  session: TenantSession,
  before: StoredCheckout,
  changes: Partial<Checkout>,
): Promise<StoredCheckout> {
  const isSame = Object.entries(changes).every(([name, value]) => before[name as keyof Checkout] === value);
  if (isSame) return before;
  try {
    return await session.transact('billing', (unit) => writeCheckout(unit, before, changes));
  } catch (error) {
    if (!isAppError(error) || error.code !== 'version_conflict') throw error;
    return session.require(checkoutEntity, { id: before.id });
  }
}
