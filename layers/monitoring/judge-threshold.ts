/** Thresholds: whether the newest periods of a series all lie beyond a bound. */
import type { SeriesPoint } from './detect-anomaly.ts';

export const thresholdOperators = ['>', '>=', '<', '<='] as const;
export type ThresholdOperator = (typeof thresholdOperators)[number];

export interface Threshold {
  operator: ThresholdOperator;
  value: number;
  /** How many periods in a row must lie beyond it. */
  periods: number;
}

const comparisons: Record<ThresholdOperator, (value: number, bound: number) => boolean> = {
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
};

/**
 * @param series oldest first; a period without data is missing from it and breaks the row
 * @param endMs end of the last whole period
 * @returns the newest value when the threshold is crossed
 */
export function crossedThreshold(
  series: readonly SeriesPoint[],
  { operator, value: bound, periods }: Threshold,
  periodMs: number,
  endMs: number,
): number | undefined {
  const byTime = new Map(series.map(({ atMs, value }) => [atMs, value]));
  for (let back = 1; back <= periods; back++) {
    const value = byTime.get(endMs - back * periodMs);
    if (value === undefined || !comparisons[operator](value, bound)) return undefined;
  }
  return byTime.get(endMs - periodMs);
}
