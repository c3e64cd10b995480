/** When schedules are due by the clock on the wall, and the days they report on. */
import { describe, expect, it } from 'vitest';
import { latestDay, momentOn, nextMoment, periodBefore } from './occurrences.ts';
import type { Repeat } from './schedule-schema.ts';

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const next = (repeat: Repeat, at: string, now: string, zone: string) =>
  iso(nextMoment({ repeat, at }, Date.parse(now), zone));
const latest = (repeat: Repeat, at: string, now: string, zone: string) =>
  latestDay({ repeat, at }, Date.parse(now), zone);
const daily = { every: 'day' } as const;

describe('the time on the wall', () => {
  it.each([
    ['Asia/Aden', '2026-06-15', '06:00', '2026-06-15T03:00'],
    ['Africa/Tripoli', '2026-06-15', '06:00', '2026-06-15T04:00'],
    // Summer time begins in Cairo at midnight, which there is not: 00:00 is 01:00.
    ['Africa/Cairo', '2026-04-24', '00:00', '2026-04-23T22:00'],
    ['Africa/Cairo', '2026-04-24', '00:30', '2026-04-23T22:00'],
    // At the end of October it is 23:30 twice there: the first one.
    ['Africa/Cairo', '2026-10-29', '23:30', '2026-10-29T20:30'],
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:00'],
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30'],
    ['America/New_York', '2026-03-08', '06:00', '2026-03-08T10:00'],
  ])('in %s on %s at %s', (zone, day, at, moment) => expect(iso(momentOn(day, at, zone))).toBe(moment));

  it('is due once on a day that has it twice, and again the day after', () => {
    const zone = 'Europe/Berlin';
    expect(next(daily, '02:30', '2026-10-24T20:00Z', zone)).toBe('2026-10-25T00:30');
    expect(next(daily, '02:30', '2026-10-25T00:30Z', zone)).toBe('2026-10-26T01:30');
    expect(latest(daily, '02:30', '2026-10-25T01:45Z', zone)).toBe('2026-10-25');
  });
});

describe('weeks', () => {
  const saturdays = { every: 'week', on: 'sat' } as const;
  it('are due on their weekday of the tenant, whatever day it is in UTC', () => {
    // Saturday, 13 June 2026, begins in Aden at 21:00 of Friday in UTC.
    expect(next(saturdays, '00:30', '2026-06-12T10:00Z', 'Asia/Aden')).toBe('2026-06-12T21:30');
    expect(latest(saturdays, '00:30', '2026-06-12T21:30Z', 'Asia/Aden')).toBe('2026-06-13');
    expect(latest(saturdays, '00:30', '2026-06-12T21:29Z', 'Asia/Aden')).toBe('2026-06-06');
  });

  it('are the seven days before, or the last whole week that began on another day', () => {
    expect(periodBefore(saturdays, '2026-06-13')).toEqual({ from: '2026-06-06', to: '2026-06-12' });
    const sunday = { every: 'week', on: 'sun', weekStartsOn: 'sat' } as const;
    expect(periodBefore(sunday, '2026-06-14')).toEqual({ from: '2026-06-06', to: '2026-06-12' });
    expect(periodBefore({ ...sunday, weekStartsOn: 'mon' }, '2026-06-14')).toEqual({
      from: '2026-06-01',
      to: '2026-06-07',
    });
  });
});

describe('months', () => {
  const on = (day: number | 'last') => ({ every: 'month', on: day }) as const;
  it.each([
    [on(1), '2026-01-31T12:00Z', '2026-02-01T03:00'],
    [on(31), '2026-02-01T00:00Z', '2026-02-28T03:00'],
    [on(30), '2028-02-01T00:00Z', '2028-02-29T03:00'],
    [on('last'), '2026-04-30T03:00Z', '2026-05-31T03:00'],
    [on(31), '2026-03-31T02:59Z', '2026-03-31T03:00'],
    [on(30), '2026-03-29T03:00Z', '2026-03-30T03:00'],
  ])('%j after %s: %s', (repeat, now, due) => expect(next(repeat, '06:00', now, 'Asia/Aden')).toBe(due));

  it('are the calendar month before, on whatever day they are due', () => {
    for (const day of ['2026-03-01', '2026-03-15', '2026-03-31'])
      expect(periodBefore(on('last'), day)).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(periodBefore(on(3), '2026-01-03')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
  });

  it('have no second occurrence on the 30th where the 31st is meant', () => {
    expect(latest(on(31), '06:00', '2026-03-30T12:00Z', 'Asia/Aden')).toBe('2026-02-28');
  });
});

it('days are the day before', () => {
  expect(periodBefore(daily, '2026-03-01')).toEqual({ from: '2026-02-28', to: '2026-02-28' });
  expect(latest(daily, '06:00', '2026-06-15T02:59Z', 'Asia/Aden')).toBe('2026-06-14');
});
