import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregator } from './aggregate.ts';
import type { PointSample } from './value-chunk.ts';
import { windowsOf } from './windows.ts';

const minute = 60_000;
const windows = [
  { start: 0, end: minute },
  { start: minute, end: 2 * minute },
  { start: 2 * minute, end: 3 * minute },
];
const good = (timeMs: number, value: PointSample['value']): PointSample => ({ timeMs, value, quality: 'good' });

function sumUp(samples: PointSample[], rule: 'good' | 'usable' | 'all' = 'good', untilMs = 3 * minute) {
  const aggregator = new Aggregator(windows, rule);
  for (const sample of samples) aggregator.add(sample);
  return aggregator.finish(untilMs);
}

describe('windows of a time series', () => {
  it('know least, greatest, mean, last and count', () => {
    const [first, second, third] = sumUp([good(0, 10), good(30_000, 20), good(59_999, 30), good(60_000, 40)]);
    expect(first).toMatchObject({ count: 3, min: 10, max: 30, mean: 20, last: { value: 30 } });
    expect(second).toMatchObject({ count: 1, min: 40, max: 40, mean: 40 });
    expect(third).toMatchObject({ count: 0, excluded: 0, timeWeightedMean: 40 });
    expect(third).not.toHaveProperty('mean');
  });

  it('weigh a value by how long it held, beginning with the one before', () => {
    const [first, second] = sumUp([good(-minute, 100), good(45_000, 0)]);
    expect(first!.timeWeightedMean).toBe(75);
    expect(second!.timeWeightedMean).toBe(0);
  });

  it('leave out what is not good, and what held while nothing good was known', () => {
    const bad: PointSample = { timeMs: 30_000, value: undefined, quality: 'bad' };
    const [first] = sumUp([good(0, 10), bad, good(45_000, 30)]);
    expect(first).toMatchObject({ count: 2, excluded: 1 });
    // 10 for 30 s, nothing for 15 s, 30 for 15 s.
    expect(first!.timeWeightedMean).toBeCloseTo((10 * 30 + 30 * 15) / 45, 10);
    const uncertain: PointSample = { timeMs: 1000, value: 7, quality: 'uncertain' };
    expect(sumUp([uncertain])[0]).toMatchObject({ count: 0, excluded: 1 });
    expect(sumUp([uncertain], 'usable')[0]).toMatchObject({ count: 1, excluded: 0, max: 7 });
  });

  it('count states as 1 and 0, and texts not at all in means', () => {
    const [first] = sumUp([good(0, true), good(15_000, false), good(30_000, 'on')]);
    expect(first).toMatchObject({ count: 3, min: 0, max: 1, mean: 0.5, last: { value: 'on' } });
  });

  it('let a value hold no longer than told', () => {
    expect(sumUp([good(0, 4)], 'good', minute)[1]).not.toHaveProperty('timeWeightedMean');
  });

  it('agree with plain sums for any series', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * minute - 1 }), fc.integer({ min: -1000, max: 1000 }))),
        (pairs) => {
          const samples = pairs.sort((a, b) => a[0] - b[0]).map(([time, value]) => good(time, value));
          const sums = sumUp(samples);
          for (const window of sums) {
            const own = samples.filter(({ timeMs }) => timeMs >= window.start && timeMs < window.end);
            const values = own.map(({ value }) => value as number);
            expect(window.count).toBe(own.length);
            if (own.length === 0) continue;
            expect(window.min).toBe(Math.min(...values));
            expect(window.max).toBe(Math.max(...values));
            expect(window.mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / own.length, 9);
            expect(window.timeWeightedMean).toBeGreaterThanOrEqual(-1000);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('windows on local clocks', () => {
  it('of minutes begin at full local ones, also where the zone is a quarter of an hour off', () => {
    const [first] = windowsOf('30m', Date.UTC(2026, 0, 1, 0, 20), Date.UTC(2026, 0, 1, 1), 'Asia/Kathmandu');
    // 06:05 local: the half hour began at 06:00, which is 00:15 UTC.
    expect(new Date(first!.start).toISOString()).toBe('2026-01-01T00:15:00.000Z');
  });

  it('of days have 23 and 25 hours where clocks change', () => {
    const days = windowsOf('day', Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 2, 30, 12), 'Europe/Berlin');
    expect(days.map(({ start, end }) => (end - start) / 3_600_000)).toEqual([24, 23, 24]);
  });
});
