/** Validation and estimation on series worked by hand, and what holds for every series. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckName, type Evidence, validate } from './checks.ts';
import { type EstimationInput, estimate } from './estimate.ts';
import { type Grid, gridCells, type IntervalValue, sumOfUnits } from './series.ts';
import { usualSettings, veeSettingsSchema } from './vee-settings.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Monday, midnight. */
const start = Date.UTC(2026, 5, 15);
const grid: Grid = { from: start, to: start + day, lengthMs: hour };
const kwh = (n: number): bigint => BigInt(Math.round(n * 1_000_000));
const series = (values: number[], from = start): IntervalValue[] =>
  values.map((value, i) => ({ from: from + i * hour, to: from + (i + 1) * hour, units: kwh(value), kind: 'measured' }));
const ordinary = series([1, 1, 1, 1, 1, 1, 2, 3, 3, 2, 2, 2, 3, 3, 2, 2, 2, 4, 5, 5, 4, 3, 2, 1]);
const without = (values: IntervalValue[], ...hours: number[]): IntervalValue[] =>
  values.filter((_, i) => !hours.includes(i));
const found = (evidence: Partial<Evidence>, settings = usualSettings): CheckName[] =>
  validate({ grid, values: ordinary, ...evidence }, settings).map(({ check }) => check);

describe('validation', () => {
  it('finds nothing wrong with an ordinary day', () => {
    expect(found({ historyPerDay: [kwh(50), kwh(60)], clockOffsetMs: 20_000 })).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, CheckName]>([
    ['a missing hour', { values: without(ordinary, 5) }, 'gap'],
    ['a missing end', { values: ordinary.slice(0, 20) }, 'gap'],
    ['two values of one hour', { values: [...ordinary, ordinary[3]!] }, 'overlap'],
    [
      'an hour far above the third highest',
      { values: [...without(ordinary, 12), { ...ordinary[12]!, units: kwh(15) }] },
      'spike',
    ],
    ['more than twice the usual', { historyPerDay: [kwh(20)] }, 'high'],
    ['less than half of the usual', { historyPerDay: [kwh(200)] }, 'low'],
    ['energy below zero', { values: [...without(ordinary, 2), { ...ordinary[2]!, units: -1n }] }, 'negative'],
    ['a clock four minutes off', { clockOffsetMs: -240_000 }, 'clock_drift'],
    ['use behind an open switch', { isDisconnected: true }, 'usage_while_disconnected'],
  ])('finds %s', (_, evidence, check) => {
    expect(found(evidence)).toContain(check);
  });

  const replaced = (hour: number, units: bigint, more: Partial<IntervalValue> = {}) =>
    ordinary.map((value, i) => (i === hour ? { ...value, units, ...more } : value));

  it.each<[string, Partial<Evidence>]>([
    // The third highest hour has 5 kWh: 280 % of it are 14.
    ['an hour at the limit of a spike', { values: replaced(12, kwh(14)) }],
    ['a leap of a small user', { values: series([...new Array<number>(23).fill(0.1), 1.999]) }],
    ['an hour far above that a person set', { values: replaced(12, kwh(50), { kind: 'edited' }) }],
    ['exactly twice the usual', { historyPerDay: [sumOfUnits(ordinary) / 2n] }],
    ['exactly half of the usual', { historyPerDay: [sumOfUnits(ordinary) * 2n] }],
    ['much more than usual of very little', { values: series(new Array<number>(24).fill(1)), historyPerDay: [kwh(2)] }],
    ['an hour of nothing among others', { values: replaced(12, 0n) }],
    ['a clock at the limit', { clockOffsetMs: 180_000 }],
    [
      'what a meter draws itself behind an open switch',
      { values: series(new Array<number>(24).fill(0.004)), isDisconnected: true },
    ],
  ])('lets %s pass', (_, evidence) => {
    expect(found(evidence)).toEqual([]);
  });

  it('finds each a little beyond its limit', () => {
    expect(found({ values: replaced(12, kwh(14) + 1n) })).toEqual(['spike']);
    expect(found({ values: series([...new Array<number>(23).fill(0.1), 2]) })).toEqual(['spike']);
    expect(found({ historyPerDay: [sumOfUnits(ordinary) / 2n - 1n] })).toEqual(['high']);
    expect(found({ historyPerDay: [sumOfUnits(ordinary) * 2n + 2n] })).toEqual(['low']);
    expect(found({ clockOffsetMs: -180_001 })).toEqual(['clock_drift']);
    expect(found({ values: series(new Array<number>(24).fill(0.005)), isDisconnected: true })).toEqual([
      'usage_while_disconnected',
    ]);
  });

  it('knows a spike among values that people set', () => {
    const values = replaced(12, kwh(50), { kind: 'edited' }).map((value, i) =>
      i === 3 ? { ...value, units: kwh(20) } : value,
    );
    expect(validate({ grid, values }, usualSettings)).toMatchObject([{ check: 'spike', from: start + 3 * hour }]);
  });

  it('asks after a number of days of nothing, not before', () => {
    const days = (count: number) => {
      const stretch: Grid = { from: start, to: start + count * day, lengthMs: day };
      return found({
        grid: stretch,
        values: [...gridCells(stretch)].map((cell) => ({ ...cell, units: 0n, kind: 'measured' as const })),
      });
    };
    expect([days(29), days(30)]).toEqual([[], ['zero']]);
  });

  it('tells a clock that is off by an interval as the settings say', () => {
    const settings = veeSettingsSchema.parse({ clock: { severity: 'fail' } });
    const severity = (clockOffsetMs: number) =>
      validate({ grid, values: ordinary, clockOffsetMs }, settings)[0]?.severity;
    expect([severity(hour - 1), severity(-hour), severity(hour)]).toEqual(['warn', 'fail', 'fail']);
  });

  it('asks about a month of nothing, but not of a disconnected customer', () => {
    const month: Grid = { from: start, to: start + 31 * day, lengthMs: day };
    const values = [...gridCells(month)].map((cell) => ({ ...cell, units: 0n, kind: 'measured' as const }));
    expect(found({ grid: month, values })).toEqual(['zero']);
    expect(found({ grid: month, values, isDisconnected: true })).toEqual([]);
  });

  it('has limits for each class', () => {
    const strict = veeSettingsSchema.parse({ spike: { percentAboveThird: 5, ignoreBelowUnits: 0 } });
    const busy = [...without(ordinary, 18), { ...ordinary[18]!, units: kwh(6) }];
    expect(found({ values: busy })).toEqual([]);
    expect(found({ values: busy }, strict)).toContain('spike');
  });

  it('lets a busy evening pass: several high hours are no reading error', () => {
    const party = [...ordinary.slice(0, 18), ...series([14, 15, 14], start + 18 * hour), ...ordinary.slice(21)];
    expect(found({ values: party })).toEqual([]);
  });
});

const past = [7, 14, 21, 28].flatMap((ago) => series(new Array<number>(24).fill(ago / 7), start - ago * day));
const input = (more: Partial<EstimationInput>): EstimationInput => ({
  grid,
  good: ordinary,
  missing: [],
  past,
  kindOfDay: (time) => String(new Date(time).getUTCDay()),
  timeOfDay: (time) => time % day,
  ...more,
});
const cells = (...hours: number[]) => hours.map((at) => ({ from: start + at * hour, to: start + (at + 1) * hour }));

describe('estimation', () => {
  it('of two hours is a line between the neighbours', () => {
    const { values } = estimate(input({ good: without(ordinary, 17, 18), missing: cells(17, 18) }), usualSettings);
    expect(values.map(({ units, method, kind }) => [units, method, kind])).toEqual([
      [kwh(3), 'interpolation', 'estimated'],
      [kwh(4), 'interpolation', 'estimated'],
    ]);
  });

  it('of a longer gap has the shape of the same weekday and the sum of the register', () => {
    const missing = cells(8, 9, 10, 11);
    const good = without(ordinary, 8, 9, 10, 11);
    const { values } = estimate(
      input({ good, missing, registerDifference: sumOfUnits(good) + kwh(10) }),
      usualSettings,
    );
    expect(values.map(({ units }) => units)).toEqual([kwh(2.5), kwh(2.5), kwh(2.5), kwh(2.5)]);
    expect(values.every(({ method }) => method === 'register_difference')).toBe(true);
  });

  it('without a register is the mean of the last three days of the same kind', () => {
    const { values } = estimate(
      input({ good: without(ordinary, 8, 9, 10, 11), missing: cells(8, 9, 10, 11) }),
      usualSettings,
    );
    expect(values.map(({ units, method }) => [units, method])).toEqual(new Array(4).fill([kwh(2), 'like_days']));
  });

  const ofClass = (perDay: number, more: object = {}) =>
    veeSettingsSchema.parse({ estimation: { classUnitsPerDay: Number(kwh(perDay)), ...more } });

  it('without like days is by history, then by the class', () => {
    const all = { good: [], missing: [...gridCells(grid)], past: [] };
    const byHistory = estimate(input({ ...all, historyPerDay: [kwh(24), kwh(72)] }), usualSettings);
    expect([sumOfUnits(byHistory.values), byHistory.values[0]!.method]).toEqual([kwh(48), 'history']);
    const byClass = estimate(input(all), ofClass(12));
    expect([sumOfUnits(byClass.values), byClass.values[0]!.method]).toEqual([kwh(12), 'class_average']);
  });

  it('leaves open what nothing is known of, and what is too long to guess', () => {
    expect(estimate(input({ good: [], missing: cells(3, 4, 5), past: [] }), usualSettings).left).toHaveLength(3);
    const settings = ofClass(12, { longestDays: 1 });
    const twoDays: Grid = { from: start, to: start + 2 * day, lengthMs: hour };
    const { left } = estimate(input({ grid: twoDays, good: [], missing: [...gridCells(twoDays)] }), settings);
    expect(left).toHaveLength(48);
  });

  it('never makes a profile of estimates', () => {
    const guessed = past.map((value) => ({ ...value, kind: 'estimated' as const }));
    expect(estimate(input({ good: [], missing: cells(3, 4, 5), past: guessed }), usualSettings).left).toHaveLength(3);
  });

  it('fills every cell, keeps what was measured, and sums to the register whatever is missing', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 24 }),
        fc.integer({ min: 0, max: 90_000_000 }),
        (gone, extra) => {
          const good = without(ordinary, ...gone);
          const missing = cells(...gone.sort((a, b) => a - b));
          const registerDifference = sumOfUnits(good) + BigInt(extra);
          const { values, left } = estimate(input({ good, missing, registerDifference }), usualSettings);
          expect(left).toEqual([]);
          expect(values.map(({ from, to }) => ({ from, to }))).toEqual(missing);
          expect(sumOfUnits([...good, ...values])).toBe(registerDifference);
          expect(values.every(({ units }) => units >= 0n)).toBe(true);
        },
      ),
    );
  });
});
