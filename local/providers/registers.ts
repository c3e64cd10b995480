/** Seha, Tatman and any HTTP API, as far as the default mappings of docs/providers.md go. It imitates none of them. */
import { randomUUID } from 'node:crypto';
import { hmacNotification } from './hmac-notification.ts';
import type { CreateSimulator, SimAnswer } from './types.ts';

const error = (status: number, code: string, message: string): SimAnswer => ({ status, json: { code, message } });

export const register =
  (
    provider: string,
    own: { path: string; setting?: [key: string, value: string]; operations?: unknown },
  ): CreateSimulator =>
  ({ url, now, record }) => {
    const apiKey = `simulated-${provider}-key-0001`;
    const secret = `simulated-${provider}-webhook-0001`;
    return {
      provider,
      settings: {
        api_url: url,
        api_key: apiKey,
        webhook_secret: secret,
        ...(own.setting ? { [own.setting[0]]: own.setting[1] } : {}),
        ...(own.operations ? { operations: JSON.stringify(own.operations) } : {}),
      },
      answer({ method, path, headers, json: read }) {
        if (headers['authorization'] !== `Bearer ${apiKey}`)
          return error(401, 'UNAUTHORIZED', `Unknown key ${headers['authorization']}`);
        if (method === 'GET' && path === own.path)
          return { json: { id: own.setting?.[1] ?? 'root', status: 'ACTIVE' } };
        if (method !== 'POST' || path !== '/records') return undefined;
        const id = randomUUID();
        record('record', { id, ...read() });
        return { status: 201, json: { id, received: read() } };
      },
      failure: (kind) =>
        ({
          reject: error(422, 'NOT_ELIGIBLE', 'Not eligible'),
          unauthorized: error(403, 'FORBIDDEN', 'Forbidden'),
          rate_limited: { ...error(429, 'TOO_MANY', 'Too many requests'), headers: { 'retry-after': '7' } },
          error: error(500, 'INTERNAL', 'Internal error'),
        })[kind],
      notification: ({ url: target, id, type = 'record.changed' }) =>
        hmacNotification(target, secret, now(), { id, event: type, time: new Date(now()).toISOString() }),
    };
  };
