/**
 * Not every reading carries every register. Where the readings at the edges of a period lack energy fed in or reactive energy that
 * others carry, one is looked for beyond: neighbouring bills then stand on the same curve, and nothing falls between.
 */
import type { EditedEnergy } from '../usage-edits/usage-edit-schema.ts';
import { registerOf } from './obis-codes.ts';
import type { MeterReading, ReadingRange } from './readings-store.ts';

const dayMs = 86_400_000;
/** So far on both sides the other registers of a meter are looked for; and the first step of looking for energies. */
export const reachMs = 3 * dayMs;

export type OtherEnergy = Exclude<EditedEnergy, 'taken'>;
export const otherEnergies = ['fed_in', 'reactive'] as const satisfies readonly OtherEnergy[];

/** Inductive reactive energy (IEC 62056-6-1, value group C 3: reactive import), total or of the first tariff. */
const reactiveCodes = ['3.8.0', '3.8.1'];

/** What a reading tells of an energy, register units; undefined where it lacks it. */
export type Telling = (reading: MeterReading) => number | undefined;

/** @param readings of the time it is about: by what they tell, and for all by one code, since two registers do not go on from each other */
export function tellingOf(energy: OtherEnergy, readings: readonly MeterReading[]): Telling {
  if (energy === 'fed_in') return ({ exportRegister }) => exportRegister;
  const code = reactiveCodes.find((each) => readings.some((reading) => registerOf(reading, each) !== undefined));
  return (reading) => (code === undefined ? undefined : registerOf(reading, code));
}

/** Longer than a bill of a quarter: a register that was silent longer begins anew. */
const longestSilenceMs = 93 * dayMs;

/** A bill waits for what is told later no longer: a straight line over more would be a guess, and its next bill is made by then. */
const longestWaitMs = 28 * dayMs;

type Read<R> = (range: ReadingRange) => Promise<readonly R[]>;

/**
 * Before the beginning a bill looks back as far as the bill before may have begun, behind the end it waits for some weeks: bills
 * side by side stand on the same two readings.
 * @param readings within a period, and the neighbours on both sides @param read readings of a time, in order
 */
export async function widerReadings<R extends MeterReading>(
  readings: readonly R[],
  { start, end }: { start: number; end: number },
  read: Read<R>,
): Promise<readonly R[]> {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return readings;
  const told = toldBy(readings);
  const lackedBy = (reading: R) => told.filter((telling) => telling(reading) === undefined);
  const [before, after] = await Promise.all([
    first.timeMs <= start ? lastCarrying(lackedBy(first), first.timeMs, read) : [],
    last.timeMs >= end ? firstCarrying(lackedBy(last), last.timeMs + 1, longestWaitMs, read) : [],
  ]);
  return [...before, ...readings, ...after];
}

export const isTold = (telling: Telling, readings: readonly MeterReading[]): boolean =>
  readings.some((reading) => telling(reading) !== undefined);

/** Of the energies that some of the readings tell of. */
export const toldBy = (readings: readonly MeterReading[]): Telling[] =>
  otherEnergies.map((energy) => tellingOf(energy, readings)).filter((telling) => isTold(telling, readings));

/** Steps back, each twice as long, until all are found: most are near, and a register that has just begun has none. */
async function lastCarrying<R extends MeterReading>(
  energies: readonly Telling[],
  beforeMs: number,
  read: Read<R>,
): Promise<readonly R[]> {
  let found: readonly R[] = [];
  let [toMs, stepMs] = [beforeMs, reachMs];
  const furthestMs = beforeMs - longestSilenceMs;
  while (toMs > furthestMs && energies.some((telling) => !isTold(telling, found))) {
    const fromMs = Math.max(toMs - stepMs, furthestMs);
    found = [...(await read({ fromMs, toMs })), ...found];
    [toMs, stepMs] = [fromMs, 2 * stepMs];
  }
  return found;
}

/** The same forwards. */
async function firstCarrying<R extends MeterReading>(
  energies: readonly Telling[],
  fromMs: number,
  withinMs: number,
  read: Read<R>,
): Promise<readonly R[]> {
  let found: readonly R[] = [];
  let [edge, stepMs] = [fromMs, reachMs];
  const furthestMs = fromMs + withinMs;
  while (edge < furthestMs && energies.some((telling) => !isTold(telling, found))) {
    const toMs = Math.min(edge + stepMs, furthestMs);
    found = [...found, ...(await read({ fromMs: edge, toMs }))];
    [edge, stepMs] = [toMs, 2 * stepMs];
  }
  return found;
}

/** When each of the energies was told last before a moment and first from another on: bills between stand on these. @returns the furthest of both */
export async function toldAround(
  energies: readonly Telling[],
  { beforeMs, fromMs }: { beforeMs: number; fromMs: number },
  read: Read<MeterReading>,
): Promise<{ before: number | undefined; after: number | undefined }> {
  const [earlier, later] = await Promise.all([
    lastCarrying(energies, beforeMs, read),
    firstCarrying(energies, fromMs, longestSilenceMs, read),
  ]);
  const tells = (telling: Telling) => (reading: MeterReading) => telling(reading) !== undefined;
  const before = energies.flatMap((telling) => earlier.findLast(tells(telling))?.timeMs ?? []);
  const after = energies.flatMap((telling) => later.find(tells(telling))?.timeMs ?? []);
  return {
    before: before.length === 0 ? undefined : Math.min(...before),
    after: after.length === 0 ? undefined : Math.max(...after),
  };
}
