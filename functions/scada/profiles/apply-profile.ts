/** Gives a device the points of a profile, the register map of its model: all of them or those named, with the ratios of its transformers. */

import {
  type ExpandedProfile,
  type ExpandOptions,
  expandProfile,
} from '../../../edge-gateway/profiles/expand-profile.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { defaultLocale } from '../../../layers/kernel/i18n/locale.ts';
import { deviceEntity } from '../devices/device-entity.ts';
import { writeRows } from '../points/import-points.ts';
import { type ImportProblem, readRow } from '../points/parse-import.ts';

export interface ProfileRequest extends Omit<ExpandOptions, 'deviceId'> {
  profile: string;
}

/** @throws AppError `unprocessable` for a profile, a key or an id of a point that cannot be */
export async function applyProfile(session: TenantSession, deviceId: string, { profile, ...options }: ProfileRequest) {
  const device = await session.require(deviceEntity, { id: deviceId });
  const { points, deviceSettings } = expand(profile, { ...options, deviceId });
  const problems: ImportProblem[] = [];
  const rows = points.flatMap((point, i) => readRow(i + 1, point, problems, defaultLocale) ?? []);
  if (problems.length > 0)
    throw new AppError('unprocessable', `Point ${problems[0]!.line} of the profile: ${problems[0]!.message}`);
  const outcome = await writeRows(session.beforehand(), { rows, problems: [] });
  if (!outcome.applied) throw new AppError('unprocessable', outcome.problems[0]!.message);
  // What people set themselves stays; the profile fills the rest.
  const settings = { ...deviceSettings, ...device.settings };
  await session.transact('scada', (unit) => unit.update(deviceEntity, device, { profile, settings }));
  return { created: outcome.created, replaced: outcome.replaced, pointIds: rows.map(({ fields }) => fields.id) };
}

function expand(profile: string, options: ExpandOptions): ExpandedProfile {
  try {
    return expandProfile(profile, options);
  } catch (error) {
    if (error instanceof RangeError) throw new AppError('unprocessable', error.message, { cause: error });
    throw error;
  }
}
