/** Processing logs as the API answers them; of a webhook they are its deliveries. */
import type { z } from 'zod/mini';
import type { Delivery } from '../deliveries/delivery-entity.ts';
import type { Processing } from './processing-entity.ts';
import type { logView } from './schemas.ts';

export type LogView = z.infer<typeof logView>;

export function viewProcessing(row: Processing): LogView {
  return {
    id: row.id,
    eventId: row.eventId,
    eventType: row.eventType,
    subscriptionId: row.subscriptionId,
    status: row.status,
    attemptNumber: row.attemptNumber,
    response: row.response === undefined ? null : JSON.parse(row.response),
    errorMessage: row.errorMessage ?? null,
    startedAt: row.startedAt ?? null,
    completedAt: row.completedAt ?? null,
    durationMs: row.durationMs ?? null,
    createdAt: row.queuedAt,
    nextRetryAt: row.nextRetryAt ?? null,
    replay: row.replay ?? null,
  };
}

export function viewDeliveryLog(delivery: Delivery, subscriptionId: string): LogView {
  const { attemptedAt, durationMs, nextRetryAt, status, responseStatus, responseBody } = delivery;
  const isOver = status !== 'pending' && nextRetryAt === undefined && attemptedAt !== undefined;
  return {
    id: delivery.id,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    subscriptionId,
    status,
    attemptNumber: delivery.attemptNumber,
    response: responseStatus === undefined ? null : { status: responseStatus, body: responseBody ?? null },
    errorMessage: delivery.errorMessage ?? null,
    startedAt: attemptedAt ?? null,
    completedAt: isOver ? new Date(Date.parse(attemptedAt) + (durationMs ?? 0)).toISOString() : null,
    durationMs: durationMs ?? null,
    createdAt: delivery.createdAt,
    nextRetryAt: nextRetryAt ?? null,
    replay: delivery.replay ?? null,
  };
}
