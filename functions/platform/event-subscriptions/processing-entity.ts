/**
 * What becomes of one event at one subscription (the documented `event_processing_logs`). For pull queues the row is the
 * message too: its index holds what waits or is leased, in the order of when it is visible.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { type Position, timelineKey } from '../timeline/timeline.ts';

export const processingStatuses = ['pending', 'processing', 'success', 'failed'] as const;

export interface FailedTry {
  attemptNumber: number;
  errorMessage: string;
  startedAt: string;
  durationMs: number;
}

export interface Processing {
  id: string;
  subscriptionId: string;
  handlerType: 'queue' | 'function';
  eventId: string;
  eventType: string;
  eventTime: string;
  correlationId: string;
  status: (typeof processingStatuses)[number];
  /** Attempts made, or for a queue begun, over the whole life of the row. */
  attemptNumber: number;
  /** Attempts made before this round: doing it again begins anew. */
  roundBase: number;
  /** JSON text, cut to what fits. */
  response?: string;
  errorMessage?: string;
  startedAt?: string;
  completedAt?: string;
  durationMs?: number;
  /** While another attempt is planned. */
  nextRetryAt?: string;
  /** Earlier failures, the newest last; no more than `maxFailuresKept`. */
  failures: FailedTry[];
  /** Until when the present attempt is somebody's, ISO 8601; and their proof. */
  leasedUntil?: string;
  lease?: string;
  /** Queue: not before. */
  visibleAt?: string;
  /** Replay job, or `manual`. */
  replay?: string;
  queuedAt: string;
  /** Seconds since the epoch. */
  retainUntil: number;
}

export type StoredProcessing = Processing & Stored;

export const maxFailuresKept = 20;
export const processingRetentionSeconds = 30 * 86_400;
const pullShards = 4;

export const processingTimeline = (subscriptionId: string) => ['EVENT-PROCESSING', subscriptionId] as const;
export const processingPosition = ({ queuedAt, id }: Processing): Position => [queuedAt, id];
export const visiblePosition = ({ visibleAt = '', id }: Processing): Position => [visibleAt, id];
export const pullPartitions = (subscriptionId: string) =>
  Array.from({ length: pullShards }, (_, shard) => ['EVENT-QUEUE', subscriptionId, shard] as const);

const isWaiting = ({ handlerType, status }: Processing): boolean =>
  handlerType === 'queue' && (status === 'pending' || status === 'processing');

export const processingEntity = defineEntity<Processing>()({
  name: 'event processing log',
  table: 'platform',
  key: ({ id }) => ({ pk: ['EVENT-PROCESSING', id], sk: ['EVENT-PROCESSING'] }),
  indexes: {
    gsi1: (row) => timelineKey(processingTimeline(row.subscriptionId), processingPosition(row)),
    gsi2: (row) =>
      isWaiting(row)
        ? {
            pk: ['EVENT-QUEUE', row.subscriptionId, row.id.charCodeAt(row.id.length - 1) % pullShards],
            sk: visiblePosition(row),
          }
        : undefined,
  },
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
  secretAttributes: ['lease'],
});

/** The same event at the same subscription is the same row, however often it is dispatched; a replay is another. */
export const processingIdOf = (subscriptionId: string, eventId: string, eventTime: string, replay = ''): string =>
  derivedId('epl', Date.parse(eventTime), `${subscriptionId} ${eventId} ${replay}`);
