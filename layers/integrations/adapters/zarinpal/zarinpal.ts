/**
 * Zarinpal's payment gateway, version 4: request, the payer goes to StartPay, and a payment counts once verified.
 * Amounts are whole rials. Refunds need an id that this API never tells, so there are none.
 */
import { unitsOf } from '../../payment-amounts.ts';
import {
  defineProvider,
  type InboundEvent,
  type ProviderContext,
  ProviderError,
  type ProviderErrorCode,
  type ProviderPayment,
} from '../../provider.ts';
import { reportedError } from '../../read-answer.ts';
import { optionalTextAt, textAt } from '../../read-path.ts';
import { restClient } from '../../rest-client.ts';
import { refuse } from '../../signatures.ts';
import { zarinpalAbout } from './about.ts';

/** @see https://www.zarinpal.com/docs/paymentGateway/errorList.html */
const codes: Readonly<Record<string, ProviderErrorCode>> = {
  '-9': 'rejected',
  '-10': 'configuration',
  '-11': 'configuration',
  '-12': 'rate_limited',
  '-15': 'configuration',
  '-16': 'configuration',
  '-52': 'no_answer',
  '-53': 'configuration',
};
const notPaidYet = '-51';

export const zarinpal = defineProvider({
  ...zarinpalAbout,
  async check(context) {
    await post(context, 'unVerified', {}, 'read');
  },
  operations: (context) => ({
    async create(order) {
      if (order.returnUrl === undefined)
        throw new ProviderError('rejected', 'Zarinpal needs an address that the payer returns to.');
      const answer = await post(context, 'request', {
        amount: Number(unitsOf(rials(order.amount), 0)),
        currency: 'IRR',
        callback_url: order.returnUrl,
        description: order.description,
        metadata: { mobile: order.customer?.phone, email: order.customer?.email, order_id: order.reference },
      });
      const authority = textAt(answer, 'data.authority');
      return {
        providerReference: authority,
        status: 'pending',
        redirectUrl: `${context.settings['api_url']!.replace(/\/+$/, '')}/pg/StartPay/${encodeURIComponent(authority)}`,
        amount: order.amount,
      };
    },
    async verify(authority, order) {
      try {
        // 100 the first time, 101 ever after.
        await post(context, 'verify', { authority, amount: Number(unitsOf(rials(order.amount), 0)) });
        return { providerReference: authority, status: 'captured', amount: order.amount };
      } catch (error) {
        if (!(error instanceof ProviderError) || error.providerCode !== notPaidYet) throw error;
        return { providerReference: authority, status: await inquire(context, authority) };
      }
    },
  }),
  // The payer's browser brings this and nothing signs it: what counts is what Zarinpal says when it is asked.
  async inbound(context, { query }) {
    const authority = query['Authority'];
    if (authority === undefined || !/^[A-Za-z0-9]{20,64}$/.test(authority))
      refuse('There is no authority in the address.');
    const status = await inquire(context, authority);
    const event: InboundEvent = {
      id: `${authority}-${status}`,
      type: 'payment',
      data: { providerReference: authority, status, returned: query['Status'] },
    };
    return { events: [event] };
  },
});

function rials(amount: Parameters<typeof unitsOf>[0]): Parameters<typeof unitsOf>[0] {
  if (amount.currency !== 'IRR') throw new ProviderError('rejected', `Zarinpal takes IRR, not ${amount.currency}.`);
  return amount;
}

const states: Readonly<Record<string, ProviderPayment['status']>> = {
  // Paid and not verified yet: the gateway gives the money back unless it is verified.
  PAID: 'authorised',
  VERIFIED: 'captured',
  IN_BANK: 'pending',
  FAILED: 'failed',
  REVERSED: 'refunded',
};

/** @see https://www.zarinpal.com/docs/paymentGateway/inquiry.html */
async function inquire(context: ProviderContext, authority: string): Promise<ProviderPayment['status']> {
  const answer = await post(context, 'inquiry', { authority }, 'read');
  const state = states[textAt(answer, 'data.status')];
  if (state === undefined)
    throw new ProviderError('unreadable_answer', 'The payment is in a state that is not documented.');
  return state;
}

async function post(
  context: ProviderContext,
  method: 'request' | 'verify' | 'inquiry' | 'unVerified',
  fields: Record<string, unknown>,
  effect: 'act' | 'read' = 'act',
): Promise<unknown> {
  const client = restClient(context, {
    baseUrl: context.settings['api_url']!,
    errorPaths: { code: ['errors.code'], message: ['errors.message'] },
    codes,
  });
  const answer = await client.json({
    method: 'POST',
    path: `/pg/v4/payment/${method}.json`,
    effect,
    json: { merchant_id: context.settings['merchant_id'], ...fields },
  });
  const code = optionalTextAt(answer, 'data.code');
  if (code === '100' || code === '101') return answer;
  const errorCode = optionalTextAt(answer, 'errors.code') ?? code;
  if (errorCode === undefined) throw new ProviderError('unreadable_answer', 'The answer has no code.');
  throw reportedError(errorCode, optionalTextAt(answer, 'errors.message'), { codes });
}
