/**
 * Sends a customer to a payment provider. The checkout is written before the provider is called, and its id is the reference
 * the provider gets: whatever is lost on the way, asking again finds the same payment and opens no second one.
 */
import type { PaymentOrder } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import { personBehind, tenantProfile } from '../../identity/contract.ts';
import { createPayment } from '../../platform/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { invoicesToSettle } from '../payments/invoices-to-settle.ts';
import { positiveAmount } from '../payments/payment-amount.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { changeCheckout, type StoredCheckout } from './change-checkout.ts';
import { checkoutEntity } from './checkout-entity.ts';
import { checkoutChanged } from './checkout-events.ts';
import type { Checkout, CheckoutRequest } from './checkout-schema.ts';

const usualMinutes = 60;

/**
 * The caller needs what `functions/platform/contract.ts` says of calls to providers.
 * @returns with `redirectUrl` where the payer goes on; `unknown` when the provider's answer was lost: it is looked after
 * @throws AppError `not_found`, `unprocessable`, `all_providers_failed`
 */
export async function startCheckout(session: TenantSession, request: CheckoutRequest): Promise<StoredCheckout> {
  const { customerId, purpose = 'debt', supplyId, invoiceIds, expiresInMinutes = usualMinutes } = request;
  const { actor } = session.context;
  const [customer, profile, startedBy] = await Promise.all([
    session.require(customerEntity, { id: customerId }),
    tenantProfile(session),
    actor && personBehind(session, actor.id),
  ]);
  const currency = request.currency ?? profile.currency;
  const minor = positiveAmount(request.amount, currency);
  if (invoiceIds !== undefined) await invoicesToSettle(session, { customerId, invoiceIds, purpose }, currency);
  if (supplyId !== undefined) {
    const supply = await session.require(supplyEntity, { id: supplyId });
    if (supply.customerId !== customerId)
      throw new AppError('unprocessable', undefined, {
        texts: { en: 'The supply is another customer’s.', ar: 'التوريد لمشترك آخر.' },
      });
  }
  const { name, nameAr, phone, email, accountNumber, language } = customer;
  const checkout: Checkout = {
    id: newId('chk'),
    customerId,
    amount: amountOf(minor, currency),
    currency,
    purpose,
    status: 'creating',
    description:
      request.description ??
      (language === 'ar' ? `كهرباء، حساب رقم ${accountNumber}` : `Electricity, account ${accountNumber}`),
    payer: { name: language === 'ar' ? (nameAr ?? name) : name, ...defined({ phone, email }) },
    payBy: new Date(Date.parse(session.context.now()) + expiresInMinutes * 60_000).toISOString(),
    ...defined({ supplyId, invoiceIds, startedBy }),
    ...defined({ integrationId: request.integrationId, provider: request.provider }),
    ...defined({ returnUrl: request.returnUrl, cancelUrl: request.cancelUrl }),
  };
  const stored = await session.transact('billing', (unit) => {
    const made = unit.create(checkoutEntity, checkout);
    unit.emit(checkoutChanged, { aggregateId: made.id, payload: made });
    return made;
  });
  // The event goes on with it where this stops.
  return openCheckout(session.afterwards(), stored);
}

/** Opens the payment at the provider, or finds the one that was opened before. */
export async function openCheckout(session: TenantSession, checkout: StoredCheckout): Promise<StoredCheckout> {
  const { integrationId, provider } = checkout;
  try {
    const result = await createPayment(session, orderOf(checkout), defined({ integrationId, provider }));
    const { providerReference, redirectUrl } = result.value;
    return await changeCheckout(session, checkout, {
      status: 'pending',
      integrationId: result.integrationId,
      provider: result.provider,
      providerReference,
      ...defined({ redirectUrl }),
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'outcome_unknown') return changeCheckout(session, checkout, { status: 'unknown' });
    // Another call is at it: the checkout is looked at again later.
    if (error.code === 'idempotency_in_progress') return checkout;
    if (error.code === 'all_providers_failed' || error.code === 'unprocessable')
      await changeCheckout(session, checkout, { status: 'failed', outcome: error.message.slice(0, 500) });
    throw error;
  }
}

/** What the provider is told: only of what the row holds, so that it is the same whenever it is told. */
export const orderOf = (checkout: Checkout): PaymentOrder => ({
  reference: checkout.id,
  amount: parseMoney(checkout.amount, checkout.currency),
  description: checkout.description,
  customer: checkout.payer as NonNullable<PaymentOrder['customer']>,
  ...defined({ returnUrl: checkout.returnUrl, cancelUrl: checkout.cancelUrl }),
});

const defined = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
