/** Shapes of the webhook routes: the columns of the documented table, and what Mizan adds. */

import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { filterProblems, type PayloadFilter } from '../../../layers/webhooks/payload-filter.ts';
import { retryDelaysSeconds } from '../../../layers/webhooks/retry-schedule.ts';
import { signatureSchemes } from '../../../layers/webhooks/signing.ts';
import { eventId, eventPattern } from '../events/schemas.ts';

export const webhookParams = z.object({ id: generatedId('whk') });
export const deliveryParams = z.object({ id: generatedId('dlv') });

export const payloadFilter = z.custom<PayloadFilter>().check((input) => {
  for (const { path, message } of filterProblems(input.value))
    input.issues.push({ code: 'custom', message, path: path.split('/').slice(1), input: input.value });
});

/** Header names are tokens (RFC 9110, section 5.6.2); values hold no control characters, or are the mask they are shown as. */
const headerName = z
  .string()
  .check(z.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, fieldMessage('Not a header name.', 'ليس اسم ترويسة.')));
const headerValue = z
  .string()
  .check(
    z.maxLength(1000),
    z.regex(/^(?:[\t\x20-\x7e]*|•••)$/, fieldMessage('Use visible ASCII characters.', 'استخدم محارف ASCII ظاهرة.')),
  );

/** Names the signature, the transport or the message itself depend on. */
const ownHeaders =
  /^(webhook-.*|mizan-.*|content-.*|host|connection|transfer-encoding|te|trailer|upgrade|keep-alive|expect|date|user-agent|proxy-.*|accept-encoding)$/i;

export const additionalHeaders = z.record(headerName, headerValue).check(
  z.refine((value) => Object.keys(value).length <= 20, fieldMessage('At most 20 headers.', '20 ترويسة على الأكثر.')),
  z.refine(
    (value) => JSON.stringify(value).length <= 3500,
    fieldMessage('All headers together have at most 3,500 characters.', 'مجموع الترويسات 3,500 حرف على الأكثر.'),
  ),
  z.refine((value) => !Object.keys(value).some((name) => ownHeaders.test(name)), {
    error: 'Mizan sets content-*, webhook-*, mizan-* and transport headers itself.',
  }),
);

const fields = {
  name: label(200),
  description: z.optional(z.nullable(label(2000))),
  url: z.string().check(z.minLength(1), z.maxLength(500)),
  subscribedEvents: z.array(eventPattern()).check(z.minLength(1), z.maxLength(50)),
  /** EventBridge pattern over the payload, the `data` of a message. */
  filter: z.optional(z.nullable(payloadFilter)),
  headers: z.optional(z.nullable(additionalHeaders)),
  isActive: z._default(z.boolean(), true),
  timeoutSeconds: z._default(z.int().check(z.gte(1), z.lte(30)), 30),
  maxRetries: z._default(z.int().check(z.gte(0), z.lte(retryDelaysSeconds.length)), 3),
  batch: z.optional(
    z.nullable(
      z.object({
        maxEvents: z.int().check(z.gte(2), z.lte(100)),
        maxWaitSeconds: z.int().check(z.gte(1), z.lte(300)),
      }),
    ),
  ),
  ordering: z._default(z.enum(['none', 'aggregate']), 'none'),
  rateLimitPerSecond: z.optional(z.nullable(z.number().check(z.gte(0.1), z.lte(1000)))),
};

export const createWebhookBody = z.strictObject({ ...fields, signature: z._default(z.enum(signatureSchemes), 'hmac') });

/** Fields left out stay as they are; `null` removes one. The signature scheme cannot change: receivers depend on it. */
export const updateWebhookBody = z.strictObject({
  ...fields,
  name: z.optional(fields.name),
  url: z.optional(fields.url),
  subscribedEvents: z.optional(fields.subscribedEvents),
  isActive: z.optional(z.boolean()),
  timeoutSeconds: z.optional(z.int().check(z.gte(1), z.lte(30))),
  maxRetries: z.optional(z.int().check(z.gte(0), z.lte(retryDelaysSeconds.length))),
  ordering: z.optional(z.enum(['none', 'aggregate'])),
});

export const webhookView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.nullable(z.string()),
  url: z.string(),
  subscribedEvents: z.array(z.string()),
  filter: z.nullable(z.unknown()),
  /** Values are not shown again. */
  headers: z.record(z.string(), z.string()),
  isActive: z.boolean(),
  timeoutSeconds: z.int(),
  maxRetries: z.int(),
  batch: z.nullable(z.object({ maxEvents: z.int(), maxWaitSeconds: z.int() })),
  ordering: z.enum(['none', 'aggregate']),
  rateLimitPerSecond: z.nullable(z.number()),
  signature: z.enum(signatureSchemes),
  /** Until when a secret of before signs too. */
  previousSecretValidUntil: z.nullable(utcTime()),
  disabledReason: z.nullable(z.enum(['gone', 'failing_for_days', 'messages_exhausted', 'manual'])),
  disabledAt: z.nullable(utcTime()),
  lastTriggeredAt: z.nullable(utcTime()),
  lastStatus: z.nullable(z.enum(['success', 'failed'])),
  consecutiveFailures: z.int(),
  createdAt: utcTime(),
  createdBy: z.string(),
  updatedAt: utcTime(),
  version: z.int(),
});

/** `whsec_…` for HMAC; for Ed25519 the public key `whpk_…`: the private one never leaves Mizan. */
export const secretView = z.object({ secret: z.string(), signature: z.enum(signatureSchemes) });
export const createdWebhookView = z.extend(webhookView, { secret: z.string() });
export const rotatedView = z.extend(secretView, { previousSecretValidUntil: z.nullable(utcTime()) });
export const rotateBody = z.strictObject({
  /** How long the old secret signs beside the new one; 0 ends it, and those before it, at once. */
  overlapSeconds: z._default(z.int().check(z.gte(0), z.lte(7 * 86_400)), 86_400),
});

export const testBody = z.strictObject({
  /** @default the first type the endpoint subscribes to */
  eventType: z.optional(z.string().check(z.maxLength(100))),
});
export const recoverBody = z.strictObject({ since: timestamp(), until: z.optional(timestamp()) });

const attemptFields = {
  attemptNumber: z.int(),
  requestUrl: z.string(),
  /** Values of the endpoint's own headers are masked. */
  requestHeaders: z.record(z.string(), z.string()),
  responseStatus: z.nullable(z.int()),
  responseHeaders: z.nullable(z.record(z.string(), z.string())),
  /** The first 4 KiB. */
  responseBody: z.nullable(z.string()),
  durationMs: z.nullable(z.int()),
  errorMessage: z.nullable(z.string()),
  attemptedAt: z.nullable(utcTime()),
};

export const attemptView = z.object(attemptFields);

export const deliveryView = z.object({
  id: z.string(),
  webhookId: z.string(),
  /** The `webhook-id` header: the event's id, or the batch's. */
  eventId: z.string(),
  eventType: z.string(),
  /** Events of a batch. */
  eventIds: z.nullable(z.array(z.string())),
  ...attemptFields,
  status: z.enum(['pending', 'success', 'failed']),
  /** Set while another attempt is planned. */
  nextRetryAt: z.nullable(utcTime()),
  /** Replay job, or `manual`. */
  replay: z.nullable(z.string()),
  isTest: z.boolean(),
  createdAt: utcTime(),
});

export const deliveryDetail = z.extend(deliveryView, {
  /** Null when the event has left the log. */
  requestBody: z.nullable(z.unknown()),
  attempts: z.array(attemptView),
});

export const listDeliveriesQuery = z.object({
  status: z.optional(z.enum(['pending', 'success', 'failed'])),
  eventType: z.optional(eventPattern()),
  eventId: z.optional(eventId()),
  from: z.optional(timestamp()),
  to: z.optional(timestamp()),
});

export const listWebhooksQuery = z.object({
  isActive: z.optional(
    z.pipe(
      z.enum(['true', 'false']),
      z.transform((text) => text === 'true'),
    ),
  ),
});

export const statsQuery = z.object({ from: z.optional(timestamp()), to: z.optional(timestamp()) });
const counts = {
  successes: z.int(),
  failures: z.int(),
  exhausted: z.int(),
  averageDurationMs: z.nullable(z.int()),
  /** Upper bounds of the histogram step the percentile lies in; null beyond 10 s. */
  p50DurationMs: z.nullable(z.int()),
  p95DurationMs: z.nullable(z.int()),
};
export const statsView = z.object({
  ...counts,
  successRate: z.nullable(z.number()),
  hours: z.array(z.object({ hour: utcTime(), ...counts })),
});

export const scheduleView = z.object({
  retryDelaysSeconds: z.array(z.int()),
  jitterRatio: z.number(),
  longestRetryAfterSeconds: z.int(),
  disabling: z.object({
    failingForSeconds: z.int(),
    exhaustedInARow: z.int(),
    exhaustedForSeconds: z.int(),
    statusGone: z.int(),
  }),
});
