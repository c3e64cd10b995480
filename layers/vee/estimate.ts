/**
 * Estimation: fills what is missing, always marked and with its method, by the first method of the settings that has what it
 * needs. Where the register was read at both ends, the estimate is made to add up to what it moved: only the shape is guessed.
 */
import { type EstimationMethod, type Grid, type IntervalValue, sumOfUnits } from './series.ts';
import type { VeeSettings } from './vee-settings.ts';

export interface EstimationInput {
  grid: Grid;
  /** Values that stand: measured, edited, or estimated earlier and confirmed. */
  good: readonly IntervalValue[];
  /** Cells of the grid without a good value, in order. */
  missing: readonly { from: number; to: number }[];
  registerDifference?: bigint;
  /** Interval values of earlier days, to make profiles of. */
  past: readonly IntervalValue[];
  /** `workday`, `weekend`, `holiday` …: days of one kind are alike. */
  kindOfDay(time: number): string;
  /** Milliseconds since local midnight. */
  timeOfDay(time: number): number;
  /** Energies a day of earlier periods, the newest first. */
  historyPerDay?: readonly bigint[];
}

export interface Estimate {
  values: IntervalValue[];
  /** Cells for which no method had what it needs. */
  left: { from: number; to: number }[];
}

const dayMs = 86_400_000;

type Cell = { from: number; to: number };
/** With the values of earlier days by what makes them alike, the newest first: a month of quarter hours asks for thousands. */
type Prepared = EstimationInput & { alike(cell: Cell): readonly IntervalValue[] };
type Method = (run: readonly Cell[], input: Prepared, settings: VeeSettings) => bigint[] | undefined;

const methods: Record<EstimationMethod, Method> = {
  interpolation: interpolate,
  // The register gives the amount, likeness the shape; see `scaleToRegister`. Alone it spreads evenly.
  register_difference: spreadRegister,
  like_days: likeDays,
  history: (run, { historyPerDay }) => (historyPerDay?.length ? spreadPerDay(run, mean(historyPerDay)) : undefined),
  class_average: (run, _, { estimation: { classUnitsPerDay } }) =>
    classUnitsPerDay === undefined ? undefined : spreadPerDay(run, BigInt(classUnitsPerDay)),
};

export function estimate(given: EstimationInput, settings: VeeSettings): Estimate {
  const input: Prepared = { ...given, alike: findAlike(given) };
  const result: Estimate = { values: [], left: [] };
  for (const run of runsOf(input.missing)) {
    const isTooLong = run.at(-1)!.to - run[0]!.from > settings.estimation.longestDays * dayMs;
    const made = isTooLong ? undefined : firstOf(run, input, settings);
    if (made === undefined) result.left.push(...run);
    else result.values.push(...made);
  }
  return result.left.length === 0 ? scaleToRegister(result, input) : result;
}

function findAlike({ past, kindOfDay, timeOfDay }: EstimationInput): Prepared['alike'] {
  const kindOf = ({ from, to }: Cell): string => `${kindOfDay(from)} ${timeOfDay(from)} ${to - from}`;
  const newestFirst = past.filter(({ kind }) => kind !== 'estimated').sort((a, b) => b.from - a.from);
  const groups = Map.groupBy(newestFirst, kindOf);
  return (cell) => groups.get(kindOf(cell)) ?? [];
}

/** Missing cells that lie side by side are estimated together. */
function runsOf(cells: readonly Cell[]): Cell[][] {
  const runs: Cell[][] = [];
  for (const cell of cells) {
    const last = runs.at(-1);
    if (last?.at(-1)?.to === cell.from) last.push(cell);
    else runs.push([cell]);
  }
  return runs;
}

function firstOf(run: readonly Cell[], input: Prepared, settings: VeeSettings): IntervalValue[] | undefined {
  for (const method of settings.estimation.order) {
    const units = methods[method](run, input, settings);
    const basis = basisOf(method, run, input, settings);
    if (units) return run.map((cell, i) => ({ ...cell, units: units[i]!, kind: 'estimated', method, basis }));
  }
  return undefined;
}

/** For who asks about the estimate later: inputs are kept with the result. */
function basisOf(
  method: EstimationMethod,
  run: readonly Cell[],
  { good, registerDifference, historyPerDay }: EstimationInput,
  { estimation }: VeeSettings,
): string {
  const [first, last] = [run[0]!, run.at(-1)!];
  switch (method) {
    case 'interpolation':
      return `between ${good.find(({ to }) => to === first.from)?.units} and ${good.find(({ from }) => from === last.to)?.units}`;
    case 'register_difference':
      return `the register's ${registerDifference} less ${sumOfUnits(good)} measured`;
    case 'like_days':
      return `up to ${estimation.likeDays} days of the same kind`;
    case 'history':
      return `the mean of ${historyPerDay?.length} earlier bills, a day: ${historyPerDay?.join(', ')}`;
    case 'class_average':
      return `the class uses ${estimation.classUnitsPerDay} a day`;
    default:
      return method satisfies never;
  }
}

function interpolate(
  run: readonly Cell[],
  { good }: EstimationInput,
  { estimation }: VeeSettings,
): bigint[] | undefined {
  const [first, last] = [run[0]!, run.at(-1)!];
  if (last.to - first.from > estimation.interpolateUpToMinutes * 60_000) return undefined;
  const before = good.find(({ to }) => to === first.from)?.units;
  const after = good.find(({ from }) => from === last.to)?.units;
  if (before === undefined || after === undefined) return undefined;
  const steps = BigInt(run.length + 1);
  return run.map((_, i) => before + ((after - before) * BigInt(i + 1)) / steps);
}

/** Only when nothing but this one run is missing is the rest of the register's difference its own. */
function spreadRegister(run: readonly Cell[], input: Prepared, settings: VeeSettings): bigint[] | undefined {
  const { registerDifference, good, missing } = input;
  if (registerDifference === undefined || missing.length !== run.length) return undefined;
  const rest = registerDifference - sumOfUnits(good);
  if (rest < 0n) return undefined;
  const shape = likeDays(run, input, settings);
  return shape && sumOfUnits(shape.map((units) => ({ units }))) > 0n
    ? shareOut(rest, shape)
    : shareOut(
        rest,
        run.map(({ from, to }) => BigInt(to - from)),
      );
}

function likeDays(run: readonly Cell[], input: Prepared, { estimation }: VeeSettings): bigint[] | undefined {
  const made: bigint[] = [];
  for (const cell of run) {
    const alike = input.alike(cell).slice(0, estimation.likeDays);
    if (alike.length === 0) return undefined;
    made.push(sumOfUnits(alike) / BigInt(alike.length));
  }
  return made;
}

const spreadPerDay = (run: readonly Cell[], perDay: bigint): bigint[] =>
  run.map(({ from, to }) => (perDay * BigInt(to - from)) / BigInt(dayMs));

const mean = (values: readonly bigint[]): bigint =>
  values.reduce((sum, value) => sum + value, 0n) / BigInt(values.length);

/** Keeps the shape and makes the sum right, to the last unit; never below zero, so a register that moved less changes nothing. */
function scaleToRegister(result: Estimate, { registerDifference, good }: EstimationInput): Estimate {
  if (registerDifference === undefined || result.values.length === 0) return result;
  const rest = registerDifference - sumOfUnits(good);
  if (rest < 0n) return result;
  const shape = result.values.map(({ units }) => units);
  const weights = shape.some((units) => units > 0n) ? shape : result.values.map(({ from, to }) => BigInt(to - from));
  const shares = shareOut(rest, weights);
  return { ...result, values: result.values.map((value, i) => ({ ...value, units: shares[i]! })) };
}

/** By the rounded running sum, so that the shares sum to the whole. */
function shareOut(whole: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  let before = 0n;
  return weights.map((weight) => {
    const share = (whole * (before + weight)) / total - (whole * before) / total;
    before += weight;
    return share;
  });
}
