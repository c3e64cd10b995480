/** The routes of pull queues. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { walkPartitions } from '../timeline/timeline.ts';
import { processingEntity, pullPartitions, type StoredProcessing, visiblePosition } from './processing-entity.ts';
import { lease } from './pull-queue.ts';
import type { SubscriptionRoutes } from './routes.ts';
import { acknowledge, extend, giveBack, settleReceipts } from './settle-receipts.ts';
import { type StoredSubscription, subscriptionEntity } from './subscription-entity.ts';

const maxCounted = 1000;

type QueueSubscription = Extract<StoredSubscription, { handlerType: 'queue' }>;

export const queueOperations: Pick<
  Operations<SubscriptionRoutes>,
  'receiveEvents' | 'acknowledgeEvents' | 'rejectEvents' | 'extendEventLeases' | 'getEventQueueBacklog'
> = {
  receiveEvents: async ({ session, params, body, principal }) => {
    const subscription = await requireQueue(session, params.id, principal);
    const seconds = body?.visibilityTimeoutSeconds ?? subscription.handlerConfig.visibilityTimeoutSeconds;
    const leased = await lease(mechanism(session), subscription, body?.maxMessages ?? 10, seconds);
    return {
      data: leased.map(({ row, receipt, body: text }) => ({
        receipt,
        attemptNumber: row.attemptNumber - row.roundBase,
        visibleAgainAt: row.leasedUntil!,
        message: JSON.parse(text) as Record<string, unknown>,
      })),
    };
  },

  acknowledgeEvents: async ({ session, params, body, principal }) => {
    const subscription = await requireQueue(session, params.id, principal);
    return { data: await settleReceipts(mechanism(session), subscription, body.receipts, acknowledge) };
  },

  rejectEvents: async ({ session, params, body, principal }) => {
    const subscription = await requireQueue(session, params.id, principal);
    const decide = giveBack(subscription, body.delaySeconds, body.errorMessage);
    return { data: await settleReceipts(mechanism(session), subscription, body.receipts, decide) };
  },

  extendEventLeases: async ({ session, params, body, principal }) => {
    const subscription = await requireQueue(session, params.id, principal);
    const decide = extend(body.visibilityTimeoutSeconds);
    return { data: await settleReceipts(mechanism(session), subscription, body.receipts, decide) };
  },

  getEventQueueBacklog: async ({ session, params, principal }) => {
    await requireQueue(session, params.id, principal);
    const now = session.context.now();
    let waiting = 0;
    let inFlight = 0;
    let oldest: string | null = null;
    const walk = walkPartitions<StoredProcessing>(session, pullPartitions(params.id), visiblePosition, {
      entity: processingEntity,
      index: 'gsi2',
      order: 'ascending',
      pageSize: 250,
    });
    for await (const { visibleAt = '', queuedAt } of walk) {
      if (waiting === maxCounted || inFlight === maxCounted)
        return { data: { waiting, inFlight, isMore: true, oldestWaitingSince: oldest } };
      if (visibleAt > now) inFlight++;
      else waiting++;
      if (visibleAt <= now && (oldest === null || queuedAt < oldest)) oldest = queuedAt;
    }
    return { data: { waiting, inFlight, isMore: false, oldestWaitingSince: oldest } };
  },
};

/** @throws AppError `not_found`, also for a key that the queue does not name, or `conflict` for a subscription whose events go elsewhere */
async function requireQueue(session: TenantSession, id: string, caller: Principal): Promise<QueueSubscription> {
  const subscription = await session.require(subscriptionEntity, { id });
  if (!mayEmpty(subscription, caller)) throw notFound('event subscription', id);
  if (subscription.handlerType !== 'queue')
    throw new AppError('conflict', `The subscription's handler is a ${subscription.handlerType}, not a queue.`);
  return subscription;
}

/** Keys are given to partners, and the queue of one is no business of another's. */
function mayEmpty(subscription: StoredSubscription, { kind, subject, permissions }: Principal): boolean {
  if (kind !== 'api_key' || isGranted(permissions, 'platform:subscriptions:write')) return true;
  return subscription.handlerType === 'queue' && subscription.handlerConfig.apiKeyIds.includes(subject);
}

/** Leases come and go with every message; they are no changes of a person's and leave no history. */
const mechanism = ({ tenantId, context: { correlationId } }: TenantSession): TenantSession =>
  openSession(tenantId, { correlationId });
