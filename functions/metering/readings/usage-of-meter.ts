/** All energies of a meter that a bill may need, by buckets: taken, fed in, reactive. One read of the readings serves them all. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { ConsumptionFlag } from '../../../layers/metering/consumption.ts';
import type { IntervalValue } from '../../../layers/vee/series.ts';
import type { Meter } from '../meters/meter-schema.ts';
import type { EnergyStretch } from '../usage-edits/usage-edit-entity.ts';
import type { EditedEnergy } from '../usage-edits/usage-edit-schema.ts';
import { isBillable, readWithEdits, type UsageEvidence } from './consumption-of-meter.ts';
import { consumptionOfEnergy } from './energy-of-meter.ts';

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
  /** Stretches in it whose energy taken a person decided. */
  stretches?: { id: string; method: string }[];
  /** Stretches in it of the other energies. */
  otherStretches?: { id: string; method: string }[];
}

/** @param buckets in order of time, without gaps */
export async function usageOfMeter(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): Promise<BucketUsage[]> {
  return usageFrom(await readWithEdits(session, meter, buckets), meter, buckets);
}

export function usageFrom(
  evidence: UsageEvidence,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): BucketUsage[] {
  const { readings, stretches } = evidence;
  const edited = readings.flatMap(({ timeMs, edit }) => (edit ? [timeMs] : []));
  const of = (energy: EditedEnergy) => consumptionOfEnergy(energy, meter, evidence, buckets);
  const [main, exported, reactive] = [of('taken'), of('fed_in'), of('reactive')];
  return main.map((bucket, i) => {
    const touching = stretches.filter(({ from, to }) => from < bucket.end && to > bucket.start);
    const [decided, others] = [touching.filter(isOfTaken), touching.filter((stretch) => !isOfTaken(stretch))];
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
      ...(decided.length > 0 ? { stretches: decided.map(named) } : {}),
      ...(others.length > 0 ? { otherStretches: others.map(named) } : {}),
    };
  });
}

const isOfTaken = ({ energy }: EnergyStretch): boolean => energy === 'taken';

const named = ({ id, method }: EnergyStretch) => ({ id, method });

/** What profiles may be made of: what was interpolated between readings, or decided by a person, has no shape to learn from. */
export const measuredValues = (usage: readonly BucketUsage[]): IntervalValue[] =>
  usage.flatMap(({ start, end, importUnits, billable, estimated, stretches }) =>
    importUnits === undefined || !billable || estimated || stretches !== undefined
      ? []
      : [{ from: start, to: end, units: importUnits, kind: 'measured' }],
  );
