/** An API key as it is answered: without hashes. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { ApiKey } from './api-key-entity.ts';
import { reachOf } from './mqtt-reach.ts';

export function present(key: ApiKey & Stored) {
  const { keyHash: _, previous, expiresAtTime, updatedAt: __, ...shown } = key;
  return {
    ...shown,
    description: key.description,
    expiresAt: expiresAtTime ?? null,
    workspaces: key.workspaces ?? [],
    mqttPaths: key.mqttPaths ?? null,
    mqttReach: reachOf(key, Date.now()),
    previousValidUntil: previous?.validUntil ?? null,
    revokedAt: key.revokedAt ?? null,
    revokedBy: key.revokedBy ?? null,
  };
}
