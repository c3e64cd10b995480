/** Events that wait to be sent together to an endpoint that asked for batches. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { OutgoingMessage } from '../../../layers/kernel/queues/send-messages.ts';
import { hopDelaySeconds } from '../../../layers/webhooks/retry-schedule.ts';
import { encodeJson } from '../deliveries/delivery-message.ts';

export const batchesQueue = 'webhook-batches';

export interface BufferedEvent {
  webhookId: string;
  eventTime: string;
  eventId: string;
  eventType: string;
  correlationId: string;
  queuedAtMs: number;
  /** Absent when it is long: then it is read from the event log. */
  body?: string;
  retainUntil: number;
}

export const bufferedEventEntity = defineEntity<
  BufferedEvent,
  Pick<BufferedEvent, 'webhookId' | 'eventTime' | 'eventId'>
>()({
  name: 'buffered event',
  table: 'platform',
  key: ({ webhookId, eventTime, eventId }) => ({ pk: ['BUFFER', webhookId], sk: ['ITEM', eventTime, eventId] }),
  idOf: ({ eventId }) => eventId,
  expiresAt: ({ retainUntil }) => retainUntil,
});

export interface BufferState {
  webhookId: string;
  leaseUntilMs?: number;
  /** About how many events wait; the buffer itself is the truth. */
  waiting?: number;
}

export const bufferStateEntity = defineEntity<BufferState, { webhookId: string }>()({
  name: 'buffer state',
  table: 'platform',
  key: ({ webhookId }) => ({ pk: ['BUFFER', webhookId], sk: ['STATE'] }),
  idOf: ({ webhookId }) => webhookId,
});

/** Asks a worker to look whether a batch is full or has waited long enough. */
export interface FlushRequest {
  tenantId: string;
  webhookId: string;
  dueAtMs?: number;
}

export function encodeFlush(request: FlushRequest, nowMs: number): OutgoingMessage {
  return {
    body: encodeJson(request),
    delaySeconds: request.dueAtMs === undefined ? 0 : hopDelaySeconds(request.dueAtMs, nowMs),
  };
}

export const decodeFlush = (body: string): FlushRequest => JSON.parse(body) as FlushRequest;
