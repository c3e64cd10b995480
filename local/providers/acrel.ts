/** Acrel IoT-EMS: its webhooks with the documented bodies, and an HTTP API of the shape of the default mapping. */
import { randomUUID } from 'node:crypto';
import { hmacNotification } from './hmac-notification.ts';
import type { CreateSimulator, SimAnswer } from './types.ts';

const apiKey = 'simulated-acrel-key-0001';
const secret = 'simulated-acrel-webhook-0001';
const error = (status: number, code: string, message: string): SimAnswer => ({ status, json: { code, message } });

export const acrel: CreateSimulator = ({ url, now, record }) => ({
  provider: 'acrel',
  settings: { api_url: url, api_key: apiKey, webhook_secret: secret },
  answer({ method, path, headers, json: read }) {
    if (headers['authorization'] !== `Bearer ${apiKey}`)
      return error(401, 'UNAUTHORIZED', `Unknown key ${headers['authorization']}`);
    if (method === 'GET' && path === '/api/v1/meters') return { json: { meters: ['ACR-001234'] } };
    const [, meterId = '', what] = /^\/api\/v1\/meters\/([^/]+)\/(reading|commands)$/.exec(path) ?? [];
    if (meterId && !meterId.startsWith('ACR-')) return error(404, 'NO_METER', 'There is no such meter');
    if (what === 'reading') return { json: { ...reading(meterId, now()) } };
    if (what !== 'commands') return undefined;
    const { command } = read();
    if (!['relay_on', 'relay_off', 'set_tariff'].includes(command))
      return error(422, 'NO_COMMAND', 'There is no such command');
    const id = randomUUID();
    record('command', { id, meterId, ...read() });
    return { status: 202, json: { command_id: id } };
  },
  failure: (kind) =>
    ({
      reject: error(409, 'METER_OFFLINE', 'The meter is offline'),
      unauthorized: error(403, 'FORBIDDEN', 'Forbidden'),
      rate_limited: { ...error(429, 'TOO_MANY', 'Too many requests'), headers: { 'retry-after': '7' } },
      error: error(500, 'INTERNAL', 'Internal error'),
    })[kind],
  // Document 000 has an address for each type of event.
  callbackAddress: (base, { type = 'meter_reading' }) => `${base}/${type.replaceAll('_', '-')}`,
  notification({ url: target, id, type = 'meter_reading', status = 'disconnected' }) {
    const common = { event_type: type, timestamp: new Date(now()).toISOString(), meter_id: id };
    const bodies: Record<string, object> = {
      meter_reading: reading(id, now()),
      alert: {
        ...common,
        alert_type: 'over_voltage',
        severity: 'warning',
        value: 245.5,
        threshold: 240.0,
        message: 'Voltage exceeded threshold',
      },
      status_change: { ...common, previous_status: 'connected', new_status: status, reason: 'remote_command' },
    };
    return hmacNotification(target, secret, now(), bodies[type] ?? { ...common, status });
  },
});

function reading(meterId: string, nowMs: number) {
  return {
    event_type: 'meter_reading',
    timestamp: new Date(nowMs).toISOString(),
    meter_id: meterId,
    meter_type: 'ADL200',
    data: { reading: 15234.56, consumption: 125.5, voltage: 220.5, current: 15.2, power_factor: 0.95 },
  };
}
