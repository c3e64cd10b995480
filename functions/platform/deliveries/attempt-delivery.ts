/** One attempt from body to outcome on its way into the table; the deliverer and the lanes both go through here. */

import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { BatchStep } from '../../../layers/kernel/data/write-many.ts';
import { publish } from '../../../layers/kernel/events/publish.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { webhookDeliveryExhausted } from '../events.ts';
import type { StoredWebhook } from '../webhooks/webhook-entity.ts';
import type { Delivery } from './delivery-entity.ts';
import type { DeliveryMessage } from './delivery-message.ts';
import { bodyFor, loadBody } from './load-body.ts';
import type { Observation } from './record-outcomes.ts';
import { type AttemptResult, sendRequest } from './send-request.ts';
import { settleAttempt } from './settle-attempt.ts';
import { writeOutcome } from './write-outcomes.ts';

export type AttemptOutcome =
  /** The log does not have the event yet: try again shortly, nothing was sent. */
  | { kind: 'not-in-log' }
  /** Without an observation nothing was sent, so it says nothing about the endpoint. */
  | {
      kind: 'settled';
      next: DeliveryMessage | undefined;
      observation: Observation | undefined;
      /** Ends when the outcome is in the table; until then the message must not be taken for done. */
      stored: Promise<void>;
    };

/** How often the event log is asked before a message is given up. */
export const maxLogWaits = 60;
const notInLog = 'The event is no longer in the event log.';

/** @param onFinal steps written with the last outcome of the delivery, e.g. removing it from its lane */
export async function attemptDelivery(
  session: TenantSession,
  webhook: StoredWebhook,
  message: DeliveryMessage,
  onFinal: readonly BatchStep[] = [],
): Promise<AttemptOutcome> {
  const body = await loadBody(session, message);
  if (body === undefined && (message.logWaits ?? 0) < maxLogWaits) return { kind: 'not-in-log' };
  const result =
    body === undefined
      ? lost(webhook, message)
      : await sendRequest(session.tenantId, webhook, {
          messageId: message.messageId,
          body: bodyFor(webhook, body),
          attempt: message.attempt,
          replay: message.replay,
        });
  // No further attempt finds what is not there.
  const { maxRetries } = body === undefined ? { maxRetries: 0 } : webhook;
  const { delivery, attempt, next, isExhausted } = settleAttempt(
    message,
    { maxRetries },
    result,
    Date.now(),
    Math.random(),
  );
  // Told before it is stored: a crash in between repeats the attempt and not the silence.
  if (isExhausted) await tellExhausted(session, webhook, delivery);
  const stored = writeOutcome(session, delivery, attempt, next === undefined ? onFinal : []);
  // Whoever awaits it gets the failure; a rejection before that must not end the process.
  stored.catch(() => {});
  return {
    kind: 'settled',
    stored,
    next: next && body !== undefined ? { ...next, body } : next,
    observation:
      body === undefined
        ? undefined
        : {
            webhook,
            isSuccess: result.isSuccess,
            isGone: result.isGone,
            isExhausted,
            durationMs: result.columns.durationMs ?? 0,
          },
  };
}

function lost(webhook: StoredWebhook, message: DeliveryMessage): AttemptResult {
  return {
    isSuccess: false,
    isGone: false,
    retryAfterMs: undefined,
    errorMessage: notInLog,
    columns: {
      attemptNumber: message.attempt,
      requestUrl: webhook.url,
      requestHeaders: '{}',
      errorMessage: notInLog,
      attemptedAt: new Date().toISOString(),
    },
  };
}

/** Events about webhooks are not told on: two failing endpoints would feed each other for ever. */
async function tellExhausted(session: TenantSession, webhook: StoredWebhook, delivery: Delivery): Promise<void> {
  if (delivery.eventType.startsWith('webhook.')) return;
  const cause = openSession(session.tenantId, {
    correlationId: delivery.correlationId,
    causationId: delivery.eventIds?.[0] ?? delivery.eventId,
  });
  await publish(cause, 'platform', webhookDeliveryExhausted, {
    id: derivedId('evt', Date.now(), `exhausted ${delivery.id} ${delivery.attemptNumber}`),
    aggregateId: webhook.id,
    payload: {
      webhookId: webhook.id,
      name: webhook.name,
      url: webhook.url,
      deliveryId: delivery.id,
      eventId: delivery.eventId,
      eventType: delivery.eventType,
      attempts: delivery.attemptNumber,
      responseStatus: delivery.responseStatus ?? null,
      errorMessage: delivery.errorMessage ?? null,
    },
  });
}
