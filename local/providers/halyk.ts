/** Halyk Bank's ePay: tokens, invoices, statuses and operations. @see https://epayment.kz/en-US/docs/check-status-payment */
import { randomUUID } from 'node:crypto';
import type { CreateSimulator, SimAnswer } from './types.ts';

const clientSecret = 'simulatedHalykSecret01';
const accessToken = 'SIMULATED-HALYK-TOKEN';
const error = (status: number, code: number, message: string): SimAnswer => ({ status, json: { code, message } });

interface Invoice {
  id: string;
  amount: number;
  currency: string;
  status?: 'AUTH' | 'CHARGE' | 'REFUND' | 'FAILED';
}

export const halyk: CreateSimulator = ({ url, record }) => {
  const invoices = new Map<string, Invoice>();
  return {
    provider: 'halyk',
    settings: {
      api_url: url,
      oauth_url: `${url}/oauth2/token`,
      client_id: 'simulated-halyk',
      client_secret: clientSecret,
      shop_id: '04f25a4b-d2bd-4dd8-b3a7-9390be4774c4',
      terminal_id: 'd9d7978c-d6ee-4ec0-8cda-165251a4bf16',
    },
    isPreliminary: ({ path }) => path === '/oauth2/token',
    answer({ method, path, headers, query, json: read, form }) {
      if (path === '/oauth2/token') {
        if (form().get('client_secret') !== clientSecret)
          return {
            status: 401,
            json: { error: 'invalid_client', error_description: `bad client_secret ${form().get('client_secret')}` },
          };
        return {
          json: { access_token: accessToken, expires_in: 7200, scope: form().get('scope'), token_type: 'Bearer' },
        };
      }
      if (headers['authorization'] !== `Bearer ${accessToken}`) return error(401, 1, 'unauthorized');
      if (method === 'POST' && path === '/invoice') {
        const { invoice_id, amount, currency, account_id } = read();
        if (!/^\d{6,15}$/.test(invoice_id) || !(amount > 0)) return error(400, 100, 'wrong invoice');
        if (invoices.has(invoice_id)) return error(400, 101, 'invoice_id is not unique');
        invoices.set(invoice_id, { id: randomUUID(), amount, currency });
        record('payment', { id: invoice_id, amount, currency, reference: account_id });
        return { json: { id: randomUUID(), invoice_id, amount, currency, invoice_url: `${url}/pay/${invoice_id}` } };
      }
      const invoiceId = /^\/check-status\/payment\/transaction\/(\d+)$/.exec(path)?.[1];
      if (invoiceId) {
        const invoice = invoices.get(invoiceId);
        if (!invoice?.status) return { json: { resultCode: '102', resultMessage: 'Transaction not found' } };
        const { id, amount, currency, status } = invoice;
        return {
          json: {
            resultCode: '100',
            resultMessage: 'SUCCESS',
            transaction: { id, invoiceID: invoiceId, amount, currency, statusName: status },
          },
        };
      }
      const operation = /^\/operation\/([^/]+)\/(charge|refund)$/.exec(path);
      const invoice = [...invoices.values()].find(({ id }) => id === operation?.[1]);
      if (!operation || !invoice) return undefined;
      if (operation[2] === 'charge' && invoice.status !== 'AUTH') return error(400, 103, 'wrong state');
      if (operation[2] === 'refund' && invoice.status !== 'CHARGE') return error(400, 103, 'wrong state');
      invoice.status = operation[2] === 'charge' ? 'CHARGE' : 'REFUND';
      record(operation[2]!, { id: invoice.id, amount: query.get('amount') ?? read().amount });
      return { text: '' };
    },
    failure: (kind) =>
      ({
        reject: error(400, 100, 'the invoice was refused'),
        unauthorized: error(403, 7, 'the terminal is not yours'),
        rate_limited: { ...error(429, 8, 'too many requests'), headers: { 'retry-after': '7' } },
        error: error(500, 9, 'internal error'),
      })[kind],
    payerActs(id, outcome) {
      const invoice = invoices.get(id);
      if (invoice) invoice.status = ({ pays: 'CHARGE', authorises: 'AUTH', declines: 'FAILED' } as const)[outcome];
    },
    notification: ({ url: target, id }) => ({
      method: 'POST',
      url: target,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ invoiceId: id, code: 'ok', reason: 'success' }),
    }),
  };
};
