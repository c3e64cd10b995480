/** What can be done with API keys. */

import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { workspacesOf } from '../workspaces/enter-workspace.ts';
import { type ApiKey, apiKeyEntity, apiKeyPrefixEntity, makeKey } from './api-key-entity.ts';
import { refuseForeignStations, refuseWiderKey } from './bound-new-key.ts';
import { narrowKey, refuseTooManyPaths } from './narrow-key.ts';
import { present } from './present-key.ts';
import { getApiKeyUsage } from './read-usage.ts';
import { revokeKey } from './revoke-key.ts';
import { rotateApiKey } from './rotate-key.ts';
import type { apiKeys } from './routes.ts';

export const apiKeyOperations: Operations<typeof apiKeys.routes> = {
  getApiKeyHistory: readHistory(apiKeyEntity),

  listApiKeys: async ({ session, query: { mqttReach }, page }) => {
    const { items, nextCursor } = await session.query<ApiKey & Stored>(apiKeyEntity, {
      index: 'gsi1',
      pk: ['APIKEY'],
      order: 'descending',
      ...page,
    });
    const data = items.map(present).filter((key) => mqttReach === undefined || key.mqttReach === mqttReach);
    return { data, pagination: { limit: page.limit, nextCursor } };
  },

  getApiKey: async ({ session, params }) => ({ data: present(await session.require(apiKeyEntity, params)) }),

  createApiKey: async ({ session, body, principal }) => {
    await refuseWiderKey(session, principal, body);
    await refuseForeignStations(principal.tenantId, body.stationIds);
    await refuseTooManyPaths(session, body);
    const workspaces = [...(await workspacesOf(session, principal))];
    const made = makeKey(stageName());
    const { expiresAt, mqttPaths, ...settings } = body;
    const stored = await session.transact('identity', (unit) =>
      addApiKey(unit, principal.tenantId, {
        id: newId('key'),
        ...settings,
        ...(mqttPaths === undefined ? {} : { mqttPaths }),
        workspaces,
        expiresAtTime: expiresAt,
        keyPrefix: made.prefix,
        keyHash: made.hash,
        isActive: true,
        createdBy: principal.subject,
      }),
    );
    return { data: { ...present(stored), key: made.key } };
  },

  narrowApiKey: async ({ session, params, body, principal }) => {
    await refuseForeignStations(principal.tenantId, body.stationIds ?? []);
    return { data: present(await narrowKey(session, params.id, body)) };
  },

  rotateApiKey,

  getApiKeyUsage,

  revokeApiKey: async ({ session, params, principal }) => {
    const revoked = await revokeKey(session, params.id, principal.subject);
    if (revoked === undefined) throw notFound(apiKeyEntity.name, params.id);
    return { data: present(revoked) };
  },
};

/** Adds a key and the global lookup of its prefix. */
export function addApiKey(unit: UnitOfWork, tenantId: string, key: ApiKey): ApiKey & Stored {
  const stored = unit.create(apiKeyEntity, key);
  unit.claim(
    apiKeyPrefixEntity,
    { prefix: key.keyPrefix, tenantId, keyId: key.id },
    () => new AppError('conflict', 'The key prefix is taken; try again.'),
  );
  return stored;
}
