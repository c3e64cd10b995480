/** Registers, changes and retires devices. A device that moves to another station, or becomes another meter, needs a new credential. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { revokeDeviceKey } from '../../identity/contract.ts';
import { requireStation } from '../../scada/contract.ts';
import { meterEntity } from '../meters/meter-entity.ts';
import { deviceSerialEntity, deviceStateEntity, iotDeviceEntity, pathsOf, type StoredDevice } from './device-entity.ts';
import { configurationIssued, deviceRegistered, deviceRetired } from './device-events.ts';
import type { Device, NewDevice } from './device-schema.ts';
import { endCredential } from './end-credential.ts';
import { endSilence } from './presence.ts';

export async function registerDevice(session: TenantSession, order: NewDevice): Promise<StoredDevice> {
  await checkPlace(session, order);
  return session.transact('metering', (unit) => {
    const device: Device = { ...order, status: 'registered', configurationVersion: 0 };
    const stored = unit.create(iotDeviceEntity, device);
    unit.create(deviceSerialEntity, { serialNumber: order.serialNumber, deviceId: order.id });
    unit.create(deviceStateEntity, { id: order.id, presence: 'unknown' });
    unit.emit(deviceRegistered, { aggregateId: order.id, payload: device });
    return stored;
  });
}

export type DeviceChanges = {
  [P in 'model' | 'stationId' | 'meterId' | 'group' | 'name' | 'offlineAfterMinutes']?: Device[P] | null;
};

export async function updateDevice(
  session: TenantSession,
  id: string,
  changes: DeviceChanges,
  expectedVersion: number | undefined,
  by: string,
): Promise<StoredDevice> {
  const before = await session.require(iotDeviceEntity, { id });
  refuseStale(before, expectedVersion);
  refuseRetired(before);
  const stationId = changes.stationId ?? before.stationId;
  const meterId = changes.meterId === undefined ? before.meterId : (changes.meterId ?? undefined);
  await checkPlace(session, { stationId, meterId });
  const moves = stationId !== before.stationId;
  // Its credential is of the old station, or of the meter it was.
  const isOutdated = moves || `${pathsOf(before)}` !== `${pathsOf({ ...before, meterId })}`;
  const version = before.configurationVersion;
  const [data, end] = await session.transact('metering', (unit) => {
    if (moves && version > 0)
      unit.emit(configurationIssued, {
        aggregateId: id,
        payload: { deviceId: id, version, previousStationId: before.stationId },
      });
    const after = unit.update(iotDeviceEntity, before, {
      ...changes,
      ...(isOutdated ? { status: 'registered', keyId: null, provisionedAt: null } : {}),
    } as Partial<Device>);
    const keyId = isOutdated ? before.keyId : undefined;
    return [after, endCredential(unit, session, { deviceId: id, keyId, endedBy: by })] as const;
  });
  await end();
  return data;
}

/** Takes its credential away for good. The serial number may be registered again. */
export async function retireDevice(session: TenantSession, id: string, by: string): Promise<StoredDevice> {
  const before = await session.require(iotDeviceEntity, { id });
  refuseRetired(before);
  const [serial, state] = await Promise.all([
    session.require(deviceSerialEntity, { serialNumber: before.serialNumber }),
    session.require(deviceStateEntity, { id }),
  ]);
  // First, so that a retired device never has a credential.
  if (before.keyId !== undefined) await revokeDeviceKey(session.beforehand(), before.keyId, by);
  return session.transact('metering', (unit) => {
    const after = unit.update(iotDeviceEntity, before, { status: 'retired', keyId: null, provisionedAt: null });
    unit.delete(deviceSerialEntity, serial);
    unit.update(deviceStateEntity, state, { dueAt: null } as never, { isAudited: false });
    unit.emit(deviceRetired, { aggregateId: id, payload: { ...after } });
    if (state.presence === 'offline') endSilence(unit, id, 'The device was retired.');
    return after;
  });
}

export function refuseRetired({ id, status }: Device): void {
  if (status === 'retired')
    throw new AppError('conflict', undefined, {
      texts: { en: `Device "${id}" is retired.`, ar: `الجهاز "${id}" خارج الخدمة.` },
    });
}

async function checkPlace(
  session: TenantSession,
  { stationId, meterId }: { stationId: string; meterId?: string | undefined },
): Promise<void> {
  await requireStation(session, stationId);
  if (meterId === undefined) return;
  const meter = await session.require(meterEntity, { id: meterId });
  if (meter.stationId !== stationId)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Meter "${meterId}" is at station "${meter.stationId}".`,
        ar: `العداد "${meterId}" في المحطة "${meter.stationId}".`,
      },
    });
}
