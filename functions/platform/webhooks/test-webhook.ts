/** Sends a sample event to an endpoint, now, and answers with what came back. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { matchesAnyPattern } from '../../../layers/webhooks/event-pattern.ts';
import { eventBody } from '../../../layers/webhooks/message-body.ts';
import type { CatalogEntry } from '../catalog/catalog.ts';
import { loadCatalog } from '../catalog/load-catalog.ts';
import { type Delivery, deliveryRetentionSeconds } from '../deliveries/delivery-entity.ts';
import { viewDelivery } from '../deliveries/delivery-view.ts';
import { sendRequest } from '../deliveries/send-request.ts';
import { writeOutcome } from '../deliveries/write-outcomes.ts';
import type { WebhookRoutes } from './routes.ts';
import { type Webhook, webhookEntity } from './webhook-entity.ts';

/** The caller waits: the function must answer before the gateway gives up. */
const longestTimeoutMs = 20_000;

export const testWebhook: Operation<WebhookRoutes['testWebhook']> = async (request) => {
  const { session, params, body, correlationId } = request;
  const webhook = await session.require(webhookEntity, params);
  const entry = await sampleFor(webhook, body.eventType);
  const eventId = newId('evt');
  const now = session.context.now();
  const text = eventBody({
    id: eventId,
    type: entry.type,
    source: entry.source,
    occurredAt: now,
    aggregateType: entry.aggregateType,
    aggregateId: 'sample',
    correlationId,
    schemaVersion: entry.schemaVersion,
    payload: JSON.stringify(entry.example),
  });
  const result = await sendRequest(session.tenantId, webhook, {
    messageId: eventId,
    body: text,
    attempt: 1,
    isTest: true,
    timeoutMs: Math.min(webhook.timeoutSeconds * 1000, longestTimeoutMs),
  });
  const delivery: Delivery = {
    id: newId('dlv'),
    webhookId: webhook.id,
    eventId,
    eventType: entry.type,
    eventTime: now,
    correlationId,
    roundBase: 0,
    isTest: true,
    requestBody: text,
    createdAt: now,
    retainUntil: Math.floor(Date.now() / 1000) + deliveryRetentionSeconds,
    ...result.columns,
    status: result.isSuccess ? 'success' : 'failed',
  };
  await writeOutcome(session, delivery);
  return { data: viewDelivery(delivery) };
};

async function sampleFor({ subscribedEvents }: Webhook, eventType: string | undefined): Promise<CatalogEntry> {
  const { catalog, catalogEntry } = await loadCatalog();
  const entry =
    eventType === undefined
      ? // What an endpoint of a subscription gets is not its own to say.
        (catalog.find(({ type }) => matchesAnyPattern(subscribedEvents, type)) ?? catalog[0])
      : catalogEntry(eventType);
  if (entry === undefined)
    throw new AppError('unprocessable', `There is no event type "${eventType ?? subscribedEvents.join(', ')}".`);
  return entry;
}
