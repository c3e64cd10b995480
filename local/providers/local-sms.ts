/** Two local SMS providers of the shapes that docs/providers.md describes: one of JSON, one of a form and bare text. */
import { randomUUID } from 'node:crypto';
import { hmacNotification } from './hmac-notification.ts';
import type { CreateSimulator, SimAnswer } from './types.ts';

const numberPattern = /^\+?\d{9,15}$/;

export const localSms1: CreateSimulator = ({ url, now, record }) => {
  const apiKey = 'simulated-local-1-key';
  const secret = 'simulated-local-1-webhook';
  const sent = new Set<string>();
  const error = (status: number, code: string, message: string): SimAnswer => ({
    status,
    json: { error: { code, message } },
  });
  return {
    provider: 'local_1',
    settings: { api_url: url, api_key: apiKey, sender: 'Mizan', webhook_secret: secret },
    answer({ method, path, headers, json: read }) {
      if (headers['authorization'] !== `Bearer ${apiKey}`)
        return error(401, 'BAD_KEY', `Unknown key ${headers['authorization']}`);
      if (path === '/balance') return { json: { balance: 1000 } };
      if (method === 'POST' && path === '/messages') {
        const { to, text } = read();
        if (!numberPattern.test(to ?? '')) return error(422, 'BAD_NUMBER', 'The number is not valid');
        const id = randomUUID();
        sent.add(id);
        record('message', { id, to, text });
        return { status: 202, json: { id, status: 'QUEUED' } };
      }
      const id = path.replace('/messages/', '');
      return sent.has(id) ? { json: { id, status: 'DELIVERED' } } : error(404, 'NOT_FOUND', 'No such message');
    },
    failure: (kind) =>
      ({
        reject: error(422, 'BAD_NUMBER', 'The number is not valid'),
        unauthorized: error(401, 'BAD_KEY', 'The key is not good'),
        rate_limited: { ...error(429, 'SLOW_DOWN', 'Too many'), headers: { 'retry-after': '7' } },
        error: error(500, 'INTERNAL', 'Internal error'),
      })[kind],
    notification: ({ url: target, id, status = 'DELIVERED' }) =>
      hmacNotification(target, secret, now(), { id: randomUUID(), message_id: id, status }),
  };
};

export const localSms2: CreateSimulator = ({ url, now, record }) => {
  const apiKey = 'simulated-local-2-key';
  const secret = 'simulated-local-2-webhook';
  let next = 5001;
  return {
    provider: 'local_2',
    settings: { api_url: url, api_key: apiKey, auth_scheme: 'api_key', sender: 'Mizan', webhook_secret: secret },
    answer({ method, path, headers, form }) {
      if (headers['x-api-key'] !== apiKey) return { status: 401, text: `ERR 101 bad key ${headers['x-api-key']}` };
      if (path === '/credit') return { text: 'OK 1000' };
      if (method !== 'POST' || path !== '/send') return undefined;
      const to = form().get('to') ?? '';
      if (!numberPattern.test(to)) return { text: 'ERR 103' };
      const id = String(next++);
      record('message', { id, to, text: form().get('message') });
      return { text: `OK ${id}` };
    },
    failure: (kind) =>
      ({
        reject: { text: 'ERR 103' },
        unauthorized: { text: 'ERR 101' },
        rate_limited: { status: 429, text: 'ERR 109', headers: { 'retry-after': '7' } },
        error: { status: 500, text: 'ERR 500' },
      })[kind],
    notification: ({ url: target, id, status = 'DELIVERED' }) =>
      hmacNotification(target, secret, now(), { id: randomUUID(), message_id: id, status }),
  };
};
