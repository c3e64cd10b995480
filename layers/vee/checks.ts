/**
 * Validation: what is suspicious about a stretch of interval data. The checks are those that utilities agreed on (Edison
 * Electric Institute, Uniform Business Practices, VEE; California's DASMMD rules for validating, editing and estimating);
 * every limit is a setting of the customer's class.
 */
import { type Grid, type IntervalValue, sumOfUnits } from './series.ts';
import type { VeeSettings } from './vee-settings.ts';

export const checkNames = [
  'gap',
  'overlap',
  'spike',
  'sum',
  'high',
  'low',
  'zero',
  'negative',
  'clock_drift',
  'usage_while_disconnected',
  'phase_sum',
  'rate_sum',
  'roll_over',
  'register_broken',
  'unmeasured',
] as const;
export type CheckName = (typeof checkNames)[number];

export interface Finding {
  check: CheckName;
  /** Where: an interval, or the whole stretch. */
  from: number;
  to: number;
  /** `fail`: not to be billed before it is estimated or confirmed. `warn`: a person may look. */
  severity: 'fail' | 'warn';
  /** What was found and what was expected, in plain figures for the reader. */
  found: string;
  expected: string;
}

export interface Evidence {
  grid: Grid;
  values: readonly IntervalValue[];
  /** The same days of earlier periods: energies a day, the newest first. */
  historyPerDay?: readonly bigint[];
  /** How far the meter's clock is ahead of ours, milliseconds. */
  clockOffsetMs?: number;
  isDisconnected?: boolean;
}

const dayMs = 86_400_000n;

export function validate(evidence: Evidence, settings: VeeSettings): Finding[] {
  return [
    ...findGapsAndOverlaps(evidence),
    ...findNegatives(evidence),
    ...findSpike(evidence, settings),
    ...compareWithHistory(evidence, settings),
    ...findZero(evidence, settings),
    ...checkClock(evidence, settings),
    ...checkDisconnected(evidence, settings),
  ];
}

function findGapsAndOverlaps({ grid, values }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const sorted = [...values].sort((a, b) => a.from - b.from);
  let covered = grid.from;
  for (const { from, to } of sorted) {
    if (from > covered) findings.push(gap(covered, from, grid.lengthMs));
    if (from < covered)
      findings.push({
        check: 'overlap',
        from,
        to: Math.min(covered, to),
        severity: 'fail',
        found: 'two values for one time',
        expected: 'one',
      });
    covered = Math.max(covered, to);
  }
  if (covered < grid.to) findings.push(gap(covered, grid.to, grid.lengthMs));
  return findings;
}

const gap = (from: number, to: number, lengthMs: number): Finding => ({
  check: 'gap',
  from,
  to,
  severity: 'fail',
  found: `${Math.ceil((to - from) / lengthMs)} intervals without a value`,
  expected: 'none',
});

function findNegatives({ values }: Evidence): Finding[] {
  return values
    .filter(({ units }) => units < 0n)
    .map(({ from, to, units }) => ({
      check: 'negative',
      from,
      to,
      severity: 'fail',
      found: `${units}`,
      expected: '0 or more',
    }));
}

/** The highest interval against the third highest: one reading error stands alone, a busy evening does not. */
function findSpike({ values: all }: Evidence, { spike }: VeeSettings): Finding[] {
  // A value that a person set was looked at.
  const values = all.filter(({ kind }) => kind !== 'edited');
  if (values.length < 3) return [];
  const sorted = values.sort((a, b) => (a.units < b.units ? 1 : a.units > b.units ? -1 : 0));
  const [first, , third] = sorted as [IntervalValue, IntervalValue, IntervalValue];
  if (first.units < BigInt(spike.ignoreBelowUnits)) return [];
  const limit = (third.units * BigInt(100 + spike.percentAboveThird)) / 100n;
  if (first.units <= limit) return [];
  return [
    {
      check: 'spike',
      from: first.from,
      to: first.to,
      severity: 'fail',
      found: `${first.units}`,
      expected: `at most ${limit}, ${spike.percentAboveThird} % above the third highest`,
    },
  ];
}

function compareWithHistory({ grid, values, historyPerDay }: Evidence, { history }: VeeSettings): Finding[] {
  if (historyPerDay === undefined || historyPerDay.length < history.leastPeriods) return [];
  const span = BigInt(grid.to - grid.from);
  const mean = historyPerDay.reduce((sum, units) => sum + units, 0n) / BigInt(historyPerDay.length);
  const usual = (mean * span) / dayMs;
  const total = sumOfUnits(values);
  if (usual < BigInt(history.ignoreBelowUnits) && total < BigInt(history.ignoreBelowUnits)) return [];
  const [low, high] = [(usual * BigInt(history.lowPercent)) / 100n, (usual * BigInt(history.highPercent)) / 100n];
  const whole = { from: grid.from, to: grid.to, found: `${total}` };
  if (total > high)
    return [
      {
        ...whole,
        check: 'high',
        severity: history.severity,
        expected: `at most ${high}, ${history.highPercent} % of the usual`,
      },
    ];
  if (total < low && total !== 0n)
    return [
      { ...whole, check: 'low', severity: 'warn', expected: `at least ${low}, ${history.lowPercent} % of the usual` },
    ];
  return [];
}

function findZero({ grid, values, isDisconnected }: Evidence, { zero }: VeeSettings): Finding[] {
  if (isDisconnected || values.length === 0 || values.some(({ units }) => units !== 0n)) return [];
  const days = (grid.to - grid.from) / Number(dayMs);
  if (days < zero.afterDays) return [];
  return [
    {
      check: 'zero',
      from: grid.from,
      to: grid.to,
      severity: zero.severity,
      found: `nothing in ${Math.floor(days)} days`,
      expected: 'some use',
    },
  ];
}

function checkClock({ grid, clockOffsetMs }: Evidence, { clock }: VeeSettings): Finding[] {
  if (clockOffsetMs === undefined || Math.abs(clockOffsetMs) <= clock.toleranceSeconds * 1000) return [];
  return [
    {
      check: 'clock_drift',
      from: grid.from,
      to: grid.to,
      // A clock that is off by an interval puts energy into the wrong price. Messages held back look like a clock that is behind.
      severity: Math.abs(clockOffsetMs) >= grid.lengthMs ? clock.severity : 'warn',
      found: `${Math.round(clockOffsetMs / 1000)} s`,
      expected: `within ${clock.toleranceSeconds} s`,
    },
  ];
}

function checkDisconnected({ grid, values, isDisconnected }: Evidence, { disconnected }: VeeSettings): Finding[] {
  const total = sumOfUnits(values);
  if (!isDisconnected || total <= BigInt(disconnected.ignoreBelowUnits)) return [];
  return [
    {
      check: 'usage_while_disconnected',
      from: grid.from,
      to: grid.to,
      severity: 'fail',
      found: `${total}`,
      expected: 'nothing',
    },
  ];
}
