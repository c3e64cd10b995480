/** Creates an endpoint with a secret of its own, which the answer shows once. */

import type { z } from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { generateSecret, verificationKey } from '../../../layers/webhooks/signing.ts';
import { endpointsSince, forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import { checkWebhook } from './check-webhook.ts';
import type { WebhookRoutes } from './routes.ts';
import type { createWebhookBody } from './schemas.ts';
import { maxWebhooksPerTenant, type Webhook, webhookEntity } from './webhook-entity.ts';
import { sealHeaders, sealSecret } from './webhook-secrets.ts';
import { viewWebhook } from './webhook-view.ts';

type NewWebhook = z.infer<typeof createWebhookBody>;

/**
 * Checks and seals an endpoint without storing it, for whoever stores it together with something else.
 * @throws AppError `validation_failed`, or `unprocessable` when the tenant has too many
 */
export async function prepareWebhook(
  session: TenantSession,
  body: NewWebhook,
  createdBy: string,
): Promise<{ webhook: Webhook; secret: string }> {
  const { description, filter, headers, batch, rateLimitPerSecond, ...fields } = body;
  await checkWebhook(body, { ordering: body.ordering, ...(batch ? { batch } : {}) });
  if ((await endpointsSince(session, Date.now())).size >= maxWebhooksPerTenant)
    throw new AppError('unprocessable', `A tenant has at most ${maxWebhooksPerTenant} webhooks.`);
  const id = newId('whk');
  const secret = generateSecret(body.signature);
  const webhook: Webhook = {
    id,
    ...fields,
    ...(description ? { description } : {}),
    ...(filter ? { filter } : {}),
    ...(batch ? { batch } : {}),
    ...(rateLimitPerSecond ? { rateLimitPerSecond } : {}),
    headerNames: Object.keys(headers ?? {}),
    ...(headers ? { sealedHeaders: await sealHeaders(session.tenantId, id, headers) } : {}),
    secretKey: await sealSecret(session.tenantId, id, secret),
    createdBy,
  };
  return { webhook, secret: verificationKey(secret) };
}

export const createWebhook: Operation<WebhookRoutes['createWebhook']> = async ({ session, body, principal }) => {
  const { webhook, secret } = await prepareWebhook(session, body, principal.subject);
  const stored = await session.transact('platform', (unit) => unit.create(webhookEntity, webhook));
  forgetEndpoints(session.tenantId);
  return {
    data: { ...(await viewWebhook(session, stored)), secret },
    headers: { 'cache-control': 'no-store' },
  };
};
