/** Endpoints as the API answers them: with their health, without their secrets. */
import type { z } from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { webhookView } from './schemas.ts';
import { type StoredWebhook, type WebhookHealth, webhookHealthEntity } from './webhook-entity.ts';
import { previousSecretValidUntil } from './webhook-secrets.ts';

export type WebhookView = z.infer<typeof webhookView>;
export const masked = '•••';

export async function viewWebhooks(session: TenantSession, webhooks: readonly StoredWebhook[]): Promise<WebhookView[]> {
  const health = new Map<string, WebhookHealth>(
    (
      await session.getMany(
        webhookHealthEntity,
        webhooks.map(({ id }) => ({ id })),
      )
    ).map((row) => [row.id, row]),
  );
  return webhooks.map((webhook) => view(webhook, health.get(webhook.id)));
}

export async function viewWebhook(session: TenantSession, webhook: StoredWebhook): Promise<WebhookView> {
  return view(webhook, await session.get(webhookHealthEntity, { id: webhook.id }));
}

function view(webhook: StoredWebhook, health: WebhookHealth | undefined): WebhookView {
  return {
    id: webhook.id,
    name: webhook.name,
    description: webhook.description ?? null,
    url: webhook.url,
    subscribedEvents: webhook.subscribedEvents,
    filter: webhook.filter ?? null,
    headers: Object.fromEntries(webhook.headerNames.map((name) => [name, masked])),
    isActive: webhook.isActive,
    timeoutSeconds: webhook.timeoutSeconds,
    maxRetries: webhook.maxRetries,
    batch: webhook.batch ?? null,
    ordering: webhook.ordering,
    rateLimitPerSecond: webhook.rateLimitPerSecond ?? null,
    signature: webhook.signature,
    previousSecretValidUntil: previousSecretValidUntil(webhook, Date.now()),
    disabledReason: webhook.disabledReason ?? null,
    disabledAt: webhook.disabledAt ?? null,
    lastTriggeredAt: health?.lastTriggeredAt ?? null,
    lastStatus: health?.lastStatus ?? null,
    consecutiveFailures: health?.consecutiveFailures ?? 0,
    createdAt: webhook.createdAt,
    createdBy: webhook.createdBy,
    updatedAt: webhook.updatedAt,
    version: webhook.version,
  };
}
