/**
 * Binds a credential from before there were paths to what one given now would reach. Nobody has to go to the device: its key stays
 * as it is.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { narrowDeviceKey } from '../../identity/contract.ts';
import { iotDeviceEntity, pathsOf } from './device-entity.ts';

/** @throws AppError `conflict` for a device without a credential */
export async function narrowCredential(session: TenantSession, id: string) {
  const device = await session.require(iotDeviceEntity, { id });
  const { keyId } = device;
  if (keyId === undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'The device has no credential: provision it.', ar: 'ليس للجهاز اعتماد: زوّده به.' },
    });
  const mqttPaths = pathsOf(device);
  await narrowDeviceKey(session, keyId, mqttPaths);
  return { deviceId: id, keyId, mqttPaths };
}
