/** What endpoints of partners receive, from the declaration of an event. */
import type { EventDefinition } from '../events/define-event.ts';
import { type Json, toSchema } from './to-schema.ts';

export const webhookTag = { name: 'Webhook messages', description: 'What endpoints of partners receive.' };

export function webhookOf(event: EventDefinition<string, any>): Json {
  const envelope = {
    type: 'object',
    required: ['type', 'timestamp', 'data'],
    properties: {
      type: { const: event.type },
      timestamp: { type: 'string', format: 'date-time' },
      data: toSchema(event.payload, 'output'),
    },
  };
  return {
    post: {
      operationId: `on_${event.type.replaceAll('.', '_')}`,
      summary: event.summary.en,
      description: `${event.summary.en}\n\n${event.summary.ar}\n\nPublished by \`${event.source}\`, schema version ${event.schemaVersion}, aggregate \`${event.aggregateType}\`. Signed as Standard Webhooks prescribes.`,
      tags: [webhookTag.name],
      security: [],
      requestBody: {
        content: {
          'application/json': {
            schema: envelope,
            example: { type: event.type, timestamp: '2026-01-01T00:00:00.000Z', data: event.example },
          },
        },
      },
      responses: {
        '2XX': { $ref: '#/components/responses/Received' },
        '4XX': { $ref: '#/components/responses/NotReceived' },
      },
    },
  };
}

export const webhookResponses: Json = {
  Received: { description: 'Received.' },
  NotReceived: {
    description: 'Not received: it will be sent again, except for 410, which disables the endpoint.',
  },
};
