/** Shapes of the event log's routes. */

import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { isEventPattern } from '../../../layers/webhooks/event-pattern.ts';

export const eventPattern = () =>
  z
    .string()
    .check(
      z.refine(
        isEventPattern,
        fieldMessage('Use an event type, "<name>.*" or "*".', 'استخدم نوع حدث أو "<name>.*" أو "*".'),
      ),
    );

/** Ids of events are `evt_<ulid>`, or what the publisher made them to recognise a repetition. */
export const eventId = () => z.string().check(z.minLength(1), z.maxLength(200));

export const eventParams = z.object({ id: eventId() });

export const listEventsQuery = z.object({
  type: z.optional(eventPattern()),
  source: z.optional(label(50)),
  aggregateType: z.optional(label(50)),
  aggregateId: z.optional(label(200)),
  correlationId: z.optional(label(200)),
  from: z.optional(timestamp()),
  to: z.optional(timestamp()),
});

export const eventView = z.object({
  id: z.string(),
  eventType: z.string(),
  eventSource: z.string(),
  aggregateType: z.string(),
  aggregateId: z.string(),
  /** Null in lists when it is longer than 16 KB; the single event has it. */
  payload: z.unknown(),
  payloadOmitted: z.boolean(),
  metadata: z.record(z.string(), z.unknown()),
  correlationId: z.string(),
  causationId: z.nullable(z.string()),
  schemaVersion: z.int(),
  status: z.enum(['pending', 'processing', 'completed', 'failed']),
  processedAt: utcTime(),
  createdAt: utcTime(),
  eventDate: z.string(),
});

const nodeFields = {
  id: z.string(),
  eventType: z.string(),
  eventSource: z.string(),
  aggregateType: z.string(),
  aggregateId: z.string(),
  createdAt: utcTime(),
  /** Whether this is the event that was asked for. */
  isSubject: z.boolean(),
};

export interface CausationNode {
  id: string;
  eventType: string;
  eventSource: string;
  aggregateType: string;
  aggregateId: string;
  createdAt: string;
  isSubject: boolean;
  causes: CausationNode[];
}

export const causationView = z.object({
  correlationId: z.string(),
  /** Whether events of the correlation were left out because there are too many. */
  truncated: z.boolean(),
  /** The events nobody caused, each with what it caused, recursively in `causes`. */
  roots: z.array(z.object({ ...nodeFields, causes: z.array(z.unknown()) })),
});

export const catalogEntry = z.object({
  type: z.string(),
  source: z.string(),
  schemaVersion: z.int(),
  aggregateType: z.string(),
  summary: z.object({ en: z.string(), ar: z.string() }),
  /** JSON Schema, draft 2020-12. */
  schema: z.record(z.string(), z.unknown()),
  example: z.unknown(),
});

export const settingsView = z.object({ retentionDays: z.int() });
export const settingsBody = z.object({ retentionDays: z.int().check(z.gte(1), z.lte(3650)) });

export const replayBody = z.object({
  webhookId: generatedId('whk'),
  from: timestamp(),
  to: timestamp(),
  /** @default what the endpoint subscribes to */
  types: z.optional(z.array(eventPattern()).check(z.minLength(1), z.maxLength(50))),
});

export const replayParams = z.object({ id: generatedId('rpl') });

export const replayView = z.object({
  id: z.string(),
  /** Null when it goes to a queue or a function. */
  webhookId: z.nullable(z.string()),
  /** The event subscription it is for, if it was started for one. */
  subscriptionId: z.nullable(z.string()),
  /** `recover` sends only what was never delivered. */
  mode: z.enum(['replay', 'recover']),
  from: utcTime(),
  to: utcTime(),
  types: z.nullable(z.array(z.string())),
  status: z.enum(['queued', 'running', 'completed', 'cancelled', 'failed']),
  /** Events read so far, and those among them that were queued for the endpoint. */
  eventsRead: z.int(),
  eventsQueued: z.int(),
  /** Time of the last event read. */
  progressAt: z.nullable(utcTime()),
  errorMessage: z.nullable(z.string()),
  createdAt: utcTime(),
  createdBy: z.string(),
  finishedAt: z.nullable(utcTime()),
  version: z.int(),
});
