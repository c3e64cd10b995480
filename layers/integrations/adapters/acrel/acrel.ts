/**
 * Acrel IoT-EMS: readings and commands over its HTTP API by configuration, commands over the MQTT topic of document 000
 * (`acrel/{station}/meter/{id}/command`) where that is chosen, and its five webhooks with their documented bodies.
 */
import { createHash } from 'node:crypto';
import {
  type Delivery,
  defineProvider,
  type InboundEvent,
  type ProviderContext,
  ProviderError,
} from '../../provider.ts';
import { at, optionalTextAt } from '../../read-path.ts';
import { mappingOf } from '../configured/configured-payment.ts';
import { readSigned } from '../configured/inbound.ts';
import type { MappingInput } from '../configured/mapping.ts';
import { runMapping } from '../configured/run-mapping.ts';
import { withBroker } from '../generic-mqtt/publish.ts';
import { acrelAbout } from './about.ts';

const defaults: Readonly<Record<string, MappingInput>> = {
  check: { method: 'GET', path: '/api/v1/meters', query: { limit: '1' } },
  readMeter: {
    method: 'GET',
    path: '/api/v1/meters/{{meterId}}/reading',
    // The fields of the documented webhook.
    result: { meterId: 'meter_id', time: 'timestamp', registerKwh: 'data.reading' },
  },
  command: {
    path: '/api/v1/meters/{{meterId}}/commands',
    body: {
      command: '{{command}}',
      tariff_id: '{{tariffId}}',
      timestamp: '{{timestamp}}',
      source: 'billing_system',
      reference: '{{reference}}',
    },
    result: { providerReference: 'command_id' },
  },
};

type Command = { meterId: string; stationId?: string; command: string; tariffId?: string; reference: string };

export const acrel = defineProvider({
  ...acrelAbout,
  async check(context) {
    await runMapping(context, mappingOf(context, defaults, 'check'), {}, 'read');
    if (context.settings['command_transport'] === 'mqtt') await withBroker(context);
  },
  operations: (context) => ({
    async readMeter(meterId) {
      const { fields, body } = await runMapping(
        context,
        mappingOf(context, defaults, 'readMeter'),
        { meterId },
        'read',
      );
      const { time, registerKwh } = fields;
      if (time === undefined || registerKwh === undefined || !/^\d+(\.\d+)?$/.test(registerKwh))
        throw new ProviderError('unreadable_answer', 'The answer has no time or no register of the meter.');
      const data = at(body, 'data');
      return {
        meterId: fields['meterId'] ?? meterId,
        time,
        registerKwh,
        data: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {},
      };
    },
    command: (order) =>
      context.settings['command_transport'] === 'mqtt'
        ? commandOverMqtt(context, order)
        : commandOverHttp(context, order),
  }),
  inbound: async (context, request) => {
    const body = readSigned(context, request);
    const event = readEvent(body, createHash('sha256').update(request.rawBody).digest('hex'));
    return { events: [event] };
  },
});

async function commandOverHttp(context: ProviderContext, order: Command): Promise<Delivery> {
  const values = { ...order, timestamp: new Date(context.now()).toISOString() };
  const { fields } = await runMapping(context, mappingOf(context, defaults, 'command'), values, 'act');
  return { providerReference: fields['providerReference'] ?? order.reference, status: 'accepted' };
}

async function commandOverMqtt(
  context: ProviderContext,
  { meterId, stationId, command, tariffId, reference }: Command,
): Promise<Delivery> {
  const isPart = (text: string | undefined): text is string => text !== undefined && /^[\w.-]{1,100}$/.test(text);
  if (!isPart(stationId) || !isPart(meterId))
    throw new ProviderError('rejected', 'A command needs a station and a meter.');
  await withBroker(context, {
    topic: `acrel/${stationId}/meter/${meterId}/command`,
    payload: JSON.stringify({
      command,
      ...(tariffId === undefined ? {} : { tariff_id: tariffId }),
      timestamp: new Date(context.now()).toISOString(),
      source: 'billing_system',
    }),
    qos: 1,
  });
  return { providerReference: reference, status: 'accepted' };
}

const types: Readonly<Record<string, InboundEvent['type']>> = {
  meter_reading: 'meter_reading',
  alert: 'meter_alert',
  status_change: 'meter_status',
  disconnect_confirm: 'meter_status',
  reconnect_confirm: 'meter_status',
};

/**
 * The documented bodies carry no id: the same bytes are the same event. What is signed and names no event, meter or time is for
 * the receiver to refuse: it is not the signature that is wrong.
 */
function readEvent(body: unknown, digest: string): InboundEvent {
  const eventType = optionalTextAt(body, 'event_type');
  const occurredAt = optionalTextAt(body, 'timestamp');
  const type = (eventType === undefined ? undefined : types[eventType]) ?? 'other';
  const hasTime = occurredAt !== undefined && !Number.isNaN(Date.parse(occurredAt));
  const { event_type: _type, ...data } =
    body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  return {
    id: optionalTextAt(body, 'id') ?? digest,
    type,
    ...(hasTime ? { occurredAt } : {}),
    data: { ...data, event: eventType },
  };
}
