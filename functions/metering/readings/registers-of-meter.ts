/**
 * What a meter's own registers tell of a period: energy by rate (IEC 62056-6-1, `1.8.1` to `1.8.9`, switched by the calendar in
 * the meter) and the highest demand since it was reset, of active (`1.6.0`) and of apparent power (`9.6.0`).
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { consumptionOf, energyCurve } from '../../../layers/metering/consumption.ts';
import type { MeterProfile, RegisterSegment } from '../../../layers/metering/meter-state.ts';
import { toUnits } from '../../../layers/metering/register.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { isBillable, readForBuckets } from './consumption-of-meter.ts';
import { highestDemand, type RegisteredDemand } from './demand-register.ts';
import { withoutAnchors } from './energy-of-meter.ts';
import { reduced, registerOf } from './obis-codes.ts';
import { reachMs } from './wider-readings.ts';

export interface RegisterUsage {
  /** Of each bucket, millionths of a kWh of primary energy by code; a code is missing where its readings do not tell. */
  rates: Record<string, bigint>[];
  demands: Record<'kW' | 'kVA', RegisteredDemand>;
}

/** @param buckets in order of time, without gaps @param codes rate registers, short: `1.8.1` */
export async function registersOfMeter(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
  codes: readonly string[],
): Promise<RegisterUsage> {
  const [start, end] = [buckets[0]!.start, buckets.at(-1)!.end];
  const readings = await readForBuckets(session, meter, [{ start: start - reachMs, end: end + reachMs }]);
  const rates = buckets.map((): Record<string, bigint> => ({}));
  for (const code of codes) {
    const points = readings.flatMap((reading) => {
      const register = registerOf(reading, code);
      return register === undefined ? [] : [{ time: reading.timeMs, register }];
    });
    consumptionOf(energyCurve(profileOfRegister(meter, code), points), buckets).forEach((bucket, i) => {
      if (bucket.energy !== undefined && isBillable(bucket)) rates[i]![code] = bucket.energy;
    });
  }
  return {
    rates,
    demands: {
      kW: highestDemand(meter, readings, start, end, '1.6.0'),
      kVA: highestDemand(meter, readings, start, end, '9.6.0'),
    },
  };
}

/** With what was noted of the register itself when devices were put in and taken out. */
function profileOfRegister(meter: Meter, code: string): MeterProfile {
  const profile = withoutAnchors(profileOf(meter));
  const segments = profile.segments.map((segment, i): RegisterSegment => {
    const { initialRegisters, finalRegisters } = meter.devices[i]!;
    const [start, end] = [notedOf(initialRegisters, code), notedOf(finalRegisters, code)];
    return {
      ...segment,
      ...(start === undefined ? {} : { startRegister: start }),
      ...(end === undefined ? {} : { endRegister: end }),
    };
  });
  return { ...profile, segments };
}

const notedOf = (noted: Readonly<Record<string, string>> = {}, code: string): number | undefined =>
  toUnits(Object.entries(noted).find(([each]) => reduced(each) === code)?.[1]);
