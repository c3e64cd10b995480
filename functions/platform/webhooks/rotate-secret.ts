/** Shows and rotates the secret of an endpoint. */
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { generateSecret, verificationKey } from '../../../layers/webhooks/signing.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import type { WebhookRoutes } from './routes.ts';
import { webhookEntity } from './webhook-entity.ts';
import { openSecret, sealSecret } from './webhook-secrets.ts';

const noStore = { 'cache-control': 'no-store' };

export const secretOperations: Pick<Operations<WebhookRoutes>, 'getWebhookSecret' | 'rotateWebhookSecret'> = {
  getWebhookSecret: async ({ session, params }) => {
    const { id, secretKey, signature } = await session.require(webhookEntity, params);
    const secret = verificationKey(await openSecret(session.tenantId, id, secretKey));
    return { data: { secret, signature }, headers: noStore };
  },

  rotateWebhookSecret: async ({ session, params, body }) => {
    const before = await session.require(webhookEntity, params);
    const secret = generateSecret(before.signature);
    const sealed = await sealSecret(session.tenantId, before.id, secret);
    const validUntil = new Date(Date.now() + body.overlapSeconds * 1000).toISOString();
    const previousSecret = body.overlapSeconds === 0 ? null : { sealed: before.secretKey, validUntil };
    await session.transact('platform', (unit) => {
      unit.update(webhookEntity, before, { secretKey: sealed, previousSecret });
    });
    forgetEndpoints(session.tenantId);
    const data = {
      secret: verificationKey(secret),
      signature: before.signature,
      previousSecretValidUntil: previousSecret?.validUntil ?? null,
    };
    return { data, headers: noStore };
  },
};
