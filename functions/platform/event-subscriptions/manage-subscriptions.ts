/** Lists, reads, changes and removes subscriptions. */

import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import { type StoredWebhook, webhookEntity } from '../webhooks/webhook-entity.ts';
import {
  checkEndpoint,
  checkEventType,
  checkQueue,
  checkReaction,
  invalid,
  requireHandlerPermission,
} from './check-subscription.ts';
import { createEventSubscription } from './create-subscription.ts';
import type { SubscriptionRoutes } from './routes.ts';
import { forgetSubscriptions, subscriptionsOf } from './subscription-directory.ts';
import {
  type StoredSubscription,
  subscriptionEntity,
  subscriptionNameEntity,
  subscriptionsPartition,
} from './subscription-entity.ts';
import { viewSubscription, viewSubscriptions } from './subscription-view.ts';

export const subscriptionOperations: Pick<
  Operations<SubscriptionRoutes>,
  | 'getEventSubscriptionHistory'
  | 'listEventSubscriptions'
  | 'createEventSubscription'
  | 'getEventSubscription'
  | 'updateEventSubscription'
  | 'deleteEventSubscription'
  | 'listEventFunctions'
> = {
  getEventSubscriptionHistory: readHistory(subscriptionEntity),
  createEventSubscription,

  listEventSubscriptions: async ({ session, query, page }) => {
    const filter = equals(query);
    const { items, nextCursor } = await session.query<StoredSubscription>(subscriptionEntity, {
      pk: subscriptionsPartition,
      ...page,
      filter,
      consistent: true,
    });
    return { data: await viewSubscriptions(session, items), pagination: { limit: page.limit, nextCursor } };
  },

  getEventSubscription: async ({ session, params }) => ({
    data: await viewSubscription(session, await session.require(subscriptionEntity, params)),
  }),

  updateEventSubscription: async ({ session, params, body, principal, expectedVersion, locale }) => {
    const before = await session.require(subscriptionEntity, params);
    requireHandlerPermission(principal, before.handlerType);
    refuseStale(before, expectedVersion);
    if (body.eventType !== undefined) await checkEventType(body.eventType);
    if (before.handlerType === 'webhook')
      for (const name of ['maxRetries', 'retryDelaySeconds'] as const)
        if (body[name] !== undefined) throw invalid(`/${name}`, 'The endpoint says how often it is tried.');
    const { handlerConfig, ...plain } = body;
    const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
    const config =
      handlerConfig === undefined ? {} : { handlerConfig: await checkConfig(session, before, handlerConfig, locale) };
    const after = await session.transact('platform', async (unit) => {
      requireEndpoint(unit, config);
      const stored = unit.update(subscriptionEntity, before, { ...given, ...config } as Partial<StoredSubscription>);
      if (stored.subscriberName !== before.subscriberName || stored.eventType !== before.eventType) {
        const { subscriberName, eventType, id: subscriptionId } = stored;
        unit.create(subscriptionNameEntity, { subscriberName, eventType, subscriptionId });
        unit.delete(subscriptionNameEntity, await session.require(subscriptionNameEntity, before));
      }
      return stored;
    });
    forgetSubscriptions(session.tenantId);
    return { data: await viewSubscription(session, after) };
  },

  deleteEventSubscription: async ({ session, params, expectedVersion }) => {
    const before = await session.require(subscriptionEntity, params);
    refuseStale(before, expectedVersion);
    const endpoint = await ownEndpoint(session, before);
    await session.transact('platform', async (unit) => {
      unit.delete(subscriptionEntity, before);
      unit.delete(subscriptionNameEntity, await session.require(subscriptionNameEntity, before));
      if (endpoint) unit.delete(webhookEntity, endpoint);
    });
    forgetSubscriptions(session.tenantId);
    forgetEndpoints(session.tenantId);
    return {};
  },

  listEventFunctions: async () => ({ data: (await import('./reactions/describe-reactions.ts')).describeReactions() }),
};

/** Not of an endpoint that is deleted at this moment. */
function requireEndpoint(
  unit: UnitOfWork,
  { handlerConfig }: Partial<Pick<StoredSubscription, 'handlerConfig'>>,
): void {
  if (handlerConfig && 'webhookId' in handlerConfig) unit.requireExists(webhookEntity, { id: handlerConfig.webhookId });
}

async function checkConfig(
  session: TenantSession,
  before: StoredSubscription,
  config: Record<string, unknown>,
  locale: Locale,
): Promise<StoredSubscription['handlerConfig']> {
  if (before.handlerType === 'function') return checkReaction(session, config, locale);
  if (before.handlerType === 'queue') return checkQueue({ ...before.handlerConfig, ...config }, locale);
  const { webhookId, ...rest } = config;
  if (typeof webhookId !== 'string' || Object.keys(rest).length > 0)
    throw invalid('/handlerConfig', 'Give "webhookId"; the address is changed at the endpoint itself.');
  return webhookId === before.handlerConfig.webhookId ? before.handlerConfig : checkEndpoint(session, webhookId);
}

/** The endpoint that was made for it, unless it has come to serve others too. */
async function ownEndpoint(session: TenantSession, before: StoredSubscription): Promise<StoredWebhook | undefined> {
  if (before.handlerType !== 'webhook' || !before.handlerConfig.isOwnEndpoint) return undefined;
  const { webhookId } = before.handlerConfig;
  const others = (await subscriptionsOf(session, webhookId)).filter(({ id }) => id !== before.id);
  const endpoint = await session.get(webhookEntity, { id: webhookId }, { consistent: true });
  return others.length === 0 && endpoint?.subscribedEvents.length === 0 ? endpoint : undefined;
}
