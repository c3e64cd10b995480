/** All energies of a meter that a bill may need, by buckets: taken, fed in, reactive. One read of the readings serves them all. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import {
  type BucketConsumption,
  type ConsumptionFlag,
  consumptionOf,
  energyCurve,
} from '../../../layers/metering/consumption.ts';
import type { EditedStretch } from '../../../layers/metering/edit-curve.ts';
import type { MeterProfile } from '../../../layers/metering/meter-state.ts';
import type { IntervalValue } from '../../../layers/vee/series.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { curveOfMeter, isBillable, readWithEdits } from './consumption-of-meter.ts';
import type { MeterReading } from './readings-store.ts';

/** Inductive reactive energy (IEC 62056-6-1, value group C 3: reactive import), total or of the first tariff. */
const reactiveCodes = ['3.8.0', '3.8.1'];

export interface BucketUsage {
  start: number;
  end: number;
  /** Millionths of a kWh of primary energy; undefined when no readings tell. */
  importUnits: bigint | undefined;
  exportUnits?: bigint;
  /** Millionths of a kvarh. */
  reactiveUnits?: bigint;
  estimated: boolean;
  /** Whether readings reach from edge to edge. */
  complete: boolean;
  /** Whether a bill can stand on it. */
  billable: boolean;
  flags: ConsumptionFlag[];
  /** Whether a person's decision about a reading lies in it. */
  edited?: boolean;
  /** Stretches in it whose usage a person decided. */
  stretches?: { id: string; method: string }[];
}

/** @param buckets in order of time, without gaps */
export async function usageOfMeter(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): Promise<BucketUsage[]> {
  return usageFrom(await readWithEdits(session, meter, buckets), meter, buckets);
}

/** @param readings within the buckets, and the neighbours on both sides; with the stretches that people decided about */
export function usageFrom(
  [readings, stretches]: readonly [readonly MeterReading[], readonly EditedStretch[]],
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): BucketUsage[] {
  const edited = readings.flatMap(({ timeMs, edit }) => (edit ? [timeMs] : []));
  const profile = profileOf(meter);
  const main = consumptionOf(curveOfMeter(meter, readings, stretches), buckets);
  const others = withoutAnchors(profile);
  const exported = curveOf(others, readings, buckets, ({ exportRegister }) => exportRegister);
  const reactive = curveOf(others, readings, buckets, ({ registers }) => {
    const code = reactiveCodes.find((each) => registers?.[each] !== undefined);
    return code === undefined ? undefined : registers![code];
  });
  return main.map((bucket, i) => {
    const decided = stretches.filter(({ from, to }) => from < bucket.end && to > bucket.start);
    return {
      start: bucket.start,
      end: bucket.end,
      importUnits: bucket.energy,
      ...(exported[i]?.energy === undefined ? {} : { exportUnits: exported[i].energy }),
      ...(reactive[i]?.energy === undefined ? {} : { reactiveUnits: reactive[i].energy }),
      estimated: bucket.estimated,
      complete: bucket.complete,
      billable: isBillable(bucket),
      flags: bucket.flags,
      ...(decided.length > 0 || edited.some((timeMs) => timeMs >= bucket.start && timeMs <= bucket.end)
        ? { edited: true }
        : {}),
      ...(decided.length > 0 ? { stretches: decided.map(({ id, method }) => ({ id, method })) } : {}),
    };
  });
}

/** What profiles may be made of: what was interpolated between readings, or decided by a person, has no shape to learn from. */
export const measuredValues = (usage: readonly BucketUsage[]): IntervalValue[] =>
  usage.flatMap(({ start, end, importUnits, billable, estimated, stretches }) =>
    importUnits === undefined || !billable || estimated || stretches !== undefined
      ? []
      : [{ from: start, to: end, units: importUnits, kind: 'measured' }],
  );

function curveOf(
  profile: MeterProfile,
  readings: readonly MeterReading[],
  buckets: readonly { start: number; end: number }[],
  select: (reading: MeterReading) => number | undefined,
): BucketConsumption[] {
  const points = readings.flatMap((reading) => {
    const register = select(reading);
    return register === undefined ? [] : [{ time: reading.timeMs, register }];
  });
  return consumptionOf(energyCurve(profile, points), buckets);
}

/** What was noted at installation and exchange is the main register's. */
export const withoutAnchors = (profile: MeterProfile): MeterProfile => ({
  ...profile,
  segments: profile.segments.map(({ startRegister: _, endRegister: __, ...segment }) => segment),
});
