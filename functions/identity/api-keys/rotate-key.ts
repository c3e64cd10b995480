/** Rotates an API key: a new secret under a new prefix, and the old one for as long as its holder needs to change over. */
import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { workspacesOf } from '../workspaces/enter-workspace.ts';
import { apiKeyEntity, apiKeyPrefixEntity, makeKey } from './api-key-entity.ts';
import { refuseWiderKey } from './bound-new-key.ts';
import { present } from './present-key.ts';
import type { apiKeys } from './routes.ts';

export const rotateApiKey: Operation<typeof apiKeys.routes.rotateApiKey> = async (request) => {
  const { session, params, body, principal } = request;
  const before = await session.require(apiKeyEntity, params);
  if (!before.isActive) throw new AppError('conflict', 'The key is revoked.');
  // Who gets the new secret holds what the key holds: it must not be more than they could give.
  await refuseWiderKey(session, principal, { ...before, expiresAt: before.expiresAtTime });
  const entered = await workspacesOf(session, principal);
  const beyond = entered.includes('*') ? undefined : before.workspaces?.find((id) => !entered.includes(id));
  if (beyond !== undefined) throw new AppError('forbidden', 'The key enters workspaces that you may not enter.');
  const made = makeKey(stageName());
  const validUntil = new Date(Date.now() + body.overlapSeconds * 1000).toISOString();
  const { keyPrefix, keyHash } = before;
  const stored = await session.transact('identity', (unit) => {
    unit.claim(
      apiKeyPrefixEntity,
      { prefix: made.prefix, tenantId: principal.tenantId, keyId: before.id },
      () => new AppError('conflict', 'The key prefix is taken; try again.'),
    );
    return unit.update(apiKeyEntity, before, {
      keyPrefix: made.prefix,
      keyHash: made.hash,
      previous: body.overlapSeconds === 0 ? null : { keyPrefix, keyHash, validUntil },
    });
  });
  return { data: { ...present(stored), key: made.key }, headers: { 'cache-control': 'no-store' } };
};
