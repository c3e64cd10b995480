/**
 * Not every reading carries every register. Where the readings at the edges of a period lack energy fed in or reactive energy that
 * others carry, one is looked for some days beyond: neighbouring bills then stand on the same curve, and nothing falls between.
 */
import type { EditedEnergy } from '../usage-edits/usage-edit-schema.ts';
import { registerOf } from './obis-codes.ts';
import type { MeterReading, ReadingRange } from './readings-store.ts';

/** So far beyond the edges. */
export const reachMs = 3 * 86_400_000;

export type OtherEnergy = Exclude<EditedEnergy, 'taken'>;
export const otherEnergies = ['fed_in', 'reactive'] as const satisfies readonly OtherEnergy[];

/** Inductive reactive energy (IEC 62056-6-1, value group C 3: reactive import), total or of the first tariff. */
export const reactiveCodes = ['3.8.0', '3.8.1'];

export const carries = (reading: MeterReading, energy: OtherEnergy): boolean =>
  energy === 'fed_in'
    ? reading.exportRegister !== undefined
    : reactiveCodes.some((code) => registerOf(reading, code) !== undefined);

/** @param readings within a period, and the neighbours on both sides @param read readings of a time, in order */
export async function widerReadings<R extends MeterReading>(
  readings: readonly R[],
  { start, end }: { start: number; end: number },
  read: (range: ReadingRange) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return readings;
  const carried = otherEnergies.filter((energy) => readings.some((reading) => carries(reading, energy)));
  const lacks = (reading: R): boolean => carried.some((energy) => !carries(reading, energy));
  const none: readonly R[] = [];
  const [before, after] = await Promise.all([
    first.timeMs <= start && lacks(first) ? read({ fromMs: first.timeMs - reachMs, toMs: first.timeMs }) : none,
    last.timeMs >= end && lacks(last) ? read({ fromMs: last.timeMs + 1, toMs: last.timeMs + 1 + reachMs }) : none,
  ]);
  return [...before, ...readings, ...after];
}
