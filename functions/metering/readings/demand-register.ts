/**
 * The highest demand of a period by the meter's own register (IEC 62056-6-1, `1.6.0`, of apparent power `9.6.0`), which keeps its highest value until it is
 * reset, and by what the meter keeps of billing periods that a reset ended (`1.6.0*01` and on, see `kept-demands.ts`).
 */
import { toPrimaryUnits } from '../../../layers/metering/consumption.ts';
import { type RegisterSegment, segmentAt } from '../../../layers/metering/meter-state.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { type DemandCode, datedWithin, endedBetween, keptPeriods } from './kept-demands.ts';
import { registerOf } from './obis-codes.ts';
import type { MeterReading } from './readings-store.ts';

export interface RegisteredDemand {
  /** Millionths of a kW, or kVA, of primary power; undefined where no reading tells. */
  highest: bigint | undefined;
  /** Whether demands of ended billing periods were read of which nothing tells the period; said only where nothing else tells. */
  isKeptUndated: boolean;
}

interface Shown {
  reading: MeterReading;
  device: RegisterSegment;
  value: number;
}

/**
 * What the register showed at the beginning may be of the days before. A value is the period's when the register rose to it, or was
 * reset since; one that is kept, when it was kept since the period began and is not what stood there then, or when the register
 * that was kept with it says that its billing period lies within.
 * @param readings in order of time, with some before and after
 */
export function highestDemand(
  meter: Meter,
  readings: readonly MeterReading[],
  start: number,
  end: number,
  of: DemandCode = '1.6.0',
): RegisteredDemand {
  const profile = profileOf(meter);
  const installed = readings.flatMap((reading) => {
    const device = segmentAt(profile, reading.timeMs);
    return device === undefined ? [] : [{ reading, device }];
  });
  const found: bigint[] = [];
  let isKept = false;
  let before: Shown | undefined;
  for (const { reading, device } of installed) {
    if (reading.timeMs >= start && keptPeriods(reading, of).length > 0) {
      isKept = true;
      const same = installed.filter((each) => each.device === device).map((each) => each.reading);
      found.push(...datedWithin(reading, same, { start, end }, of).map((demand) => toPrimaryUnits(demand, device)));
    }
    const value = registerOf(reading, of);
    if (value === undefined || reading.timeMs > end) continue;
    const shown = { reading, device, value };
    if (before !== undefined)
      found.push(...reachedSince(before, shown, start, of).map((demand) => toPrimaryUnits(demand, device)));
    before = shown;
  }
  const highest = found.reduce<bigint | undefined>(
    (most, each) => (most === undefined || each > most ? each : most),
    undefined,
  );
  return { highest, isKeptUndated: highest === undefined && isKept };
}

function reachedSince(before: Shown, shown: Shown, start: number, of: DemandCode): number[] {
  const isSame = before.device.serial === shown.device.serial;
  const rose = shown.reading.timeMs > start && (!isSame || shown.value !== before.value) ? [shown.value] : [];
  if (!isSame || before.reading.timeMs < start) return rose;
  const ended = endedBetween(before.reading, shown.reading, of);
  // Of periods that ended since, the first had begun before: what stood there then may be of the days before.
  if (ended !== undefined)
    return [
      ...rose,
      ...ended.map(({ demand }) => demand).filter((demand, i) => i < ended.length - 1 || demand !== before.value),
    ];
  const [earlier, later] = [before.reading, shown.reading].map((reading) =>
    keptPeriods(reading, of).map(({ demand }) => demand),
  );
  // A message that carries fewer of them than the next says nothing of which are new.
  const isComparable = earlier!.length > 0 && [0, 1].includes(later!.length - earlier!.length);
  return isComparable ? [...rose, ...addedTo(earlier!, later!).filter((demand) => demand !== before.value)] : rose;
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
