/** The energies of a meter one by one: taken, fed in, reactive, each by its own register and with what people decided about it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import {
  type BucketConsumption,
  type CurvePoint,
  consumptionOf,
  energyCurve,
} from '../../../layers/metering/consumption.ts';
import { editCurve } from '../../../layers/metering/edit-curve.ts';
import { type MeterProfile, segmentAt } from '../../../layers/metering/meter-state.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import type { EditedEnergy } from '../usage-edits/usage-edit-schema.ts';
import { curveOfMeter, isBillable, readWithEdits, type UsageEvidence } from './consumption-of-meter.ts';
import { reduced } from './obis-codes.ts';
import type { MeterReading } from './readings-store.ts';
import { isTold, type OtherEnergy, otherEnergies, type Telling, tellingOf } from './wider-readings.ts';

type Buckets = readonly { start: number; end: number }[];

export function consumptionOfEnergy(
  energy: EditedEnergy,
  meter: Meter,
  { readings, wider, stretches }: UsageEvidence,
  buckets: Buckets,
): BucketConsumption[] {
  if (energy === 'taken') return consumptionOf(curveOfMeter(meter, readings, stretches), buckets);
  const own = stretches.filter((stretch) => stretch.energy === energy);
  return consumptionOf(editCurve(curveOf(tellingOf(energy, readings), meter, wider), own), buckets);
}

function curveOf(telling: Telling, meter: Meter, readings: readonly MeterReading[]): CurvePoint[] {
  const points = readings.flatMap((reading) => {
    const register = telling(reading);
    return register === undefined ? [] : [{ time: reading.timeMs, register }];
  });
  return energyCurve(withoutAnchors(profileOf(meter)), points);
}

/**
 * Energies that a device told of and then did not up to the end of the buckets, although the register of the whole goes on.
 * What they came to is not known, and is none of the next bill's either.
 */
export function untoldEnergies(meter: Meter, evidence: UsageEvidence, buckets: Buckets): OtherEnergy[] {
  const profile = profileOf(meter);
  const last = buckets.at(-1)!;
  const closing = evidence.readings.at(-1);
  if (closing === undefined || closing.timeMs < last.end) return [];
  const device = segmentAt(profile, closing.timeMs);
  return otherEnergies.filter((energy) => {
    const telling = tellingOf(energy, evidence.readings);
    const told = evidence.wider.findLast((reading) => telling(reading) !== undefined);
    if (told === undefined || told.timeMs >= last.end || segmentAt(profile, told.timeMs) !== device) return false;
    return consumptionOfEnergy(energy, meter, evidence, [last])[0]?.complete !== true;
  });
}

/**
 * Energies that no reading tells of, nor anybody decided: whether the device counted any is not known. Of energy fed in only where
 * the meter is registered with 2.8.0, for most customers feed in nothing; reactive energy is drawn by all.
 */
export function unheardEnergies(meter: Meter, evidence: UsageEvidence, buckets: Buckets): OtherEnergy[] {
  const [start, end] = [buckets[0]!.start, buckets.at(-1)!.end];
  const feedsIn = meter.registers.some(({ obis }) => reduced(obis) === '2.8.0');
  return otherEnergies.filter((energy) => {
    if (energy === 'fed_in' && !feedsIn) return false;
    const isDecided = evidence.stretches.some(
      (stretch) => stretch.energy === energy && stretch.from < end && stretch.to > start,
    );
    return !isDecided && !isTold(tellingOf(energy, evidence.wider), evidence.wider);
  });
}

/** What was noted at installation and exchange is the main register's. */
export const withoutAnchors = (profile: MeterProfile): MeterProfile => ({
  ...profile,
  segments: profile.segments.map(({ startRegister: _, endRegister: __, ...segment }) => segment),
});

export interface EnergyBucket {
  start: number;
  end: number;
  /** Millionths of a kWh of primary energy, or of a kvarh; undefined where nothing tells. */
  units: bigint | undefined;
  /** Whether a bill can stand on it. */
  billable: boolean;
  /** Whether it has a shape to learn from: nothing was interpolated between readings, or decided by a person. */
  isMeasured: boolean;
}

/** @param buckets in order of time, without gaps */
export async function energyOfMeter(
  session: TenantSession,
  meter: Meter,
  energy: EditedEnergy,
  buckets: Buckets,
): Promise<EnergyBucket[]> {
  const evidence = await readWithEdits(session, meter, buckets);
  const own = evidence.stretches.filter((stretch) => stretch.energy === energy);
  return consumptionOfEnergy(energy, meter, evidence, buckets).map((bucket) => {
    const { start, end, energy: units, estimated } = bucket;
    const billable = isBillable(bucket);
    const isDecided = own.some(({ from, to }) => from < end && to > start);
    return { start, end, units, billable, isMeasured: billable && !estimated && !isDecided };
  });
}
