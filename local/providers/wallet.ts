/**
 * A wallet of the shape that the default mapping of docs/providers.md describes, for the providers that publish no API:
 * Kuraimi, Jawali, Cash and Kaspi. It imitates none of them.
 */
import { randomUUID } from 'node:crypto';
import { hmacNotification } from './hmac-notification.ts';
import type { CreateSimulator, SimAnswer } from './types.ts';

const error = (status: number, code: string, message: string): SimAnswer => ({
  status,
  json: { error: { code, message } },
});

interface Payment {
  id: string;
  reference: string;
  amount: string;
  currency: string;
  status: string;
}

export const wallet =
  (provider: string): CreateSimulator =>
  ({ url, now, record }) => {
    const apiKey = `simulated-${provider}-key-0001`;
    const secret = `simulated-${provider}-webhook-0001`;
    const payments = new Map<string, Payment>();
    const refunds = new Set<string>();
    const view = (payment: Payment) => ({ payment: { ...payment, redirect_url: `${url}/pay/${payment.id}` } });
    return {
      provider,
      settings: { api_url: url, api_key: apiKey, webhook_secret: secret, merchant_id: '100200' },
      answer({ method, path, headers, query, json: read }) {
        if (headers['authorization'] !== `Bearer ${apiKey}`)
          return error(401, 'INVALID_CREDENTIALS', `Unknown key ${headers['authorization']}`);
        if (method === 'GET' && path === '/merchant') return { json: { merchant: '100200', status: 'ACTIVE' } };
        if (method === 'POST' && path === '/payments') {
          const { reference, amount, currency } = read();
          if (!reference || !/^\d+(\.\d+)?$/.test(amount ?? ''))
            return error(400, 'INVALID_REQUEST', 'reference and amount are needed');
          const known = [...payments.values()].find((payment) => payment.reference === reference);
          if (known) return { json: view(known) };
          const payment = { id: randomUUID(), reference, amount, currency, status: 'PENDING' };
          payments.set(payment.id, payment);
          record('payment', { ...payment });
          return { status: 201, json: view(payment) };
        }
        if (method === 'GET' && path === '/payments') {
          const wanted = query.get('reference');
          const found = [...payments.values()].find((payment) => payment.reference === wanted);
          return found ? { json: view(found) } : error(404, 'NOT_FOUND', 'There is no such payment');
        }
        const [, id = '', action] = /^\/payments\/([^/]+)(\/refunds)?$/.exec(path) ?? [];
        const payment = payments.get(id);
        if (!payment) return error(404, 'NOT_FOUND', 'There is no such payment');
        if (method === 'GET') return { json: view(payment) };
        if (!action) return undefined;
        const { reference, amount } = read();
        if (!refunds.has(reference)) {
          if (payment.status !== 'PAID') return error(409, 'WRONG_STATE', 'Only a paid payment is refunded');
          refunds.add(reference);
          payment.status = Number(amount) < Number(payment.amount) ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
          record('refund', { id, amount, reference });
        }
        return { json: view(payment) };
      },
      failure: (kind) =>
        ({
          reject: error(422, 'INSUFFICIENT_BALANCE', 'The balance is too low'),
          unauthorized: error(403, 'INVALID_CREDENTIALS', 'The key is not good'),
          rate_limited: { ...error(429, 'BUSY', 'Too many requests'), headers: { 'retry-after': '7' } },
          error: error(500, 'INTERNAL', 'Internal error'),
        })[kind],
      payerActs(id, outcome, amount) {
        const payment = payments.get(id);
        if (payment) Object.assign(payment, { status: outcome === 'pays' ? 'PAID' : 'FAILED' }, amount && { amount });
      },
      notification({ url: target, id }) {
        const payment = payments.get(id);
        const body = {
          id: randomUUID(),
          time: new Date(now()).toISOString(),
          payment: payment ?? { id, status: 'PAID' },
        };
        return hmacNotification(target, secret, now(), body);
      },
    };
  };
