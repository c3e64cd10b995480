/** Shows and rotates the secret of an endpoint. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { generateSecret, verificationKey } from '../../../layers/webhooks/signing.ts';
import { forgetEndpoints } from '../deliveries/endpoint-directory.ts';
import type { WebhookRoutes } from './routes.ts';
import { type PreviousSecret, webhookEntity } from './webhook-entity.ts';
import { openSecret, previousSecretsOf, previousSecretValidUntil, sealSecret } from './webhook-secrets.ts';

/** Each signs every message: more would make the header long without helping anybody change over. */
const maxPreviousSecrets = 4;

const noStore = { 'cache-control': 'no-store' };

export const secretOperations: Pick<Operations<WebhookRoutes>, 'getWebhookSecret' | 'rotateWebhookSecret'> = {
  getWebhookSecret: async ({ session, params }) => {
    const { id, secretKey, signature } = await session.require(webhookEntity, params);
    const secret = verificationKey(await openSecret(session.tenantId, id, secretKey));
    return { data: { secret, signature }, headers: noStore };
  },

  rotateWebhookSecret: async ({ session, params, body }) => {
    const before = await session.require(webhookEntity, params);
    const nowMs = Date.now();
    const stillValid = previousSecretsOf(before, nowMs);
    if (body.overlapSeconds > 0 && stillValid.length >= maxPreviousSecrets) throw tooManySecrets(stillValid);
    const secret = generateSecret(before.signature);
    const sealed = await sealSecret(session.tenantId, before.id, secret);
    const validUntil = new Date(nowMs + body.overlapSeconds * 1000).toISOString();
    const previousSecrets =
      body.overlapSeconds === 0 ? null : [{ sealed: before.secretKey, validUntil }, ...stillValid];
    const after = await session.transact('platform', (unit) =>
      unit.update(webhookEntity, before, { secretKey: sealed, previousSecrets }),
    );
    forgetEndpoints(session.tenantId);
    const data = {
      secret: verificationKey(secret),
      signature: before.signature,
      previousSecretValidUntil: previousSecretValidUntil(after, nowMs),
    };
    return { data, headers: noStore };
  },
};

function tooManySecrets(valid: readonly PreviousSecret[]): AppError {
  const until = valid.map(({ validUntil }) => validUntil).sort()[0]!;
  return new AppError('unprocessable', undefined, {
    texts: {
      en: `${valid.length} earlier secrets still sign, one until ${until}: wait, or end them with "overlapSeconds": 0.`,
      ar: `لا يزال ${valid.length} من الأسرار السابقة يوقّع، أحدها حتى ${until}: انتظر، أو أنهها باستخدام "overlapSeconds": 0.`,
    },
  });
}
