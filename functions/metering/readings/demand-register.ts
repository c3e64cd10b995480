/**
 * The highest demand of a period by the meter's own register (IEC 62056-6-1, `1.6.0`), which keeps its highest value until it is
 * reset, and by what the meter keeps of billing periods that a reset ended (value group F, `1.6.0*01`).
 */
import { toPrimaryUnits } from '../../../layers/metering/consumption.ts';
import { segmentAt } from '../../../layers/metering/meter-state.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { reduced, registerOf } from './obis-codes.ts';
import type { MeterReading } from './readings-store.ts';

interface Shown {
  timeMs: number;
  serial: string;
  value: number;
  /** Of billing periods that have ended, in no order. */
  kept: number[];
}

/**
 * What the register showed at the beginning may be of the days before. A value is the period's when the register rose to it, or was
 * reset since; one that is kept, when it was kept since the period began and is not what stood there then.
 * @param readings in order of time
 * @returns millionths of a kW of primary power; undefined where no reading tells
 */
export function highestDemand(
  meter: Meter,
  readings: readonly MeterReading[],
  start: number,
  end: number,
): bigint | undefined {
  const profile = profileOf(meter);
  let before: Shown | undefined;
  let highest: bigint | undefined;
  for (const reading of readings) {
    const { timeMs } = reading;
    const value = registerOf(reading, demandCode);
    const device = segmentAt(profile, timeMs);
    if (value === undefined || device === undefined || timeMs > end) continue;
    const shown = { timeMs, serial: device.serial, value, kept: keptDemands(reading) };
    const reached = before === undefined ? [] : reachedSince(before, shown, start);
    for (const units of reached) {
      const primary = toPrimaryUnits(units, device);
      if (highest === undefined || primary > highest) highest = primary;
    }
    before = shown;
  }
  return highest;
}

const demandCode = '1.6.0';

function reachedSince(before: Shown, shown: Shown, start: number): number[] {
  const isSame = before.serial === shown.serial;
  const rose = shown.timeMs > start && (!isSame || shown.value !== before.value) ? [shown.value] : [];
  // A message that carries fewer of them than the next says nothing of which are new.
  const isComparable = before.kept.length > 0 && [0, 1].includes(shown.kept.length - before.kept.length);
  if (!isSame || before.timeMs < start || !isComparable) return rose;
  return [...rose, ...addedTo(before.kept, shown.kept).filter((value) => value !== before.value)];
}

/** Whatever their codes: some meters number periods as they come, others count back from the last one and shift. */
function addedTo(before: readonly number[], after: readonly number[]): number[] {
  const left = [...before];
  return after.filter((value) => {
    const place = left.indexOf(value);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

const keptDemands = ({ registers = {} }: MeterReading): number[] =>
  Object.entries(registers).flatMap(([code, value]) => (reduced(code).startsWith(`${demandCode}*`) ? [value] : []));
