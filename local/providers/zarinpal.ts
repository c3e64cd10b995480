/** Zarinpal's payment gateway, version 4. @see https://www.zarinpal.com/docs/paymentGateway/connectToGateway.html */
import type { CreateSimulator, SimAnswer } from './types.ts';

const merchantId = '1344b5d4-0048-41e8-94db-005056a205be';

const error = (code: number, message: string, status = 200): SimAnswer => ({
  status,
  json: { data: [], errors: { code, message, validations: [] } },
});

interface Payment {
  amount: number;
  state: 'IN_BANK' | 'PAID' | 'VERIFIED' | 'FAILED';
  callbackUrl: string;
}

export const zarinpal: CreateSimulator = ({ url, record }) => {
  const payments = new Map<string, Payment>();
  let next = 1;
  return {
    provider: 'zarinpal',
    settings: { api_url: url, merchant_id: merchantId },
    answer({ path, json: read }) {
      const { merchant_id, amount, authority, callback_url, description, metadata } = read();
      if (merchant_id !== merchantId)
        return error(-10, `Terminal is not valid, please check merchant_id ${merchant_id}`);
      const payment = payments.get(authority);
      switch (path) {
        case '/pg/v4/payment/unVerified.json':
          return { json: { data: { code: 100, message: 'Success', authorities: [] }, errors: [] } };
        case '/pg/v4/payment/request.json': {
          if (!Number.isInteger(amount) || amount < 1000) return error(-9, 'The amount must be at least 1000.');
          if (!callback_url || !description) return error(-9, 'The callback_url field is required.');
          const id = `A${String(next++).padStart(35, '0')}`;
          payments.set(id, { amount, state: 'IN_BANK', callbackUrl: callback_url });
          record('payment', { id, amount, reference: metadata?.order_id });
          return {
            json: {
              data: { code: 100, message: 'Success', authority: id, fee_type: 'Merchant', fee: 100 },
              errors: [],
            },
          };
        }
        case '/pg/v4/payment/verify.json':
          if (!payment) return error(-54, 'Invalid authority.');
          if (payment.amount !== amount) return error(-50, 'Session is not valid, amounts values is not the same.');
          if (payment.state === 'IN_BANK' || payment.state === 'FAILED')
            return error(-51, 'Session is not valid, session is not active paid try.');
          {
            const code = payment.state === 'VERIFIED' ? 101 : 100;
            if (code === 100) record('capture', { id: authority, amount });
            payment.state = 'VERIFIED';
            return {
              json: {
                data: { code, message: code === 100 ? 'Paid' : 'Verified', ref_id: 201, card_pan: '502229******5995' },
                errors: [],
              },
            };
          }
        case '/pg/v4/payment/inquiry.json':
          if (!payment) return error(-54, 'Invalid authority.');
          return { json: { data: { code: 100, message: 'Success', status: payment.state }, errors: [] } };
        default:
          return undefined;
      }
    },
    failure: (kind) =>
      ({
        reject: error(-9, 'The input params invalid, validation error.', 422),
        unauthorized: error(-11, 'Terminal is not active, please contact our support team.'),
        rate_limited: {
          ...error(-12, 'To many attempts, please try again later.', 429),
          headers: { 'retry-after': '7' },
        },
        error: { status: 500, json: {} },
      })[kind],
    payerActs(id, outcome) {
      const payment = payments.get(id);
      if (payment) payment.state = outcome === 'pays' ? 'PAID' : 'FAILED';
    },
    notification: ({ url: target, id, status = 'OK' }) => ({
      method: 'GET',
      url: `${target}${target.includes('?') ? '&' : '?'}Authority=${id}&Status=${status}`,
      headers: {},
      body: '',
    }),
  };
};
