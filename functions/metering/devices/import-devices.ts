/** Registers the devices of a list, each for itself: a wrong line stops no other. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { sayWhatIsWrong } from '../../../layers/kernel/errors/problem.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import type { Credentials } from './device-schema.ts';
import { provisionDevice } from './provision-device.ts';
import { type DeviceLine, readDeviceCsv } from './read-device-csv.ts';
import { registerDevice } from './register-device.ts';

interface Outcome {
  line: number;
  deviceId?: string;
  problem?: string;
  credentials?: Credentials;
}

export async function importDevices(
  session: TenantSession,
  { csv, provision }: { csv: string; provision: boolean },
  by: string,
  locale: Locale,
) {
  const lines: Outcome[] = [];
  let registered = 0;
  for (const entry of readLines(csv, locale)) {
    const { line, device, problem } = entry;
    if (device === undefined) {
      lines.push({ line, problem: problem ?? '' });
      continue;
    }
    const outcome: Outcome = { line, deviceId: device.id };
    lines.push(outcome);
    try {
      await registerDevice(session, device);
      registered += 1;
      if (provision) outcome.credentials = await provisionDevice(session, device.id, by);
    } catch (error) {
      if (!isAppError(error) || error.status >= 500) throw error;
      outcome.problem =
        error.code === 'already_exists'
          ? { en: 'Its id or serial number is registered already.', ar: 'رقمه أو رقمه التسلسلي مسجّل من قبل.' }[locale]
          : sayWhatIsWrong(error, locale);
    }
  }
  return { registered, lines };
}

function readLines(csv: string, locale: Locale): DeviceLine[] {
  try {
    return readDeviceCsv(csv, locale);
  } catch (error) {
    if (error instanceof RangeError) throw new AppError('unprocessable', error.message);
    throw error;
  }
}
