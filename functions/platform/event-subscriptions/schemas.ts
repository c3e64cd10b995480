/** Shapes of the routes of event subscriptions: the columns of the documented tables, and what Mizan adds. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { signatureSchemes } from '../../../layers/webhooks/signing.ts';
import { eventId, eventPattern } from '../events/schemas.ts';
import { additionalHeaders, attemptView, payloadFilter } from '../webhooks/schemas.ts';
import { processingStatuses } from './processing-entity.ts';
import { handlerTypes } from './subscription-entity.ts';

export const subscriptionParams = z.object({ id: generatedId('sub') });
/** Of a row of a queue or function, or of the delivery of a webhook. */
export const logParams = z.object({ id: z.union([generatedId('epl'), generatedId('dlv')]) });

const visibilitySeconds = () => z.int().check(z.gte(1), z.lte(43_200));

const webhookConfig = z
  .strictObject({
    webhookId: z.optional(generatedId('whk')),
    /** Makes an endpoint for the subscription; the answer holds its secret. */
    url: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
    headers: z.optional(additionalHeaders),
    timeoutSeconds: z.optional(z.int().check(z.gte(1), z.lte(30))),
    signature: z.optional(z.enum(signatureSchemes)),
  })
  .check(
    z.refine(
      ({ webhookId, url }) => (webhookId === undefined) !== (url === undefined),
      fieldMessage('Give either "webhookId" or "url".', 'أدخل "webhookId" أو "url" فقط.'),
    ),
    z.refine(
      ({ webhookId, headers, timeoutSeconds, signature }) =>
        webhookId === undefined || (headers ?? timeoutSeconds ?? signature) === undefined,
      fieldMessage('An endpoint that exists has settings of its own.', 'لنقطة الاستقبال الموجودة إعداداتها الخاصة.'),
    ),
  );

export const queueConfig = z.strictObject({
  visibilityTimeoutSeconds: z._default(visibilitySeconds(), 30),
  retentionDays: z._default(z.int().check(z.gte(1), z.lte(14)), 7),
  /** API keys that may empty the queue. People need the permission alone. */
  apiKeyIds: z._default(z.array(generatedId('key')).check(z.maxLength(20)), []),
});

export const functionConfig = z.strictObject({
  function: z.string().check(z.regex(/^[a-z_]{1,50}$/)),
  input: z._default(z.record(z.string(), z.unknown()), {}),
});

const fields = {
  subscriberName: label(100),
  eventType: eventPattern(),
  filterExpression: z.optional(z.nullable(payloadFilter)),
  isActive: z.optional(z.boolean()),
  priority: z.optional(z.int().check(z.gte(-1000), z.lte(1000))),
  maxRetries: z.optional(z.int().check(z.gte(0), z.lte(20))),
  retryDelaySeconds: z.optional(z.int().check(z.gte(1), z.lte(86_400))),
};

export const createSubscriptionBody = z.discriminatedUnion('handlerType', [
  z.strictObject({ ...fields, handlerType: z.literal('webhook'), handlerConfig: webhookConfig }),
  z.strictObject({
    ...fields,
    handlerType: z.literal('queue'),
    handlerConfig: z.prefault(queueConfig, {}),
  }),
  z.strictObject({ ...fields, handlerType: z.literal('function'), handlerConfig: functionConfig }),
]);

/** Fields left out stay as they are. The type of handler stays: delete the subscription and make another. */
export const updateSubscriptionBody = z.strictObject({
  ...fields,
  subscriberName: z.optional(fields.subscriberName),
  eventType: z.optional(fields.eventType),
  handlerConfig: z.optional(z.record(z.string(), z.unknown())),
});

export const listSubscriptionsQuery = z.object({
  handlerType: z.optional(z.enum(handlerTypes)),
  isActive: z.optional(
    z.pipe(
      z.enum(['true', 'false']),
      z.transform((text) => text === 'true'),
    ),
  ),
});

export const subscriptionView = z.object({
  id: z.string(),
  subscriberName: z.string(),
  eventType: z.string(),
  handlerType: z.enum(handlerTypes),
  handlerConfig: z.record(z.string(), z.unknown()),
  filterExpression: z.nullable(z.unknown()),
  isActive: z.boolean(),
  priority: z.int(),
  /** Of a webhook: those of its endpoint. */
  maxRetries: z.int(),
  /** Null for a webhook, which follows the published schedule. */
  retryDelaySeconds: z.nullable(z.int()),
  createdAt: utcTime(),
  createdBy: z.string(),
  updatedAt: utcTime(),
  version: z.int(),
});
/** With the secret of an endpoint that was made for it. */
export const createdSubscriptionView = z.extend(subscriptionView, { secret: z.nullable(z.string()) });

export const reactionView = z.object({
  name: z.string(),
  title: z.object({ en: z.string(), ar: z.string() }),
  summary: z.object({ en: z.string(), ar: z.string() }),
  /** JSON Schema of `handlerConfig.input`, draft 2020-12. */
  inputSchema: z.record(z.string(), z.unknown()),
  ignores: z.array(z.string()),
  example: z.unknown(),
});

export const listLogsQuery = z.object({
  status: z.optional(z.enum(processingStatuses)),
  eventId: z.optional(eventId()),
  from: z.optional(timestamp()),
  to: z.optional(timestamp()),
});

export const logView = z.object({
  id: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  subscriptionId: z.string(),
  status: z.enum(processingStatuses),
  attemptNumber: z.int(),
  /** What the handler gave back; of a webhook its status and the first 4 KiB. */
  response: z.nullable(z.unknown()),
  errorMessage: z.nullable(z.string()),
  startedAt: z.nullable(utcTime()),
  completedAt: z.nullable(utcTime()),
  durationMs: z.nullable(z.int()),
  createdAt: utcTime(),
  nextRetryAt: z.nullable(utcTime()),
  /** Replay job, or `manual`. */
  replay: z.nullable(z.string()),
});
export const logDetail = z.extend(logView, {
  /** Earlier attempts that failed, oldest first. */
  failures: z.array(
    z.object({ attemptNumber: z.int(), errorMessage: z.string(), startedAt: utcTime(), durationMs: z.int() }),
  ),
  /** Attempts of a webhook, with what was sent and answered. */
  attempts: z.nullable(z.array(attemptView)),
});

export const replayRangeBody = z.strictObject({ from: timestamp(), to: timestamp() });

const receipts = z
  .array(z.string().check(z.regex(/^epl_[0-9A-HJKMNP-TV-Z]{26}\.[A-Za-z0-9_-]{22}$/)))
  .check(z.minLength(1), z.maxLength(100));
export const receiveBody = z.optional(
  z.strictObject({
    maxMessages: z._default(z.int().check(z.gte(1), z.lte(100)), 10),
    /** @default the subscription's */
    visibilityTimeoutSeconds: z.optional(visibilitySeconds()),
  }),
);
export const acknowledgeBody = z.strictObject({ receipts });
export const rejectBody = z.strictObject({
  receipts,
  /** @default the subscription's `retryDelaySeconds`, with jitter */
  delaySeconds: z.optional(z.int().check(z.gte(0), z.lte(43_200))),
  /** Kept in the processing log. */
  errorMessage: z.optional(label(500)),
});
export const extendBody = z.strictObject({ receipts, visibilityTimeoutSeconds: visibilitySeconds() });

export const pulledMessage = z.object({
  /** Proves the lease: acknowledge with it. */
  receipt: z.string(),
  attemptNumber: z.int(),
  visibleAgainAt: utcTime(),
  /** The event as a webhook would carry it. */
  message: z.record(z.string(), z.unknown()),
});
export const receiptResult = z.object({
  receipt: z.string(),
  /** `stale`: the lease ran out and the message is somebody else's, or it was settled before. */
  status: z.enum(['acknowledged', 'returned', 'dead', 'extended', 'stale']),
});
export const backlogView = z.object({
  /** Messages that can be received now, and those leased or delayed; each at most a thousand are counted. */
  waiting: z.int(),
  inFlight: z.int(),
  isMore: z.boolean(),
  oldestWaitingSince: z.nullable(utcTime()),
});
