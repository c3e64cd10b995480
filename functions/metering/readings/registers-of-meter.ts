/**
 * What a meter's own registers tell of a period: energy by rate (IEC 62056-6-1, `1.8.1` to `1.8.9`, switched by the calendar in
 * the meter) and the highest demand since it was reset (`1.6.0`).
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { consumptionOf, energyCurve, toPrimaryUnits } from '../../../layers/metering/consumption.ts';
import { segmentAt } from '../../../layers/metering/meter-state.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { reduced } from './billing-evidence.ts';
import { isBillable, readForBuckets } from './consumption-of-meter.ts';
import type { MeterReading } from './readings-store.ts';
import { withoutAnchors } from './usage-of-meter.ts';

export interface RegisterUsage {
  /** Of each bucket, millionths of a kWh of primary energy by code; a code is missing where its readings do not tell. */
  rates: Record<string, bigint>[];
  /** Millionths of a kW; undefined where no reading tells what was reached in the period. */
  highestDemand: bigint | undefined;
}

/** Not every reading carries every register: so far beyond the edges one is looked for that does. */
const reachMs = 3 * 86_400_000;

const demandCode = '1.6.0';

/** @param buckets in order of time, without gaps @param codes rate registers, short: `1.8.1` */
export async function registersOfMeter(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
  codes: readonly string[],
): Promise<RegisterUsage> {
  const [start, end] = [buckets[0]!.start, buckets.at(-1)!.end];
  const readings = await readForBuckets(session, meter, [{ start: start - reachMs, end: end + reachMs }]);
  const profile = withoutAnchors(profileOf(meter));
  const rates = buckets.map((): Record<string, bigint> => ({}));
  for (const code of codes) {
    const points = readings.flatMap((reading) => {
      const register = registerOf(reading, code);
      return register === undefined ? [] : [{ time: reading.timeMs, register }];
    });
    consumptionOf(energyCurve(profile, points), buckets).forEach((bucket, i) => {
      if (bucket.energy !== undefined && isBillable(bucket)) rates[i]![code] = bucket.energy;
    });
  }
  return { rates, highestDemand: highestDemand(meter, readings, start, end) };
}

/**
 * The register keeps its highest value until it is reset, so what it showed at the beginning may be of the days before. A value
 * is the period's when the register rose to it, or was reset since.
 */
function highestDemand(
  meter: Meter,
  readings: readonly MeterReading[],
  start: number,
  end: number,
): bigint | undefined {
  const profile = profileOf(meter);
  let before: { value: number; serial: string } | undefined;
  let highest: bigint | undefined;
  for (const reading of readings) {
    const value = registerOf(reading, demandCode);
    const device = segmentAt(profile, reading.timeMs);
    if (value === undefined || device === undefined || reading.timeMs > end) continue;
    const isNewDevice = before !== undefined && before.serial !== device.serial;
    if (reading.timeMs > start && before !== undefined && (isNewDevice || value !== before.value)) {
      const primary = toPrimaryUnits(value, device);
      if (highest === undefined || primary > highest) highest = primary;
    }
    before = { value, serial: device.serial };
  }
  return highest;
}

/** Codes come short or whole: `1-0:1.8.1*255` is `1.8.1`. */
function registerOf({ registers = {} }: MeterReading, code: string): number | undefined {
  const found = Object.keys(registers).find((each) => each === code || reduced(each) === code);
  return found === undefined ? undefined : registers[found];
}
