/** Deliveries and attempts as the API answers them. */
import type { z } from 'zod/mini';
import type { attemptView, deliveryView } from '../webhooks/schemas.ts';
import type { AttemptColumns, Delivery } from './delivery-entity.ts';

export function viewDelivery(delivery: Delivery): z.infer<typeof deliveryView> {
  return {
    id: delivery.id,
    webhookId: delivery.webhookId,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    eventIds: delivery.eventIds ?? null,
    ...viewAttempt(delivery),
    status: delivery.status,
    nextRetryAt: delivery.nextRetryAt ?? null,
    replay: delivery.replay ?? null,
    isTest: delivery.isTest ?? false,
    createdAt: delivery.createdAt,
  };
}

export function viewAttempt(attempt: AttemptColumns): z.infer<typeof attemptView> {
  return {
    attemptNumber: attempt.attemptNumber,
    requestUrl: attempt.requestUrl,
    requestHeaders: JSON.parse(attempt.requestHeaders),
    responseStatus: attempt.responseStatus ?? null,
    responseHeaders: attempt.responseHeaders === undefined ? null : JSON.parse(attempt.responseHeaders),
    responseBody: attempt.responseBody ?? null,
    durationMs: attempt.durationMs ?? null,
    errorMessage: attempt.errorMessage ?? null,
    attemptedAt: attempt.attemptedAt ?? null,
  };
}
