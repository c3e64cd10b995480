/** Changes an endpoint; switching it on goes through the same door as `enable`. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import { subscriptionsOf } from '../event-subscriptions/subscription-directory.ts';
import { checkWebhook } from './check-webhook.ts';
import type { WebhookRoutes } from './routes.ts';
import { activation } from './switch-webhook.ts';
import { type StoredWebhook, type Webhook, webhookEntity } from './webhook-entity.ts';
import { headersOf, sealHeaders } from './webhook-secrets.ts';
import { masked, viewWebhook } from './webhook-view.ts';

type Changes = Partial<{ [K in keyof Webhook]: Webhook[K] | null }>;

export const updateWebhook: Operation<WebhookRoutes['updateWebhook']> = async (request) => {
  const { session, params, body, expectedVersion } = request;
  const before = await session.require(webhookEntity, params);
  refuseStale(before, expectedVersion);
  if (body.filter && (await subscriptionsOf(session, params.id)).length > 0)
    throw new AppError('unprocessable', 'Event subscriptions lead here: a filter would cut what they send.');
  const { headers, isActive, url, subscribedEvents, ...plain } = body;
  const given = {
    ...(url === undefined ? {} : { url }),
    ...(subscribedEvents === undefined ? {} : { subscribedEvents }),
  };
  const batch = plain.batch === undefined ? before.batch : (plain.batch ?? undefined);
  await checkWebhook(
    { ...given, headers },
    { ordering: plain.ordering ?? before.ordering, ...(batch ? { batch } : {}) },
    before.headerNames,
  );
  const changes: Changes = {
    ...given,
    ...plain,
    ...(headers === undefined ? {} : await headerChanges(session, before, headers ?? {})),
  };
  for (const name of Object.keys(changes) as (keyof Changes)[]) if (changes[name] === undefined) delete changes[name];
  const switched = activation(session, before, isActive);
  const after = await session.transact('platform', (unit) => {
    const stored = unit.update(webhookEntity, before, { ...changes, ...switched?.changes });
    switched?.emit(unit, stored);
    return stored;
  });
  await switched?.afterwards();
  forgetEndpoints(session.tenantId);
  return { data: await viewWebhook(session, after) };
};

/** A value sent back as it was shown, masked, stays what it is. */
async function headerChanges(
  session: TenantSession,
  before: StoredWebhook,
  headers: Record<string, string>,
): Promise<Changes> {
  const old = await headersOf(session.tenantId, before);
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    value === masked ? (old[name] ?? value) : value,
  ]);
  if (entries.length === 0) return { headerNames: [], sealedHeaders: null };
  return {
    headerNames: Object.keys(headers),
    sealedHeaders: await sealHeaders(session.tenantId, before.id, Object.fromEntries(entries)),
  };
}
