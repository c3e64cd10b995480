/**
 * What a meter keeps of billing periods that have ended (IEC 62056-6-1, value group F): of 0 to 99, F is what the meter's counter
 * of billing periods (`0.1.0`, counting to 100 or to 12) showed when the period ended. So `1.6.0*01` is the highest demand of
 * period 1, and only the counter says whether that is the last one; meters that count back from the last one use the same codes.
 * Which period a value is of follows from two readings with the counter, or from the register that was kept with it (`1.8.0*01`),
 * which says when the period ended.
 */
import { reduced, registerOf } from './obis-codes.ts';
import type { MeterReading } from './readings-store.ts';

const hourMs = 3_600_000;
/** Readings further apart do not tell the hour at which a register was reached. */
const longestStepMs = 24 * hourMs;
/** Between two readings the moment is a straight line's. */
const toleranceMs = hourMs;
const unitsPerCount = 1_000_000;

interface KeptPeriod {
  number: number;
  /** Units of the register of demand. */
  demand: number;
}

/** Registers of the highest demand: of active power, and of apparent power. */
export type DemandCode = '1.6.0' | '9.6.0';

export const keptPeriods = ({ registers = {} }: MeterReading, of: DemandCode): KeptPeriod[] =>
  Object.entries(registers).flatMap(([code, demand]) => {
    const number = numberOf(code, of);
    return number === undefined ? [] : [{ number, demand }];
  });

/** Of a code of an ended period. */
function numberOf(code: string, of: string): number | undefined {
  const [base, number] = reduced(code).split('*');
  return base === of && number !== undefined && Number(number) <= 99 ? Number(number) : undefined;
}

/** What the counter of billing periods shows. */
function periodCounter(reading: MeterReading): number | undefined {
  const units = registerOf(reading, '0.1.0');
  return units === undefined || units % unitsPerCount !== 0 ? undefined : units / unitsPerCount;
}

/**
 * Periods that ended between two readings of a device by its counter, the last one first.
 * @returns undefined where it does not tell, or not all of them were kept
 */
export function endedBetween(before: MeterReading, after: MeterReading, of: DemandCode): KeptPeriod[] | undefined {
  const [from, to] = [periodCounter(before), periodCounter(after)];
  if (from === undefined || to === undefined) return undefined;
  const kept = keptPeriods(after, of);
  // More than are kept cannot be told, so of the ways in which it may have begun again at most one is left.
  for (const modulus of [0, 12, 100]) {
    const count = to - from + modulus;
    if (count < 0 || count > kept.length) continue;
    const ended = Array.from({ length: count }, (_, i) => {
      const number = to - i;
      return kept.find((each) => each.number === number || (modulus > 0 && each.number === number + modulus));
    });
    if (ended.every((period) => period !== undefined)) return ended;
  }
  return undefined;
}

/**
 * What a reading tells of a bill by itself: demands of billing periods that lie within, dated by the registers kept with them, and
 * the present one's where it began within.
 * @param same readings of the device, in order of time, the reading among them
 */
export function datedWithin(
  reading: MeterReading,
  same: readonly MeterReading[],
  { start, end }: { start: number; end: number },
  of: DemandCode,
): number[] {
  const ends = Object.entries(reading.registers ?? {})
    .flatMap(([code, register]) => {
      const number = numberOf(code, '1.8.0');
      const at = number === undefined ? undefined : timeOfRegister(same, register);
      return number === undefined || at === undefined ? [] : [{ number, register, at }];
    })
    .sort((a, b) => a.register - b.register);
  const begins = (at: number): boolean => at >= start - toleranceMs;
  const found: number[] = [];
  const kept = keptPeriods(reading, of);
  for (const [i, { number, at }] of ends.entries()) {
    const demand = kept.find((each) => each.number === number)?.demand;
    const before = ends[i - 1];
    // What began before the bill may have been highest then.
    if (demand !== undefined && before !== undefined && begins(before.at) && at <= end + toleranceMs)
      found.push(demand);
  }
  const present = registerOf(reading, of);
  const last = ends.at(-1);
  // All that were kept are dated, so that none ended after the last of them.
  const isWhole = kept.length > 0 && kept.every((each) => ends.some(({ number }) => number === each.number));
  if (
    present !== undefined &&
    last !== undefined &&
    isWhole &&
    begins(last.at) &&
    reading.timeMs > start &&
    reading.timeMs <= end
  )
    found.push(present);
  return found;
}

/** When the register of the whole showed so much; undefined where readings are too far apart to tell. */
function timeOfRegister(same: readonly MeterReading[], register: number): number | undefined {
  const next = same.findIndex((reading) => reading.register >= register);
  const [before, after] = [same[next - 1], same[next]];
  if (after === undefined) return undefined;
  if (after.register === register) return after.timeMs;
  if (before === undefined || after.timeMs - before.timeMs > longestStepMs) return undefined;
  const share = (register - before.register) / (after.register - before.register);
  return before.timeMs + share * (after.timeMs - before.timeMs);
}
