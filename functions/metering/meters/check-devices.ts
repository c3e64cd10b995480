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
      throw refused(
        '/at',
        `The device was installed at ${installedAt}: it cannot have been removed at ${removedAt}.`,
        `رُكّب الجهاز في ${installedAt}، فلا يمكن أن يُنزع في ${removedAt}.`,
      );
  }
}

/**
 * A slip of the year would have every reading until then refused.
 * @throws AppError `unprocessable`
 */
export function refuseInstalledLater(installedAt: string | undefined, now: string): void {
  if (installedAt !== undefined && installedAt > now)
    throw refused('/installedAt', 'An installation is recorded after it happened.', 'يُسجَّل التركيب بعد حدوثه.');
}

function fitsRegister(device: Device, field: 'initialRegisterKwh' | 'finalRegisterKwh'): void {
  const units = toUnits(device[field]);
  if (units !== undefined && units >= modulusOf(device.digits))
    throw refused(
      `/${field}`,
      `${device[field]} kWh does not fit a register of ${device.digits} digits.`,
      `القراءة ${device[field]} لا تتسع لها خانات العداد (${device.digits}).`,
    );
}

/** @param path of the field in the body */
export function refused(path: string, en: string, ar: string): AppError {
  return new AppError('unprocessable', undefined, {
    texts: { en, ar },
    details: [{ in: 'body', path, message: en }],
  });
}
