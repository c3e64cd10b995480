/**
 * Stripe Checkout: a hosted page takes the payment, and its session is the reference. POSTs carry our reference as
 * `Idempotency-Key` (https://docs.stripe.com/api/idempotent_requests), so that a repeated one acts once.
 */
import { currencyExponent } from '../../../money/currencies.ts';
import type { Money } from '../../../money/money.ts';
import { afterRefund } from '../../after-refund.ts';
import { beforeActing } from '../../before-acting.ts';
import { amountField, fromUnits, unitsOf } from '../../payment-amounts.ts';
import {
  defineProvider,
  type PaymentOrder,
  type ProviderContext,
  ProviderError,
  type ProviderPayment,
} from '../../provider.ts';
import { at, optionalTextAt, textAt } from '../../read-path.ts';
import { type RestClient, restClient } from '../../rest-client.ts';
import { stripeAbout } from './about.ts';
import { readStripeEvent } from './inbound.ts';

/** Where Stripe's decimals are not those of ISO 4217. @see https://docs.stripe.com/currencies#zero-decimal */
const otherDecimals: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };
const decimalsOf = (currency: string): number => otherDecimals[currency] ?? currencyExponent(currency);

export const stripe = defineProvider({
  ...stripeAbout,
  async check(context) {
    await clientOf(context).json({ method: 'GET', path: '/v1/balance', effect: 'read' });
  },
  operations: (context) => {
    const client = clientOf(context);
    return {
      create: async (order) =>
        paymentOf(
          await client.json({
            method: 'POST',
            path: '/v1/checkout/sessions',
            effect: 'act',
            headers: { 'idempotency-key': order.reference },
            form: sessionForm(order, context.settings['capture_method']!),
          }),
        ),
      verify: async (id) => paymentOf(await session(client, id)),
      capture: async (id, amount, reference) => {
        await client.json({
          method: 'POST',
          path: `/v1/payment_intents/${encodeURIComponent(await intentOf(client, id))}/capture`,
          effect: 'act',
          headers: { 'idempotency-key': `${reference}-capture` },
          form: { amount_to_capture: String(stripeUnits(amount)) },
        });
        return { providerReference: id, status: 'captured', amount };
      },
      refund: async (id, amount, reference) => {
        const refund = await client.json({
          method: 'POST',
          path: '/v1/refunds',
          effect: 'act',
          headers: { 'idempotency-key': `${reference}-refund` },
          form: {
            payment_intent: await intentOf(client, id),
            amount: String(stripeUnits(amount)),
            'metadata[reference]': reference,
          },
        });
        const status = textAt(refund, 'status');
        if (status === 'failed' || status === 'canceled')
          throw new ProviderError('rejected', `The refund is ${status}.`, { providerCode: status });
        return afterRefund(id, amount, async () => paymentOf(await session(client, id)));
      },
    };
  },
  inbound: async (context, request) => ({
    events: [readStripeEvent(context, request, decimalsOf)],
  }),
});

const clientOf = (context: ProviderContext): RestClient =>
  restClient(context, {
    baseUrl: context.settings['api_url']!,
    headers: () => ({ authorization: `Bearer ${context.settings['secret_key']}` }),
    errorPaths: { code: ['error.code', 'error.type'], message: ['error.message'] },
    // https://docs.stripe.com/error-codes
    codes: { rate_limit: 'rate_limited', lock_timeout: 'rate_limited', api_key_expired: 'configuration' },
  });

function stripeUnits(amount: Money): bigint {
  const units = unitsOf(amount, decimalsOf(amount.currency));
  // Currencies of three decimals are taken in steps of ten (https://docs.stripe.com/currencies#three-decimal).
  if (currencyExponent(amount.currency) === 3 && units % 10n !== 0n)
    throw new ProviderError('rejected', `Stripe takes no more than two decimals of ${amount.currency}.`);
  return units;
}

function sessionForm(order: PaymentOrder, captureMethod: string): Record<string, string | undefined> {
  return {
    mode: 'payment',
    client_reference_id: order.reference,
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': order.amount.currency.toLowerCase(),
    'line_items[0][price_data][unit_amount]': String(stripeUnits(order.amount)),
    'line_items[0][price_data][product_data][name]': order.description,
    'metadata[reference]': order.reference,
    'payment_intent_data[metadata][reference]': order.reference,
    'payment_intent_data[capture_method]': captureMethod === 'manual' ? 'manual' : undefined,
    customer_email: order.customer?.email,
    success_url: order.returnUrl,
    cancel_url: order.cancelUrl,
  };
}

const session = (client: RestClient, id: string): Promise<unknown> =>
  client.json({
    method: 'GET',
    path: `/v1/checkout/sessions/${encodeURIComponent(id)}`,
    effect: 'read',
    query: { 'expand[]': 'payment_intent.latest_charge' },
  });

async function intentOf(client: RestClient, id: string): Promise<string> {
  const found = optionalTextAt(await beforeActing(() => session(client, id)), 'payment_intent.id');
  if (found === undefined) throw new ProviderError('rejected', 'Nothing was paid in this session yet.');
  return found;
}

/** @see https://docs.stripe.com/api/checkout/sessions/object */
function paymentOf(answer: unknown): ProviderPayment {
  const redirectUrl = optionalTextAt(answer, 'url');
  const currency = optionalTextAt(answer, 'currency')?.toUpperCase();
  const units = optionalTextAt(answer, 'amount_total');
  return {
    providerReference: textAt(answer, 'id'),
    status: statusOf(answer),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
    ...amountField(currency && units ? fromUnits(units, currency, decimalsOf(currency)) : undefined),
  };
}

function statusOf(answer: unknown): ProviderPayment['status'] {
  const charge = at(answer, 'payment_intent.latest_charge');
  if (at(charge, 'refunded') === true) return 'refunded';
  if (Number(at(charge, 'amount_refunded') ?? 0) > 0) return 'partially_refunded';
  if (optionalTextAt(answer, 'payment_intent.status') === 'requires_capture') return 'authorised';
  if (optionalTextAt(answer, 'payment_status') === 'paid') return 'captured';
  if (optionalTextAt(answer, 'payment_intent.status') === 'canceled') return 'cancelled';
  return textAt(answer, 'status') === 'expired' ? 'cancelled' : 'pending';
}
