import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnomalyOptions, detectAnomaly, type SeriesPoint } from './detect-anomaly.ts';

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 5);
const options: AnomalyOptions = { periodMs: hour, sensitivity: 4, direction: 'both' };
const daily: AnomalyOptions = { ...options, seasonMs: day };

const series = (values: readonly number[]): SeriesPoint[] =>
  values.map((value, i) => ({ atMs: start + i * hour, value }));
/** Load of a feeder by hour: low at night, a peak in the evening, with noise that repeats from run to run. */
const dailyLoad = (hours: number): SeriesPoint[] =>
  series(
    Array.from({ length: hours }, (_, i) => 100 + 80 * Math.max(0, Math.sin(((i % 24) - 12) / 4)) + ((i * 7919) % 13)),
  );
const judge = (history: SeriesPoint[], value: number, how = options) =>
  detectAnomaly(history, { atMs: start + history.length * hour, value }, how);

describe('an anomaly', () => {
  const noise = series([10, 11, 9, 10, 12, 8, 10, 11, 9, 10]);

  it('is a value far from the median, on the side that was asked for', () => {
    expect(judge(noise, 40)).toMatchObject({ isAnomaly: true, expected: 10, compared: 10 });
    expect(judge(noise, 12)!.isAnomaly).toBe(false);
    expect(judge(noise, 40, { ...options, direction: 'below' })!.isAnomaly).toBe(false);
    expect(judge(noise, -20, { ...options, direction: 'below' })).toMatchObject({ isAnomaly: true });
    expect(judge(noise, -20, { ...options, direction: 'above' })!.isAnomaly).toBe(false);
  });

  it('is still seen when the history holds earlier outbursts', () => {
    const spoilt = series([10, 11, 9, 900, 12, 8, 10, 1100, 9, 10]);
    expect(judge(spoilt, 60)!.isAnomaly).toBe(true);
    expect(judge(spoilt, 12)!.isAnomaly).toBe(false);
  });

  it('is told from the time of day: a peak is usual in the evening and not at night', () => {
    const history = dailyLoad(14 * 24 + 3);
    const evening = dailyLoad(14 * 24 + 18).at(-1)!;
    const atNight = { atMs: start + history.length * hour, value: evening.value + 60 };
    expect(detectAnomaly(history, atNight, daily)!.isAnomaly).toBe(true);
    expect(detectAnomaly(dailyLoad(14 * 24 + 17), evening, daily)!.isAnomaly).toBe(false);
  });

  it('is not claimed without enough history', () => {
    expect(judge(series([1, 2, 3]), 1000)).toBeUndefined();
    expect(judge(dailyLoad(20), 1000, daily)).toBeUndefined();
  });

  it('is any real change of what never changed', () => {
    const flat = series(Array(10).fill(50));
    expect(judge(flat, 50)!.isAnomaly).toBe(false);
    expect(judge(flat, 50.2)!.isAnomaly).toBe(false);
    expect(judge(flat, 60)).toMatchObject({ isAnomaly: true, score: 1000 });
    expect(judge(series(Array(10).fill(0)), 1)!.isAnomaly).toBe(true);
  });

  it('does not depend on the unit, and its score is always a number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 60 }),
        fc.integer({ min: -5000, max: 5000 }),
        (values, latest) => {
          const one = judge(series(values), latest)!;
          const thousand = judge(series(values.map((value) => value * 1024)), latest * 1024)!;
          expect(Number.isFinite(one.score)).toBe(true);
          expect(thousand.isAnomaly).toBe(one.isAnomaly);
        },
      ),
      { numRuns: 200 },
    );
  });
});
