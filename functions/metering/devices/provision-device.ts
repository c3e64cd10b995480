/**
 * Gives a device its credential: a key that reaches its own topics and, where it reads for others, theirs. It is shown once; doing so
 * again replaces it. Of two who provision at once one wins, and the other’s key is gone before anybody saw it.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { issueDeviceKey, revokeDeviceKey } from '../../identity/contract.ts';
import { deviceStateEntity, iotDeviceEntity, pathsOf, topicsOf } from './device-entity.ts';
import { deviceProvisioned } from './device-events.ts';
import type { Credentials } from './device-schema.ts';
import { endCredential } from './end-credential.ts';
import { refuseRetired } from './register-device.ts';

/** Publishing for its station, and asking what concerns itself. */
const deviceScopes = ['metering:readings:publish'];

export async function provisionDevice(session: TenantSession, id: string, by: string): Promise<Credentials> {
  const device = await session.require(iotDeviceEntity, { id });
  refuseRetired(device);
  const issued = await issueDeviceKey(session, {
    name: `Device ${id}`,
    description: `${device.type} ${device.serialNumber} at station ${device.stationId}.`,
    scopes: deviceScopes,
    stationIds: [device.stationId],
    createdBy: by,
    hasOwnClientId: true,
    mqttPaths: pathsOf(device),
  });
  try {
    const state = await session.require(deviceStateEntity, { id });
    const now = session.context.now();
    const dueAt = new Date(Date.parse(now) + device.offlineAfterMinutes * 60_000).toISOString();
    const end = await session.transact('metering', (unit) => {
      const after = unit.update(iotDeviceEntity, device, {
        status: 'provisioned',
        keyId: issued.id,
        provisionedAt: now,
      });
      unit.update(deviceStateEntity, state, { dueAt }, { isAudited: false });
      unit.emit(deviceProvisioned, { aggregateId: id, payload: { ...after } });
      return endCredential(unit, session, { deviceId: id, keyId: device.keyId, endedBy: by });
    });
    await end();
  } catch (error) {
    await revokeDeviceKey(session, issued.id, by);
    throw error;
  }
  return { deviceId: id, apiKey: issued.key, clientId: issued.clientId, topics: topicsOf(device) };
}
