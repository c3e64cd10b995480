/** Reaction `call_http`: calls an operation of a generic HTTP integration with the event, so that a partner's API needs no code of ours. */
import * as z from 'zod/mini';
import { generatedId } from '../../../../layers/kernel/schema/common.ts';
import { fillTemplate } from './fill-template.ts';
import { defineReaction, templateText } from './reaction.ts';

const maxAnswer = 2000;

export const callHttp = defineReaction({
  name: 'call_http',
  title: { en: 'Call an HTTP integration', ar: 'استدعاء تكامل HTTP' },
  summary: {
    en: 'Calls an operation of an HTTP integration; the parameters come from the event.',
    ar: 'يستدعي عملية من تكامل HTTP بمعاملات من الحدث.',
  },
  input: z.strictObject({
    integrationId: generatedId('int'),
    operation: z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,100}$/)),
    parameters: z._default(z.record(z.string().check(z.maxLength(100)), templateText(1000)), {}),
  }),
  ignores: ['integration.*', 'webhook.*'],
  example: {
    integrationId: 'int_01JGFJJZ00ABCDEFGHJKMNPQRS',
    operation: 'create_ticket',
    parameters: { title: '{type} {aggregateId}' },
  },
  run: async ({ session, input, event, reference }) => {
    const { operation, integrationId } = input;
    const parameters = Object.fromEntries(
      Object.entries(input.parameters).map(([name, text]) => [name, fillTemplate(text, event)]),
    );
    // Loaded with the first call: the dispatcher reads this file for its name alone.
    const { callProvider } = await import('../../provider-calls/call-provider.ts');
    const { provider, value } = await callProvider(
      session,
      'http',
      'call',
      [{ operation, parameters, reference }],
      reference,
      { integrationId },
    );
    return { provider, status: value.status, answer: JSON.stringify(value.data ?? null).slice(0, maxAnswer) };
  },
});
