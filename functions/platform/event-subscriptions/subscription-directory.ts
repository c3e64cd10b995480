/** The subscriptions of each tenant as this function instance knows them: a second old at most, and never older than the events they are held against. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import {
  maxSubscriptionsPerTenant,
  type StoredSubscription,
  subscriptionEntity,
  subscriptionsPartition,
} from './subscription-entity.ts';

interface Known {
  subscriptions: Promise<readonly StoredSubscription[]>;
  readAtMs: number;
}

const freshMs = 1000;
/** How far the clocks of two machines may differ. */
const clockSkewMs = 1000;
const known = new Map<string, Known>();

/**
 * Those that exist at `sinceMs`, by priority: a new subscription gets every event from its creation on.
 * @param sinceMs time of the newest event that is to be matched
 */
export function subscriptionsSince(session: TenantSession, sinceMs: number): Promise<readonly StoredSubscription[]> {
  const nowMs = Date.now();
  const entry = known.get(session.tenantId);
  if (entry && entry.readAtMs >= sinceMs + clockSkewMs && nowMs - entry.readAtMs < freshMs) return entry.subscriptions;
  const subscriptions = readSubscriptions(session);
  known.set(session.tenantId, { subscriptions, readAtMs: nowMs });
  subscriptions.catch(() => known.delete(session.tenantId));
  return subscriptions;
}

/** Forgets what is known of a tenant, after this process changed it. */
export function forgetSubscriptions(tenantId: string): void {
  known.delete(tenantId);
}

/** Those that lead to an endpoint, whether they are on or off. */
export async function subscriptionsOf(session: TenantSession, webhookId: string): Promise<StoredSubscription[]> {
  return (await readSubscriptions(session)).filter(
    (one) => one.handlerType === 'webhook' && one.handlerConfig.webhookId === webhookId,
  );
}

export async function readSubscriptions(session: TenantSession): Promise<StoredSubscription[]> {
  const { items } = await session.query<StoredSubscription>(subscriptionEntity, {
    pk: subscriptionsPartition,
    limit: maxSubscriptionsPerTenant,
    consistent: true,
  });
  return items.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
}
