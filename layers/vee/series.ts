/**
 * Interval data of one channel of one meter, as validation, estimation and editing (VEE) work on it. Energies are integers
 * (millionths of a kWh), times are milliseconds since the epoch, intervals are half open.
 */

/** What a value is worth to a bill. `edited` and `estimated` values are always told from what was measured. */
const valueKinds = ['measured', 'estimated', 'edited'] as const;
export type ValueKind = (typeof valueKinds)[number];

export interface IntervalValue {
  from: number;
  to: number;
  units: bigint;
  kind: ValueKind;
  /** How an estimated value was made, or why one was edited. */
  method?: EstimationMethod;
  /** What an estimate was made of, in plain figures. */
  basis?: string;
}

export const estimationMethods = [
  'interpolation',
  'register_difference',
  'like_days',
  'history',
  'class_average',
] as const;
export type EstimationMethod = (typeof estimationMethods)[number];

/** The grid a series should fill: from, from + length, … up to to. */
export interface Grid {
  from: number;
  to: number;
  lengthMs: number;
}

export function* gridCells({ from, to, lengthMs }: Grid): Generator<{ from: number; to: number }> {
  for (let at = from; at < to; at += lengthMs) yield { from: at, to: Math.min(at + lengthMs, to) };
}

export const sumOfUnits = (values: readonly { units: bigint }[]): bigint =>
  values.reduce((sum, { units }) => sum + units, 0n);
