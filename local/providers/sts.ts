/**
 * A vending server that makes numbers of twenty digits in the shape of STS tokens. They are digests of the order: no
 * vending key exists here, no algorithm of IEC 62055-41 is run, and no meter takes them.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { CreateSimulator, SimAnswer } from './types.ts';

const apiKey = 'simulated-sts-vendor-key';
const error = (status: number, code: string, message: string): SimAnswer => ({
  status,
  json: { error: { code, message } },
});
/** Of every unit of money, for lack of a tariff. */
const kwhPerUnit = 0.5;

interface Transaction {
  transaction_id: string;
  reference: string;
  meter_number: string;
  tokens: string[];
  energy_kwh?: string;
  amount?: string;
  currency?: string;
  reversed: boolean;
}

export const sts: CreateSimulator = ({ url, record }) => {
  const transactions = new Map<string, Transaction>();
  const token = (seed: string): string =>
    String(createHash('sha256').update(seed).digest().readBigUInt64BE(0)).padStart(20, '0').slice(0, 20);
  return {
    provider: 'sts',
    settings: { api_url: url, api_key: apiKey },
    answer({ method, path, headers, query, json: read }) {
      if (headers['authorization'] !== `Bearer ${apiKey}`)
        return error(401, 'VENDOR_BLOCKED', `Unknown key ${headers['authorization']}`);
      if (method === 'GET' && path === '/vendor') return { json: { vendor: 'simulated', status: 'ACTIVE' } };
      if (method === 'GET' && path === '/transactions') {
        const found = transactions.get(query.get('reference') ?? '');
        return found ? { json: found } : error(404, 'NOT_FOUND', 'There is no such transaction');
      }
      const kind = /^\/tokens\/([a-z-]+)$/.exec(path)?.[1];
      if (method === 'POST' && kind) {
        const { reference, meter_number, amount, currency, energy_kwh } = read();
        const known = transactions.get(reference);
        if (known) return { json: known };
        if (!/^\d{11,13}$/.test(meter_number ?? '')) return error(422, 'UNKNOWN_METER', 'The meter is not known');
        if (kind === 'credit' && !(Number(amount) > 0) && !(Number(energy_kwh) > 0))
          return error(422, 'NO_AMOUNT', 'Nothing to sell');
        // A change of key takes two tokens.
        const count = kind === 'key-change' ? 2 : 1;
        const made: Transaction = {
          transaction_id: randomUUID(),
          reference,
          meter_number,
          tokens: Array.from({ length: count }, (_, index) => token(`${kind} ${reference} ${index}`)),
          ...(kind === 'credit' ? { energy_kwh: energy_kwh ?? (Number(amount) * kwhPerUnit).toFixed(1) } : {}),
          ...(amount ? { amount, currency } : {}),
          reversed: false,
        };
        transactions.set(reference, made);
        record('token', { ...made, kind });
        return { status: 201, json: made };
      }
      const id = /^\/transactions\/([^/]+)\/reversal$/.exec(path)?.[1];
      const found = [...transactions.values()].find(({ transaction_id }) => transaction_id === id);
      if (!id || method !== 'POST') return undefined;
      if (!found) return error(404, 'NOT_FOUND', 'There is no such transaction');
      found.reversed = true;
      record('reversal', { id });
      return { json: { reversed: true } };
    },
    failure: (kind) =>
      ({
        reject: error(422, 'DAILY_LIMIT', 'The limit of the day is reached'),
        unauthorized: error(403, 'VENDOR_BLOCKED', 'The vendor is blocked'),
        rate_limited: { ...error(429, 'BUSY', 'Too many requests'), headers: { 'retry-after': '7' } },
        error: error(500, 'INTERNAL', 'The security module does not answer'),
      })[kind],
  };
};
