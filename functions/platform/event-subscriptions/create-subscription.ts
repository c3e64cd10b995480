/** Makes a subscription; one with an address of its own makes an endpoint in the same transaction. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { retryDelaysSeconds as webhookSchedule } from '../../../layers/webhooks/retry-schedule.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import { prepareWebhook } from '../webhooks/create-webhook.ts';
import { type Webhook, webhookEntity } from '../webhooks/webhook-entity.ts';
import {
  checkEndpoint,
  checkEventType,
  checkQueue,
  checkReaction,
  invalid,
  requireHandlerPermission,
} from './check-subscription.ts';
import type { SubscriptionRoutes } from './routes.ts';
import { forgetSubscriptions, readSubscriptions } from './subscription-directory.ts';
import {
  type EventSubscription,
  maxSubscriptionsPerTenant,
  subscriptionEntity,
  subscriptionNameEntity,
} from './subscription-entity.ts';
import { viewSubscription } from './subscription-view.ts';

const defaultRetries = 3;
const defaultDelaySeconds = 60;

export const createEventSubscription: Operation<SubscriptionRoutes['createEventSubscription']> = async (request) => {
  const { session, body, principal, locale } = request;
  requireHandlerPermission(principal, body.handlerType);
  await checkEventType(body.eventType);
  if ((await readSubscriptions(session)).length >= maxSubscriptionsPerTenant)
    throw new AppError('unprocessable', `A tenant has at most ${maxSubscriptionsPerTenant} event subscriptions.`);
  const common = {
    id: newId('sub'),
    subscriberName: body.subscriberName,
    eventType: body.eventType,
    ...(body.filterExpression ? { filterExpression: body.filterExpression } : {}),
    isActive: body.isActive ?? true,
    priority: body.priority ?? 0,
    maxRetries: body.maxRetries ?? defaultRetries,
    retryDelaySeconds: body.retryDelaySeconds ?? defaultDelaySeconds,
    createdBy: principal.subject,
  };
  const { subscription, endpoint, secret } = await withHandler();
  const stored = await session.transact('platform', (unit) => {
    if (endpoint) unit.create(webhookEntity, endpoint);
    // Not of one that is deleted at this moment.
    else if (subscription.handlerType === 'webhook')
      unit.requireExists(webhookEntity, { id: subscription.handlerConfig.webhookId });
    const { subscriberName, eventType, id } = common;
    unit.create(subscriptionNameEntity, { subscriberName, eventType, subscriptionId: id });
    return unit.create(subscriptionEntity, subscription);
  });
  forgetSubscriptions(session.tenantId);
  if (endpoint) forgetEndpoints(session.tenantId);
  return {
    data: { ...(await viewSubscription(session, stored)), secret: secret ?? null },
    headers: { 'cache-control': 'no-store' },
  };

  async function withHandler(): Promise<{ subscription: EventSubscription; endpoint?: Webhook; secret?: string }> {
    if (body.handlerType === 'queue')
      return {
        subscription: { ...common, handlerType: 'queue', handlerConfig: checkQueue(body.handlerConfig, locale) },
      };
    if (body.handlerType === 'function') {
      const handlerConfig = await checkReaction(session, body.handlerConfig, locale);
      return { subscription: { ...common, handlerType: 'function', handlerConfig } };
    }
    const { webhookId, url, headers, timeoutSeconds, signature } = body.handlerConfig;
    if (body.retryDelaySeconds !== undefined)
      throw invalid('/retryDelaySeconds', 'Webhooks follow the published retry schedule.');
    if (webhookId !== undefined) {
      if (body.maxRetries !== undefined) throw invalid('/maxRetries', 'The endpoint says how often it is tried.');
      return {
        subscription: { ...common, handlerType: 'webhook', handlerConfig: await checkEndpoint(session, webhookId) },
      };
    }
    if (common.maxRetries > webhookSchedule.length)
      throw invalid('/maxRetries', `A webhook is tried again ${webhookSchedule.length} times at most.`);
    const made = await prepareWebhook(
      session,
      {
        name: body.subscriberName,
        url: url!,
        // What it gets is the subscription's to say.
        subscribedEvents: [],
        isActive: true,
        timeoutSeconds: timeoutSeconds ?? 30,
        maxRetries: common.maxRetries,
        ordering: 'none',
        signature: signature ?? 'hmac',
        ...(headers ? { headers } : {}),
      },
      principal.subject,
    ).catch((error: unknown) => {
      throw inHandlerConfig(error);
    });
    return {
      subscription: {
        ...common,
        handlerType: 'webhook',
        handlerConfig: { webhookId: made.webhook.id, isOwnEndpoint: true },
      },
      endpoint: made.webhook,
      secret: made.secret,
    };
  }
};

/** Fields of the endpoint are the client's `handlerConfig`. */
function inHandlerConfig(error: unknown): unknown {
  const { code, details } = error as Partial<AppError>;
  if (code !== 'validation_failed' || details === undefined) return error;
  return new AppError(code, undefined, {
    details: details.map((detail) => ({ ...detail, path: `/handlerConfig${detail.path}` })),
  });
}
