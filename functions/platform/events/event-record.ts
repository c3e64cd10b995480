/**
 * How an event is kept. The row is found by id, by time and by aggregate; a small pointer beside it is found by
 * correlation and by type. No key concentrates a tenant's events: lists by time are timelines.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { EventEnvelope, EventMetadata } from '../../../layers/kernel/events/envelope.ts';
import { type Position, timelineKey } from '../timeline/timeline.ts';

export interface EventPointer {
  id: string;
  eventType: string;
  eventSource: string;
  aggregateType: string;
  aggregateId: string;
  correlationId: string;
  /** Absent when no event caused this one. */
  causationId?: string;
  /** When it happened. */
  createdAt: string;
  /** Seconds since the epoch. */
  retainUntil: number;
}

export interface EventRow extends EventPointer {
  schemaVersion: number;
  metadata: EventMetadata;
  /** The bus has delivered it, so what is in the log is complete. */
  status: 'completed';
  /** When the log took it. */
  processedAt: string;
  /** JSON text, or gzip of it when that is long. Absent when the payload lies in parts. */
  payload?: string | Uint8Array;
  /** Number of rows that hold the compressed payload, when one cannot. */
  parts?: number;
}

export interface EventPart {
  id: string;
  part: number;
  bytes: Uint8Array;
  retainUntil: number;
}

export const eventsTimeline = ['EVENTS'] as const;
export const typeTimeline = (type: string) => ['EVENTS-OF-TYPE', type] as const;
export const aggregatePartition = (type: string, id: string) => ['EVENTS-OF-AGGREGATE', type, id] as const;
export const correlationPartition = (id: string) => ['CORRELATION', id] as const;

export const positionOf = ({ createdAt, id }: { createdAt: string; id: string }): Position => [createdAt, id];

export const eventEntity = defineEntity<EventRow>()({
  name: 'event',
  table: 'platform',
  key: ({ id }) => ({ pk: ['EVENT', id], sk: ['EVENT'] }),
  indexes: {
    gsi1: (row) => timelineKey(eventsTimeline, positionOf(row)),
    gsi2: (row) => ({ pk: aggregatePartition(row.aggregateType, row.aggregateId), sk: positionOf(row) }),
  },
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

export const eventPointerEntity = defineEntity<EventPointer, EventPointer>()({
  name: 'event pointer',
  table: 'platform',
  key: (row) => ({ pk: correlationPartition(row.correlationId), sk: positionOf(row) }),
  indexes: { gsi1: (row) => timelineKey(typeTimeline(row.eventType), positionOf(row)) },
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

export const eventPartEntity = defineEntity<EventPart, { id: string; part: number }>()({
  name: 'event part',
  table: 'platform',
  key: ({ id, part }) => ({ pk: ['EVENT', id], sk: ['PART', String(part).padStart(3, '0')] }),
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

/** Longer payloads are compressed: a write costs by the kilobyte. */
const compressFromBytes = 4096;
/** DynamoDB takes 400 KB in an item; the rest is for the other attributes. */
const partBytes = 350_000;

export interface StoredEvent {
  row: EventRow;
  pointer: EventPointer;
  parts: EventPart[];
}

export function toStoredEvent(event: EventEnvelope, retentionDays: number, now: string): StoredEvent {
  const createdAt = event.occurredAt || now;
  const pointer: EventPointer = {
    id: event.id,
    eventType: event.type,
    eventSource: event.source,
    aggregateType: event.aggregateType,
    aggregateId: event.aggregateId,
    correlationId: event.correlationId || event.id,
    ...(event.causationId ? { causationId: event.causationId } : {}),
    createdAt,
    retainUntil: Math.floor(Date.parse(now) / 1000) + retentionDays * 86_400,
  };
  const row: EventRow = {
    ...pointer,
    schemaVersion: event.schemaVersion,
    metadata: event.metadata,
    status: 'completed',
    processedAt: now,
  };
  const text = JSON.stringify(event.payload);
  if (text.length < compressFromBytes) return { row: { ...row, payload: text }, pointer, parts: [] };
  const bytes = gzipSync(text);
  if (bytes.length <= partBytes) return { row: { ...row, payload: bytes }, pointer, parts: [] };
  const parts = Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, part) => ({
    id: event.id,
    part,
    bytes: bytes.subarray(part * partBytes, (part + 1) * partBytes),
    retainUntil: pointer.retainUntil,
  }));
  return { row: { ...row, parts: parts.length }, pointer, parts };
}

/** JSON text of the payload, as it was published. */
export function payloadText(row: EventRow, parts: readonly EventPart[] = []): string {
  if (typeof row.payload === 'string') return row.payload;
  const bytes = row.payload ?? Buffer.concat(parts.toSorted((a, b) => a.part - b.part).map(({ bytes }) => bytes));
  return gunzipSync(bytes).toString('utf8');
}
