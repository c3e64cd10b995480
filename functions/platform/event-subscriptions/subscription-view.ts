/** Subscriptions as the API answers them. */
import type { z } from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { webhookEntity } from '../webhooks/webhook-entity.ts';
import type { subscriptionView } from './schemas.ts';
import type { StoredSubscription } from './subscription-entity.ts';

export type SubscriptionView = z.infer<typeof subscriptionView>;

export async function viewSubscriptions(
  session: TenantSession,
  subscriptions: readonly StoredSubscription[],
): Promise<SubscriptionView[]> {
  const ids = subscriptions.flatMap((one) => (one.handlerType === 'webhook' ? [one.handlerConfig.webhookId] : []));
  const endpoints = await session.getMany(
    webhookEntity,
    [...new Set(ids)].map((id) => ({ id })),
  );
  const retries = new Map(endpoints.map(({ id, maxRetries }) => [id, maxRetries]));
  return subscriptions.map((one) => ({
    id: one.id,
    subscriberName: one.subscriberName,
    eventType: one.eventType,
    handlerType: one.handlerType,
    handlerConfig: { ...one.handlerConfig },
    filterExpression: one.filterExpression ?? null,
    isActive: one.isActive,
    priority: one.priority,
    maxRetries: one.handlerType === 'webhook' ? (retries.get(one.handlerConfig.webhookId) ?? 0) : one.maxRetries,
    retryDelaySeconds: one.handlerType === 'webhook' ? null : one.retryDelaySeconds,
    createdAt: one.createdAt,
    createdBy: one.createdBy,
    updatedAt: one.updatedAt,
    version: one.version,
  }));
}

export async function viewSubscription(
  session: TenantSession,
  subscription: StoredSubscription,
): Promise<SubscriptionView> {
  const [view] = await viewSubscriptions(session, [subscription]);
  return view!;
}
