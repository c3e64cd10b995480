/**
 * PayPal orders, version 2: an order is approved by the payer at PayPal, then captured by us. POSTs carry our reference
 * as `PayPal-Request-Id` (https://developer.paypal.com/api/rest/reference/idempotency/).
 */
import { currencyExponent } from '../../../money/currencies.ts';
import { formatMoney, type Money } from '../../../money/money.ts';
import { accessToken } from '../../access-tokens.ts';
import { afterRefund } from '../../after-refund.ts';
import { beforeActing } from '../../before-acting.ts';
import { amountField, readAmount, unitsOf } from '../../payment-amounts.ts';
import {
  defineProvider,
  type PaymentOrder,
  type ProviderContext,
  ProviderError,
  type ProviderPayment,
} from '../../provider.ts';
import { at, listAt, optionalTextAt, textAt } from '../../read-path.ts';
import { basicAuth, joinUrl, type RestClient, restClient } from '../../rest-client.ts';
import { paypalAbout } from './about.ts';
import { readPaypalEvent } from './inbound.ts';

export const paypal = defineProvider({
  ...paypalAbout,
  async check(context) {
    await tokenOf(context, false);
  },
  operations: (context) => {
    const client = paypalClient(context);
    const order = (id: string) =>
      client.json({ method: 'GET', path: `/v2/checkout/orders/${encodeURIComponent(id)}`, effect: 'read' });
    return {
      create: async (wanted) =>
        paymentOf(
          await client.json({
            method: 'POST',
            path: '/v2/checkout/orders',
            effect: 'act',
            headers: { 'paypal-request-id': wanted.reference, prefer: 'return=representation' },
            json: orderBody(wanted),
          }),
        ),
      verify: async (id) => paymentOf(await order(id)),
      capture: async (id, _amount, reference) =>
        paymentOf(
          await client.json({
            method: 'POST',
            path: `/v2/checkout/orders/${encodeURIComponent(id)}/capture`,
            effect: 'act',
            headers: { 'paypal-request-id': `${reference}-capture`, prefer: 'return=representation' },
            json: {},
          }),
        ),
      refund: async (id, amount, reference) => {
        const captureId = optionalTextAt(
          await beforeActing(() => order(id)),
          'purchase_units[0].payments.captures[0].id',
        );
        if (captureId === undefined) throw new ProviderError('rejected', 'Nothing was captured of this order.');
        const refund = await client.json({
          method: 'POST',
          path: `/v2/payments/captures/${encodeURIComponent(captureId)}/refund`,
          effect: 'act',
          headers: { 'paypal-request-id': `${reference}-refund` },
          json: { amount: paypalAmount(amount), custom_id: reference },
        });
        const status = textAt(refund, 'status');
        if (status === 'FAILED' || status === 'CANCELLED')
          throw new ProviderError('rejected', `The refund is ${status}.`, { providerCode: status });
        return afterRefund(id, amount, async () => paymentOf(await order(id)));
      },
    };
  },
  inbound: async (context, request) => ({ events: [await readPaypalEvent(paypalClient(context), context, request)] }),
});

function tokenOf(context: ProviderContext, isKept = true): Promise<string> {
  const { settings } = context;
  return accessToken(context, {
    url: joinUrl(settings['api_url']!, '/v1/oauth2/token'),
    form: { grant_type: 'client_credentials' },
    headers: { authorization: basicAuth(settings['client_id']!, settings['client_secret']!) },
    isKept,
  });
}

const paypalClient = (context: ProviderContext): RestClient =>
  restClient(context, {
    baseUrl: context.settings['api_url']!,
    headers: async () => ({ authorization: `Bearer ${await tokenOf(context)}` }),
    errorPaths: { code: ['details[0].issue', 'name'], message: ['details[0].description', 'message'] },
    codes: { RATE_LIMIT_REACHED: 'rate_limited', PAYEE_ACCOUNT_RESTRICTED: 'configuration' },
  });

/** PayPal takes no decimals of some currencies that have them. @see https://developer.paypal.com/api/rest/reference/currency-codes/ */
const withoutDecimals = new Set(['HUF', 'JPY', 'TWD']);

function paypalAmount(amount: Money): { currency_code: string; value: string } {
  const decimals = withoutDecimals.has(amount.currency) ? 0 : currencyExponent(amount.currency);
  const value = decimals === 0 ? String(unitsOf(amount, 0)) : formatMoney(amount);
  return { currency_code: amount.currency, value };
}

function orderBody({ reference, amount, description, returnUrl, cancelUrl }: PaymentOrder): unknown {
  return {
    intent: 'CAPTURE',
    purchase_units: [
      {
        reference_id: 'default',
        custom_id: reference,
        invoice_id: reference,
        // At most 127 characters.
        description: description.slice(0, 127),
        amount: paypalAmount(amount),
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          user_action: 'PAY_NOW',
          ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
          ...(cancelUrl === undefined ? {} : { cancel_url: cancelUrl }),
        },
      },
    },
  };
}

const statuses: Readonly<Record<string, ProviderPayment['status']>> = {
  CREATED: 'pending',
  SAVED: 'pending',
  PAYER_ACTION_REQUIRED: 'pending',
  APPROVED: 'authorised',
  VOIDED: 'cancelled',
  COMPLETED: 'captured',
};
const captureStatuses: Readonly<Record<string, ProviderPayment['status']>> = {
  COMPLETED: 'captured',
  PENDING: 'pending',
  DECLINED: 'failed',
  FAILED: 'failed',
  REFUNDED: 'refunded',
  PARTIALLY_REFUNDED: 'partially_refunded',
};

function paymentOf(order: unknown): ProviderPayment {
  const unit = at(order, 'purchase_units[0]');
  const capture = at(unit, 'payments.captures[0]');
  const status =
    captureStatuses[optionalTextAt(capture, 'status') ?? ''] ?? statuses[optionalTextAt(order, 'status') ?? ''];
  if (status === undefined)
    throw new ProviderError('unreadable_answer', 'The order has a status that is not documented.');
  const redirectUrl = linkOf(order, ['payer-action', 'approve']);
  const amount = at(capture, 'amount') ?? at(unit, 'amount');
  return {
    providerReference: textAt(order, 'id'),
    status,
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
    ...amountField(readAmount(optionalTextAt(amount, 'value'), optionalTextAt(amount, 'currency_code'))),
  };
}

function linkOf(order: unknown, relations: readonly string[]): string | undefined {
  const link = listAt(order, 'links').find((candidate) => relations.includes(optionalTextAt(candidate, 'rel') ?? ''));
  return optionalTextAt(link, 'href');
}
