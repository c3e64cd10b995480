import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, timeBuckets } from './time-buckets.ts';
import { localTime, startOfLocalDay } from './time-zone.ts';

const hours = (zone: string, from: string, to: string, interval: Interval = 'day') =>
  timeBuckets(interval, Date.parse(from), Date.parse(to), zone).map(({ start, end }) => (end - start) / 3_600_000);
const starts = (interval: Interval, zone: string, from: string, to: string) =>
  timeBuckets(interval, Date.parse(from), Date.parse(to), zone).map(({ start }) => new Date(start).toISOString());

describe('time buckets', () => {
  it('cuts days at local midnight', () => {
    expect(starts('day', 'Asia/Aden', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z')).toEqual([
      '2026-02-28T21:00:00.000Z',
      '2026-03-01T21:00:00.000Z',
    ]);
  });

  it('has days of 23 and 25 hours where clocks change', () => {
    expect(hours('Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-30T22:00:00Z')).toEqual([23, 24]);
    expect(hours('Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toEqual([25]);
    expect(hours('Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'hour')).toHaveLength(25);
  });

  it('starts a day whose midnight is skipped when the clocks jump', () => {
    // Egypt moves from 00:00 to 01:00 on the last Friday of April.
    expect(new Date(startOfLocalDay(2026, 4, 24, 'Africa/Cairo')).toISOString()).toBe('2026-04-23T22:00:00.000Z');
    expect(hours('Africa/Cairo', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z')).toEqual([23]);
    // And back from 24:00 to 23:00 on the last Thursday of October.
    expect(hours('Africa/Cairo', '2026-10-28T21:00:00Z', '2026-10-30T22:00:00Z')).toEqual([25, 24]);
  });

  it('aligns hours to local clocks of odd offsets and half-hour shifts', () => {
    expect(starts('hour', 'Asia/Kathmandu', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z')).toEqual([
      '2025-12-31T23:15:00.000Z',
      '2026-01-01T00:15:00.000Z',
    ]);
    const lordHowe = hours('Australia/Lord_Howe', '2026-04-04T12:00:00Z', '2026-04-04T18:00:00Z', 'hour');
    expect(lordHowe.every((length) => [0.5, 1, 1.5].includes(length))).toBe(true);
    expect(lordHowe.some((length) => length !== 1)).toBe(true);
  });

  it('cuts months', () => {
    expect(starts('month', 'America/New_York', '2026-01-15T00:00:00Z', '2026-04-02T00:00:00Z')).toEqual([
      '2026-01-01T05:00:00.000Z',
      '2026-02-01T05:00:00.000Z',
      '2026-03-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
    ]);
  });

  it('leaves no gap and no overlap in any zone', () => {
    const zones = fc.constantFrom(
      'Asia/Aden',
      'Europe/London',
      'Africa/Cairo',
      'Australia/Lord_Howe',
      'America/Havana',
    );
    const times = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2029, 0) });
    fc.assert(
      fc.property(zones, times, fc.constantFrom<Interval>('hour', 'day', 'month'), (zone, from, interval) => {
        const spans = { hour: 40, day: 24 * 10, month: 24 * 90 };
        const to = from + spans[interval] * 3_600_000;
        const buckets = timeBuckets(interval, from, to, zone);
        expect(buckets[0]!.start).toBeLessThanOrEqual(from);
        expect(buckets.at(-1)!.end).toBeGreaterThanOrEqual(to);
        buckets.forEach(({ start, end }, i) => {
          expect(end).toBeGreaterThan(start);
          if (i > 0) expect(start).toBe(buckets[i - 1]!.end);
          if (interval === 'month') expect(localTime(start, zone).day).toBe(1);
        });
      }),
      { numRuns: 60 },
    );
  });
});
