/**
 * SMS over a local provider's HTTP interface. The first speaks JSON by default, the second a form and bare text such as
 * `OK 123`: between them they show both shapes that such providers have, and the mapping takes any other.
 */
import {
  type Delivery,
  defineProvider,
  type ProviderAbout,
  type ProviderDefinition,
  ProviderError,
} from '../../provider.ts';
import { mappingOf } from '../configured/configured-payment.ts';
import { type InboundMappingInput, readMappedEvent } from '../configured/inbound.ts';
import { type MappingInput, readMappings } from '../configured/mapping.ts';
import { runMapping } from '../configured/run-mapping.ts';
import { localSms1About, localSms2About } from './about.ts';

type Mappings = Readonly<Record<string, MappingInput>>;
const statusValues = { QUEUED: 'accepted', SENT: 'sent', DELIVERED: 'delivered', FAILED: 'failed' };

const jsonMapping: Mappings = {
  check: { method: 'GET', path: '/balance' },
  send: {
    path: '/messages',
    body: { to: '{{to}}', from: '{{settings.sender}}', text: '{{text}}', reference: '{{reference}}' },
    result: { providerReference: 'id', status: 'status' },
    values: { status: statusValues },
    error: { code: 'error.code', message: 'error.message' },
  },
  status: {
    method: 'GET',
    path: '/messages/{{providerReference}}',
    result: { providerReference: 'id', status: 'status' },
    values: { status: statusValues },
  },
};

const textErrors = { 'ERR 101': 'configuration', 'ERR 103': 'rejected', 'ERR 109': 'rate_limited' } as const;

const textMapping: Mappings = {
  check: {
    method: 'GET',
    path: '/credit',
    answer: 'text',
    success: { path: 'text', startsWith: 'OK' },
    error: { startsWith: 'ERR' },
    errors: textErrors,
  },
  send: {
    path: '/send',
    encoding: 'form',
    answer: 'text',
    body: { to: '{{to}}', sender: '{{settings.sender}}', message: '{{text}}' },
    success: { path: 'text', startsWith: 'OK' },
    result: { providerReference: 'text' },
    error: { startsWith: 'ERR' },
    errors: textErrors,
  },
};

const inbound: InboundMappingInput = {
  id: 'id',
  type: 'delivery',
  data: { providerReference: 'message_id', status: 'status' },
  values: { status: statusValues },
};

function localSms(about: ProviderAbout<'sms'>, defaults: Mappings): ProviderDefinition<'sms'> {
  return defineProvider({
    ...about,
    async check(context) {
      await runMapping(context, mappingOf(context, defaults, 'check'), {}, 'read');
    },
    operations: (context) => {
      const mappings = readMappings(context.settings['operations'], defaults);
      const { send, status } = mappings;
      if (send === undefined) throw new ProviderError('configuration', 'The mapping has no operation "send".');
      return {
        send: async (message) => deliveryOf((await runMapping(context, send, { ...message }, 'message')).fields),
        ...(status === undefined
          ? {}
          : {
              status: async (providerReference: string) =>
                deliveryOf((await runMapping(context, status, { providerReference }, 'read')).fields),
            }),
      };
    },
    inbound: async (context, request) => ({ events: [readMappedEvent(context, request, inbound)] }),
  });
}

function deliveryOf(fields: Record<string, string>): Delivery {
  // Of an answer such as "OK 123" the last word is the id.
  const providerReference = fields['providerReference']?.split(/\s+/).at(-1);
  const status = fields['status'] ?? 'accepted';
  if (!providerReference || !['accepted', 'sent', 'delivered', 'failed'].includes(status))
    throw new ProviderError('unreadable_answer', 'The answer has no id or no status of a message.');
  return { providerReference, status: status as Delivery['status'] };
}

export const localSms1 = localSms(localSms1About, jsonMapping);
export const localSms2 = localSms(localSms2About, textMapping);
