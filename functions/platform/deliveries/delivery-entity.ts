/**
 * A delivery (the documented `webhook_deliveries`) with its latest attempt, and its failed attempts one by one. A
 * delivery that succeeds at once is a single write.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { type Position, timelineKey } from '../timeline/timeline.ts';

export interface AttemptColumns {
  attemptNumber: number;
  requestUrl: string;
  /** Headers are kept as JSON text: as maps they would cost more to marshal than all the rest. */
  requestHeaders: string;
  responseStatus?: number;
  responseHeaders?: string;
  responseBody?: string;
  durationMs?: number;
  errorMessage?: string;
  /** ISO 8601; absent while there was no attempt. */
  attemptedAt?: string;
}

export interface Delivery extends AttemptColumns {
  id: string;
  webhookId: string;
  eventId: string;
  eventType: string;
  eventIds?: string[];
  eventTime: string;
  correlationId: string;
  status: 'pending' | 'success' | 'failed';
  /** While another attempt is planned. */
  nextRetryAt?: string;
  roundBase: number;
  replay?: string;
  isTest?: boolean;
  /** Of tests only; others are built from the event log. */
  requestBody?: string;
  /** The attempt somebody is making, and until when others leave it to them (milliseconds). */
  claimedAttempt?: number;
  claimedUntilMs?: number;
  createdAt: string;
  retainUntil: number;
}

export interface DeliveryAttempt extends AttemptColumns {
  id: string;
  retainUntil: number;
}

/** Deliveries are kept this long. */
export const deliveryRetentionSeconds = 30 * 86_400;

export const deliveryTimeline = (webhookId: string) => ['DELIVERIES', webhookId] as const;
/** Deliveries that are not (yet) successful, so that they are found among many that are. */
export const openTimeline = (webhookId: string) => ['OPEN-DELIVERIES', webhookId] as const;

export const deliveryPosition = ({ createdAt, id }: Delivery): Position => [createdAt, id];

export const deliveryEntity = defineEntity<Delivery>()({
  name: 'delivery',
  table: 'platform',
  key: ({ id }) => ({ pk: ['DELIVERY', id], sk: ['DELIVERY'] }),
  indexes: {
    gsi1: (row) => timelineKey(deliveryTimeline(row.webhookId), deliveryPosition(row)),
    gsi2: (row) =>
      row.status === 'success' ? undefined : timelineKey(openTimeline(row.webhookId), deliveryPosition(row)),
  },
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

export const deliveryAttemptEntity = defineEntity<DeliveryAttempt, { id: string; attemptNumber: number }>()({
  name: 'delivery attempt',
  table: 'platform',
  key: ({ id, attemptNumber }) => ({ pk: ['DELIVERY', id], sk: ['ATTEMPT', String(attemptNumber).padStart(5, '0')] }),
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

/** The same message to the same endpoint is the same delivery, however often it is dispatched; a replay is another. */
export function deliveryIdOf(webhookId: string, messageId: string, eventTime: string, replay = ''): string {
  return derivedId('dlv', Date.parse(eventTime), `${webhookId} ${messageId} ${replay}`);
}
