/** Processing logs: listed, looked into, and done again one by one or by a range of time. */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations, Pagination, Paging } from '../../../layers/kernel/http/route.ts';
import { auditLog } from '../../../layers/kernel/observability/audit-log.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { matchesEventType } from '../../../layers/webhooks/event-pattern.ts';
import { type Delivery, deliveryEntity, deliveryPosition, deliveryTimeline } from '../deliveries/delivery-entity.ts';
import { deliveryOperations } from '../deliveries/delivery-operations.ts';
import { beginReplay, viewReplay } from '../replays/start-replay.ts';
import { newestPage } from '../timeline/page.ts';
import { changeProcessing } from './change-processing.ts';
import { encodeWork, handlersQueue } from './handler-message.ts';
import { type LogView, viewDeliveryLog, viewProcessing } from './log-view.ts';
import {
  processingEntity,
  processingPosition,
  processingTimeline,
  type StoredProcessing,
} from './processing-entity.ts';
import type { SubscriptionRoutes } from './routes.ts';
import { readSubscriptions } from './subscription-directory.ts';
import { type StoredSubscription, subscriptionEntity } from './subscription-entity.ts';

interface Filters {
  status?: string | undefined;
  eventId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const logOperations: Pick<
  Operations<SubscriptionRoutes>,
  'listEventProcessingLogs' | 'getEventProcessingLog' | 'retryEventProcessing' | 'replayToEventSubscription'
> = {
  listEventProcessingLogs: async ({ session, params, query, page }) => {
    const subscription = await session.require(subscriptionEntity, params);
    const { items, pagination } = await (subscription.handlerType === 'webhook'
      ? listDeliveries(session, subscription, subscription.handlerConfig.webhookId, query, page)
      : listRows(session, subscription, query, page));
    return { data: items, pagination };
  },

  getEventProcessingLog: async (request) => {
    const { session, params } = request;
    if (!params.id.startsWith('dlv_')) {
      const row = await session.require(processingEntity, params);
      return { data: { ...viewProcessing(row), failures: row.failures, attempts: null } };
    }
    const { delivery, subscription } = await requireDelivery(session, params.id);
    const { data } = await deliveryOperations.getDelivery(request as never);
    return { data: { ...viewDeliveryLog(delivery, subscription.id), failures: [], attempts: data!.attempts } };
  },

  retryEventProcessing: async (request) => {
    const { session, params, principal } = request;
    auditLog('event_processing.retried', {
      processingId: params.id,
      by: principal.subject,
    });
    if (params.id.startsWith('dlv_')) {
      const { delivery, subscription } = await requireDelivery(session, params.id);
      await deliveryOperations.replayDelivery(request as never);
      return { data: viewDeliveryLog(delivery, subscription.id) };
    }
    return { data: viewProcessing(await retry(session, await session.require(processingEntity, params))) };
  },

  replayToEventSubscription: async ({ session, params, body }) => {
    const subscription = await session.require(subscriptionEntity, params);
    if (!subscription.isActive) throw new AppError('unprocessable', 'The subscription is switched off.');
    const job = await beginReplay(session, {
      ...(subscription.handlerType === 'webhook' ? { webhookId: subscription.handlerConfig.webhookId } : {}),
      subscriptionId: subscription.id,
      mode: 'replay',
      ...body,
    });
    return { data: viewReplay(job) };
  },
};

async function listRows(
  session: TenantSession,
  { id }: StoredSubscription,
  { status, eventId, from, to }: Filters,
  page: Paging,
): Promise<{ items: LogView[]; pagination: Pagination }> {
  const { items, pagination } = await newestPage<StoredProcessing>(
    session,
    processingTimeline(id),
    processingPosition,
    page,
    { entity: processingEntity, index: 'gsi1', from, to },
    (row) => (status === undefined || row.status === status) && (eventId === undefined || row.eventId === eventId),
  );
  return { items: items.map(viewProcessing), pagination };
}

async function listDeliveries(
  session: TenantSession,
  { id, eventType }: StoredSubscription,
  webhookId: string,
  { status, eventId, from, to }: Filters,
  page: Paging,
): Promise<{ items: LogView[]; pagination: Pagination }> {
  const { items, pagination } = await newestPage<Delivery>(
    session,
    deliveryTimeline(webhookId),
    deliveryPosition,
    page,
    { entity: deliveryEntity, index: 'gsi1', from, to },
    (delivery) =>
      matchesEventType(eventType, delivery.eventType) &&
      (status === undefined || delivery.status === status) &&
      (eventId === undefined || delivery.eventId === eventId),
  );
  return { items: items.map((delivery) => viewDeliveryLog(delivery, id)), pagination };
}

/** A delivery is a processing log only of the subscription it was made for. */
async function requireDelivery(session: TenantSession, id: string) {
  const delivery = await session.require(deliveryEntity, { id });
  const subscription = (await readSubscriptions(session)).find(
    (one) =>
      one.handlerType === 'webhook' &&
      one.handlerConfig.webhookId === delivery.webhookId &&
      matchesEventType(one.eventType, delivery.eventType),
  );
  if (subscription === undefined) throw notFound('event processing log', id);
  return { delivery, subscription };
}

async function retry(session: TenantSession, row: StoredProcessing): Promise<StoredProcessing> {
  const subscription = await session.get(subscriptionEntity, { id: row.subscriptionId }, { consistent: true });
  if (!subscription?.isActive) throw new AppError('conflict', 'The subscription is switched off or deleted.');
  const now = session.context.now();
  const isOnItsWay = row.status === 'pending' || row.status === 'processing' || row.nextRetryAt !== undefined;
  if (isOnItsWay) {
    const isDue = (row.leasedUntil ?? row.nextRetryAt ?? '') <= now;
    if (row.handlerType === 'queue' || !isDue) throw onItsWay();
    // Its message may be lost, as when whoever should send it died; of two messages one finds the attempt made.
    await sendAgain(session, row);
    return row;
  }
  const mechanism = openSession(session.tenantId, { correlationId: session.context.correlationId });
  const after = await changeProcessing(mechanism, row, {
    status: 'pending',
    roundBase: row.attemptNumber,
    replay: 'manual',
    completedAt: null,
    errorMessage: null,
    ...(row.handlerType === 'queue' ? { visibleAt: now } : {}),
  });
  if (after === undefined) throw onItsWay();
  if (row.handlerType === 'function') await sendAgain(session, row);
  return after;
}

const onItsWay = (): AppError => new AppError('conflict', 'The event is on its way already.');

const sendAgain = ({ tenantId }: TenantSession, { id, attemptNumber }: StoredProcessing): Promise<void> =>
  sendMessages(handlersQueue, [encodeWork({ tenantId, processingId: id, attempt: attemptNumber + 1 }, Date.now())]);
