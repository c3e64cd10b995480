/** Routes of rejected readings: what devices sent that was not accepted, why, and trying it again after a fix. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { rejectionReasonNames } from '../../../layers/metering/rejection-reasons.ts';
import { rejectedStatuses } from './rejected-entity.ts';

const params = z.object({ id: generatedId('rej') });

const filters = {
  reason: z.optional(z.enum(rejectionReasonNames)),
  status: z.optional(z.enum(rejectedStatuses)),
  meterId: z.optional(externalId()),
  stationId: z.optional(externalId()),
  /** Inclusive. @default seven days before `to` */
  from: z.optional(timestamp()),
  /** Exclusive. @default now */
  to: z.optional(timestamp()),
};

const rejectedSchema = z.object({
  id: z.string(),
  status: z.enum(rejectedStatuses),
  reason: z.enum(rejectionReasonNames),
  /** The reason in the caller's language. */
  message: z.string(),
  detail: z.string(),
  topic: z.string(),
  clientId: z.string(),
  stationId: z.optional(z.string()),
  meterId: z.optional(z.string()),
  receivedAt: utcTime(),
  bytes: z.int(),
  truncated: z.boolean(),
  replayedAt: z.optional(utcTime()),
});

const withPayload = z.extend(rejectedSchema, {
  /** The payload as text, or null when it is none. */
  payload: z.nullable(z.string()),
  payloadBase64: z.string(),
});

export const rejectedReadings = defineResource({
  name: 'rejected-readings',
  base: '/api/billing/rejected-readings',
  title: 'Rejected readings',
  routes: {
    listRejectedReadings: {
      method: 'GET',
      path: '',
      access: 'metering:rejected-readings:read',
      summary: 'List messages that were not accepted, the newest first.',
      description: 'They are kept for 90 days. `from` and `to` may be 31 days apart.',
      query: z.object(filters),
      response: z.array(rejectedSchema),
      paginated: true,
      errors: ['unprocessable'],
    },
    getRejectedReading: {
      method: 'GET',
      path: '/{id}',
      access: 'metering:rejected-readings:read',
      summary: 'Get a rejected message with its payload, of which up to 32 KB are kept.',
      params,
      response: withPayload,
      errors: ['not_found'],
    },
    replayRejectedReading: {
      method: 'POST',
      path: '/{id}/replay',
      access: 'metering:rejected-readings:write',
      summary: 'Try the message again, as if it had just come in at the time it did.',
      params,
      response: rejectedSchema,
      status: 200,
      errors: ['not_found', 'conflict', 'unavailable'],
    },
    replayRejectedReadings: {
      method: 'POST',
      path: '/replay',
      access: 'metering:rejected-readings:write',
      summary: 'Try again all messages that fit the filters, up to 200 at a time.',
      description:
        'With `stationId`, messages that came before the station was registered are tried too. Repeat with `nextCursor` until it is null.',
      body: z.extend(z.omit(z.object(filters), { status: true }), {
        cursor: z.optional(z.string().check(z.maxLength(2048))),
      }),
      response: z.object({
        replayed: z.int(),
        failed: z.int(),
        /** Where to go on; null when all were tried. */
        nextCursor: z.nullable(z.string()),
      }),
      status: 200,
      errors: ['unprocessable'],
    },
  },
});
