/** The delivery log, single deliveries, and sending one again. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { auditLog } from '../../../layers/kernel/observability/audit-log.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { matchesEventType } from '../../../layers/webhooks/event-pattern.ts';
import { beginReplay, viewReplay } from '../replays/start-replay.ts';
import { newestPage } from '../timeline/page.ts';
import type { WebhookRoutes } from '../webhooks/routes.ts';
import { webhookEntity } from '../webhooks/webhook-entity.ts';
import {
  type Delivery,
  type DeliveryAttempt,
  deliveryAttemptEntity,
  deliveryEntity,
  deliveryPosition,
  deliveryTimeline,
  openTimeline,
} from './delivery-entity.ts';
import { deliveriesQueue, encodeDelivery } from './delivery-message.ts';
import { viewAttempt, viewDelivery } from './delivery-view.ts';
import { bodyFor, loadBody } from './load-body.ts';
import { messageOf } from './settle-attempt.ts';

type DeliveryOperations = Pick<
  Operations<WebhookRoutes>,
  'listWebhookDeliveries' | 'getDelivery' | 'replayDelivery' | 'recoverWebhook'
>;

export const deliveryOperations: DeliveryOperations = {
  listWebhookDeliveries: async ({ session, params, query, page }) => {
    await session.require(webhookEntity, params);
    const { status, eventType, eventId, from, to } = query;
    const isOpen = status === 'failed' || status === 'pending';
    const { items, pagination } = await newestPage<Delivery>(
      session,
      isOpen ? openTimeline(params.id) : deliveryTimeline(params.id),
      deliveryPosition,
      page,
      { entity: deliveryEntity, index: isOpen ? 'gsi2' : 'gsi1', from, to },
      (delivery) =>
        (status === undefined || delivery.status === status) &&
        (eventType === undefined || matchesEventType(eventType, delivery.eventType)) &&
        (eventId === undefined || delivery.eventId === eventId || (delivery.eventIds?.includes(eventId) ?? false)),
    );
    return { data: items.map(viewDelivery), pagination };
  },

  getDelivery: async ({ session, params }) => {
    const delivery = await session.require(deliveryEntity, params);
    const [{ items }, body] = await Promise.all([
      session.query<DeliveryAttempt>(deliveryAttemptEntity, {
        pk: ['DELIVERY', params.id],
        beginsWith: ['ATTEMPT', ''],
        limit: 200,
        consistent: true,
      }),
      bodyOf(session, delivery),
    ]);
    // The attempt that succeeded is in the delivery itself.
    const attempts = [...items, ...(delivery.status === 'success' ? [delivery] : [])];
    return {
      data: {
        ...viewDelivery(delivery),
        requestBody: body === undefined ? null : JSON.parse(body),
        attempts: attempts.map(viewAttempt),
      },
    };
  },

  replayDelivery: async ({ session, params }) => {
    const delivery = await session.require(deliveryEntity, params);
    const webhook = await session.require(webhookEntity, { id: delivery.webhookId });
    if (!webhook.isActive) throw new AppError('conflict', 'The webhook is disabled: enable it first.');
    if (delivery.isTest) throw new AppError('conflict', 'A test is not repeated: send a new one.');
    if (delivery.status === 'pending') throw new AppError('conflict', 'The delivery is on its way.');
    const message = {
      ...messageOf(session.tenantId, delivery),
      roundBase: delivery.attemptNumber,
      replay: 'manual',
    };
    await sendMessages(deliveriesQueue, [encodeDelivery(message, Date.now())]);
    auditLog('webhook_delivery.replayed', {
      webhookId: webhook.id,
      deliveryId: delivery.id,
      by: session.context.actor?.id,
    });
    return { data: viewDelivery(delivery) };
  },

  recoverWebhook: async ({ session, params, body }) => {
    const to = body.until ?? session.context.now();
    return {
      data: viewReplay(await beginReplay(session, { webhookId: params.id, mode: 'recover', from: body.since, to })),
    };
  },
};

async function bodyOf(session: TenantSession, delivery: Delivery): Promise<string | undefined> {
  if (delivery.requestBody !== undefined) return delivery.requestBody;
  const { eventId: messageId, eventIds, eventTime } = delivery;
  const [webhook, body] = await Promise.all([
    session.get(webhookEntity, { id: delivery.webhookId }),
    loadBody(session, { messageId, eventIds, eventTime }),
  ]);
  return webhook === undefined || body === undefined ? body : bodyFor(webhook, body);
}
