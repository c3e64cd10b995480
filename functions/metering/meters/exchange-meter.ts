/** Records the exchange of the device at a metering point, so that consumption goes on across it. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { meterExchanged } from '../events.ts';
import { checkDevices, refused } from './check-devices.ts';
import { meterEntity } from './meter-entity.ts';
import type { Device, ExchangeMeter } from './meter-schema.ts';
import { claimReportedId, updateProfile } from './meter-states.ts';

export async function exchangeMeter(
  session: TenantSession,
  id: string,
  request: ExchangeMeter,
  expectedVersion: number | undefined,
) {
  const before = await session.require(meterEntity, { id });
  refuseStale(before, expectedVersion);
  if (before.status === 'retired') throw new AppError('conflict', 'The meter is retired.');
  const now = session.context.now();
  const at = request.at ?? now;
  if (at > now) throw refused('/at', 'An exchange is recorded after it happened.');
  const old = before.devices.at(-1)!;
  const device: Device = {
    serialNumber: request.newSerialNumber,
    model: request.newModel ?? old.model,
    digits: request.newDigits ?? old.digits,
    decimals: request.newDecimals ?? old.decimals,
    installedAt: at,
    initialRegisterKwh: request.newInitialRegisterKwh,
  };
  return session.transact(meterEntity.table, (unit) => {
    const after = unit.update(meterEntity, before, {
      serialNumber: device.serialNumber,
      model: device.model,
      digits: device.digits,
      decimals: device.decimals,
      devices: [
        ...before.devices.slice(0, -1),
        { ...old, removedAt: at, finalRegisterKwh: request.finalRegisterKwh },
        device,
      ],
    });
    checkDevices(after);
    updateProfile(unit, session, after, true);
    if (device.serialNumber !== id) claimReportedId(unit, session, device.serialNumber, after);
    unit.emit(meterExchanged, { aggregateId: id, payload: after });
    return after;
  });
}
