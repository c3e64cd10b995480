/** What the devices of a meter must fulfil together; the single values are checked by the schema. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { modulusOf, toUnits } from '../../../layers/metering/register.ts';
import type { Device, Meter } from './meter-schema.ts';

/** @throws AppError `unprocessable` naming the field that does not fit */
export function checkDevices(meter: Meter): void {
  for (const device of meter.devices) {
    fitsRegister(device, 'initialRegisterKwh');
    fitsRegister(device, 'finalRegisterKwh');
    const { installedAt, removedAt } = device;
    if (installedAt !== undefined && removedAt !== undefined && removedAt <= installedAt)
      throw refused('/at', `The device was installed at ${installedAt}: it cannot have been removed at ${removedAt}.`);
  }
}

/**
 * A slip of the year would have every reading until then refused.
 * @throws AppError `unprocessable`
 */
export function refuseInstalledLater(installedAt: string | undefined, now: string): void {
  if (installedAt !== undefined && installedAt > now)
    throw refused('/installedAt', 'An installation is recorded after it happened.');
}

function fitsRegister(device: Device, field: 'initialRegisterKwh' | 'finalRegisterKwh'): void {
  const units = toUnits(device[field]);
  if (units !== undefined && units >= modulusOf(device.digits))
    throw refused(`/${field}`, `${device[field]} kWh does not fit a register of ${device.digits} digits.`);
}

export function refused(path: string, message: string): AppError {
  return new AppError('unprocessable', message, { details: [{ in: 'body', path, message }] });
}
