/** What lies between the registers and the energy of a bill: transformers it is multiplied by, and devices that were exchanged meanwhile. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { RegisterSegment } from '../../../layers/metering/meter-state.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { meterEntity } from '../meters/meter-entity.ts';
import { meterKnownAt } from '../meters/meter-known-at.ts';
import { profileOf } from '../meters/meter-profile.ts';

export interface CountedWith {
  /** Energy for one of the register, in order of time; one number unless transformers were exchanged. */
  multipliers: number[];
  /**
   * What the device showed that was taken out and the one that was put in, kWh of their own scale, on the local day of it. Not
   * `isDevice` where it stayed and its transformers were exchanged.
   */
  exchanges: { day: string; isDevice: boolean; finalKwh: string | undefined; initialKwh: string | undefined }[];
}

/**
 * Between two moments, as it was on record at a third; all in milliseconds. Needs read access to tables `metering` and
 * `identity`. @throws AppError `not_found`
 */
export async function countedWith(
  session: TenantSession,
  meterId: string,
  fromMs: number,
  toMs: number,
  knownMs: number,
): Promise<CountedWith> {
  const [present, { timeZone }] = await Promise.all([
    session.require(meterEntity, { id: meterId }),
    tenantProfile(session),
  ]);
  const changedSince = Date.parse(present.updatedAt) > knownMs;
  const meter = changedSince ? await meterKnownAt(session, present, knownMs) : present;
  const segments = profileOf(meter).segments.filter(({ from, to }) => from < toMs && (to === undefined || to > fromMs));
  return {
    multipliers: segments.map(({ multiplier }) => multiplier).filter((each, i, all) => each !== all[i - 1]),
    exchanges: segments.slice(1).map((next, i) => ({
      day: localDate(next.from, timeZone),
      isDevice: next.serial !== segments[i]!.serial,
      finalKwh: shown(segments[i]!, 'endRegister'),
      initialKwh: shown(next, 'startRegister'),
    })),
  };
}

function shown(segment: RegisterSegment, edge: 'startRegister' | 'endRegister'): string | undefined {
  const units = segment[edge];
  return units === undefined ? undefined : fromUnits(units);
}
