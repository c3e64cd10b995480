/** Ends an API key for good, whoever changes it at the same moment: what leaked must not stay open over a conflict. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type ApiKey, apiKeyEntity } from './api-key-entity.ts';

/** What is revoked already stays as it is. @returns undefined where there is no such key */
export function revokeKey(
  session: TenantSession,
  id: string,
  revokedBy: string,
): Promise<(ApiKey & Stored) | undefined> {
  return retryOnChange(async () => {
    const key = await session.get(apiKeyEntity, { id }, { consistent: true });
    if (!key?.isActive) return key;
    const changes = { isActive: false, revokedAt: session.context.now(), revokedBy };
    return session.transact('identity', (unit) => unit.update(apiKeyEntity, key, changes));
  });
}
