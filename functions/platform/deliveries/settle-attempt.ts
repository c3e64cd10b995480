/** From the result of an attempt to the rows that record it and to what happens next. Pure, so that every path is tested. */
import { nextAttemptAt } from '../../../layers/webhooks/retry-schedule.ts';
import type { Webhook } from '../webhooks/webhook-entity.ts';
import {
  type AttemptColumns,
  type Delivery,
  type DeliveryAttempt,
  deliveryRetentionSeconds,
} from './delivery-entity.ts';
import type { DeliveryMessage } from './delivery-message.ts';
import type { AttemptResult } from './send-request.ts';

export interface Settlement {
  delivery: Delivery;
  /** Of a failure; the attempt that succeeds is in the delivery itself. */
  attempt: DeliveryAttempt | undefined;
  /** The next attempt to queue, due at its time. */
  next: DeliveryMessage | undefined;
  isExhausted: boolean;
}

export function settleAttempt(
  message: DeliveryMessage,
  webhook: Pick<Webhook, 'maxRetries'>,
  result: AttemptResult,
  nowMs: number,
  random: number,
): Settlement {
  const base = deliveryOf(message, nowMs);
  if (result.isSuccess)
    return {
      delivery: { ...base, ...result.columns, status: 'success' },
      attempt: undefined,
      next: undefined,
      isExhausted: false,
    };
  const retryAtMs = result.isGone
    ? undefined
    : nextAttemptAt({
        retriesMade: message.attempt - message.roundBase - 1,
        maxRetries: webhook.maxRetries,
        nowMs,
        retryAfterMs: result.retryAfterMs,
        random,
      });
  return {
    delivery: {
      ...base,
      ...result.columns,
      status: 'failed',
      ...(retryAtMs === undefined ? {} : { nextRetryAt: new Date(retryAtMs).toISOString() }),
    },
    attempt: { id: message.deliveryId, retainUntil: base.retainUntil, ...result.columns },
    next: retryAtMs === undefined ? undefined : nextMessage(message, retryAtMs),
    isExhausted: retryAtMs === undefined,
  };
}

/** The follow-up of an attempt. It takes a new place in the rate limit when it is due. */
function nextMessage(message: DeliveryMessage, dueAtMs: number): DeliveryMessage {
  const { hasSlot: _, logWaits: __, ...rest } = message;
  return { ...rest, attempt: message.attempt + 1, dueAtMs };
}

/** A delivery that is not attempted (yet): waiting for its turn, or given up without a request. */
export function unattempted(
  message: DeliveryMessage,
  webhook: Pick<Webhook, 'url'>,
  status: 'pending' | 'failed',
  nowMs: number,
  errorMessage?: string,
): Delivery {
  const columns: AttemptColumns = {
    attemptNumber: message.attempt - 1,
    requestUrl: webhook.url,
    requestHeaders: '{}',
    ...(errorMessage === undefined ? {} : { errorMessage }),
  };
  return { ...deliveryOf(message, nowMs), ...columns, status };
}

function deliveryOf(message: DeliveryMessage, nowMs: number): Omit<Delivery, keyof AttemptColumns | 'status'> {
  return {
    id: message.deliveryId,
    webhookId: message.webhookId,
    eventId: message.messageId,
    eventType: message.eventType,
    ...(message.eventIds === undefined ? {} : { eventIds: message.eventIds }),
    eventTime: message.eventTime,
    correlationId: message.correlationId,
    roundBase: message.roundBase,
    ...(message.replay === undefined ? {} : { replay: message.replay }),
    createdAt: message.createdAt,
    retainUntil: Math.floor(nowMs / 1000) + deliveryRetentionSeconds,
  };
}

/** The message that would make the next attempt of a stored delivery. */
export function messageOf(tenantId: string, delivery: Delivery): DeliveryMessage {
  return {
    tenantId,
    webhookId: delivery.webhookId,
    deliveryId: delivery.id,
    messageId: delivery.eventId,
    eventType: delivery.eventType,
    ...(delivery.eventIds === undefined ? {} : { eventIds: delivery.eventIds }),
    eventTime: delivery.eventTime,
    createdAt: delivery.createdAt,
    correlationId: delivery.correlationId,
    attempt: delivery.attemptNumber + 1,
    roundBase: delivery.roundBase,
    ...(delivery.replay === undefined ? {} : { replay: delivery.replay }),
  };
}
