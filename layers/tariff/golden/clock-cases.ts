/** Clocks that are put forward and back, at midnight, by half an hour, across intervals and windows of demand. */
import { demand, energy, type GoldenCase, intervals, period, tariff } from './golden-case.ts';

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
const prices = [
  { ...energy('peak', ['0.2']), bucket: 'peak' },
  { ...energy('off', ['0.1']), bucket: 'off' },
];
const peakBetween = (from: string, to: string) => [
  tariff(prices, { timeOfUse: { defaultBucket: 'off', windows: [{ bucket: 'peak', days: everyDay, from, to }] } }),
];
const same = (count: number, kwh: number) => new Array<number>(count).fill(kwh);

export const clockCases: GoldenCase[] = [
  {
    name: 'the clocks go back at midnight: the day’s last hour comes twice (Cairo, 29 October 2026, 25 hours)',
    tariff: peakBetween('22:00', '24:00'),
    facts: {
      ...period('2026-10-29', '2026-10-30', 0, { timeZone: 'Africa/Cairo' }),
      usage: intervals('2026-10-29T00:00+03:00', 60, ...same(25, 1)),
    },
    lines: ['peak: (1 + 2) × 0.2 = 0.60', 'off: (25 − 3) × 0.1 = 2.20'],
    total: '0.60 + 2.20 = 2.80',
  },
  {
    name: 'October of Berlin has 745 hours',
    tariff: [tariff([energy('energy', ['0.1'])])],
    facts: {
      ...period('2026-10-01', '2026-11-01', 0, { timeZone: 'Europe/Berlin' }),
      usage: intervals('2026-10-01T00:00+02:00', 60, ...same(745, 1)),
    },
    lines: ['energy: (31 × 24 + 1) × 0.1 = 74.50'],
    total: '74.50 = 74.50',
  },
  {
    name: 'a clock put forward by half an hour within a window (Lord Howe, 4 October 2026, from two to half past)',
    tariff: peakBetween('01:00', '03:00'),
    facts: {
      ...period('2026-10-04', '2026-10-05', 0, { timeZone: 'Australia/Lord_Howe' }),
      usage: intervals('2026-10-04T00:00+10:30', 30, ...same(47, 0.5)),
    },
    lines: ['peak: ((2 − 0.5) × 1) × 0.2 = 0.30', 'off: (24 − 2) × 0.1 = 2.20'],
    total: '0.30 + 2.20 = 2.50',
  },
  {
    name: 'an interval through the hour that is left out is divided by time that passed (Berlin, 29 March 2026)',
    tariff: peakBetween('03:00', '04:00'),
    facts: {
      ...period('2026-03-29', '2026-03-30', 0, { timeZone: 'Europe/Berlin' }),
      // From 01:30 to 04:30 on the wall, two hours in all.
      usage: intervals('2026-03-29T01:30+01:00', 120, 2),
    },
    lines: ['peak: (2 × 1/2) × 0.2 = 0.20', 'off: (2 × 1/2) × 0.1 = 0.10'],
    total: '0.20 + 0.10 = 0.30',
  },
  {
    name: 'fixed half hours on the night the clocks go back: the second two o’clock begins one of its own',
    tariff: [tariff([demand('demand', { rate: '2', intervalMinutes: 30, window: 'fixed' })])],
    facts: {
      ...period('2026-10-01', '2026-11-01', 0, { timeZone: 'Europe/Berlin' }),
      // Half past two and a quarter to three, then two o’clock and a quarter past again.
      usage: intervals('2026-10-25T02:30+02:00', 15, '0', '4', '4', '1'),
    },
    lines: ['demand: (max(0 + 4; 4 + 1) / 0.5) × 2 = 20.00'],
    total: '20.00 = 20.00',
    also: { demandKw: '10' },
  },
  {
    name: 'fixed hours begin with the clock’s hour after it was put forward by half an hour (Lord Howe, 4 October 2026)',
    tariff: [tariff([demand('demand', { rate: '2', intervalMinutes: 60, window: 'fixed' })])],
    facts: {
      ...period('2026-10-01', '2026-11-01', 0, { timeZone: 'Australia/Lord_Howe' }),
      // Ten to eleven, and eleven to twelve: half an hour of each is no window.
      usage: intervals('2026-10-05T10:00+11:00', 30, '1', '4', '4', '0'),
    },
    lines: ['demand: max(1 + 4; 4 + 0) × 2 = 10.00'],
    total: '10.00 = 10.00',
    also: { demandKw: '5' },
  },
  {
    name: 'a rolling half hour across the hour that is left out is half an hour that passed (Berlin, 29 March 2026)',
    tariff: [tariff([demand('demand', { rate: '2', intervalMinutes: 30 })])],
    facts: {
      ...period('2026-03-01', '2026-04-01', 0, { timeZone: 'Europe/Berlin' }),
      // A quarter to two, then three o’clock, which follows at once.
      usage: intervals('2026-03-29T01:45+01:00', 15, '3', '4'),
    },
    lines: ['demand: ((3 + 4) / 0.5) × 2 = 28.00'],
    total: '28.00 = 28.00',
  },
];
