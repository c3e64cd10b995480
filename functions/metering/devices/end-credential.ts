/**
 * Takes a credential away that a device no longer has. The change of the device carries an event that revokes it, so that it
 * ends though whoever made the change dies; it is revoked at once besides.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { revokeDeviceKey } from '../../identity/contract.ts';
import { credentialEnded } from './device-events.ts';

/** Adds the end of a credential to the change that takes it from the device. @returns what ends it at once, after the commit */
export function endCredential(
  unit: UnitOfWork,
  session: TenantSession,
  { deviceId, keyId, endedBy }: { deviceId: string; keyId: string | undefined; endedBy: string },
): () => Promise<void> {
  if (keyId === undefined) return async () => {};
  unit.emit(credentialEnded, { aggregateId: deviceId, payload: { deviceId, keyId, endedBy } });
  return async () => {
    try {
      await revokeDeviceKey(session, keyId, endedBy);
    } catch (error) {
      // The event does it again; a new credential must not be lost for the old one.
      logger.warn('credential not revoked yet', { deviceId, keyId, error: error as Error });
    }
  };
}
