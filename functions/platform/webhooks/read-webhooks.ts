/** Reads and removes endpoints. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { disablePolicy } from '../../../layers/webhooks/endpoint-health.ts';
import { jitterRatio, longestRetryAfterMs, retryDelaysSeconds } from '../../../layers/webhooks/retry-schedule.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import { subscriptionsOf } from '../event-subscriptions/subscription-directory.ts';
import type { WebhookRoutes } from './routes.ts';
import { type StoredWebhook, webhookEntity, webhooksPartition } from './webhook-entity.ts';
import { viewWebhook, viewWebhooks } from './webhook-view.ts';

export const readOperations: Pick<
  Operations<WebhookRoutes>,
  'listWebhooks' | 'getWebhook' | 'deleteWebhook' | 'getRetrySchedule'
> = {
  listWebhooks: async ({ session, query, page }) => {
    const filter = equals({ isActive: query.isActive });
    const { items, nextCursor } = await session.query<StoredWebhook>(webhookEntity, {
      pk: webhooksPartition,
      limit: page.limit,
      cursor: page.cursor,
      filter,
      consistent: true,
    });
    return { data: await viewWebhooks(session, items), pagination: { limit: page.limit, nextCursor } };
  },

  getWebhook: async ({ session, params }) => ({
    data: await viewWebhook(session, await session.require(webhookEntity, params)),
  }),

  deleteWebhook: async ({ session, params, expectedVersion }) => {
    const before = await session.require(webhookEntity, params);
    refuseStale(before, expectedVersion);
    const [subscription] = await subscriptionsOf(session, params.id);
    if (subscription)
      throw new AppError('conflict', `The event subscription ${subscription.id} leads here: delete it first.`);
    await session.transact('platform', (unit) => unit.delete(webhookEntity, before));
    forgetEndpoints(session.tenantId);
    return {};
  },

  getRetrySchedule: async () => ({
    data: {
      retryDelaysSeconds: [...retryDelaysSeconds],
      jitterRatio,
      longestRetryAfterSeconds: longestRetryAfterMs / 1000,
      disabling: {
        failingForSeconds: disablePolicy.failingForMs / 1000,
        exhaustedInARow: disablePolicy.exhaustedInARow,
        exhaustedForSeconds: disablePolicy.exhaustedForMs / 1000,
        statusGone: 410,
      },
    },
  }),
};
