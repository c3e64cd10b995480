/** Time of use: windows, seasons, holidays, nights, and days on which the clocks change. */
import { april, energy, type GoldenCase, intervals, period, tariff } from './golden-case.ts';

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
const peak = { defaultBucket: 'off', windows: [{ bucket: 'peak', days: everyDay, from: '17:00', to: '22:00' }] };
const prices = [
  { ...energy('peak', ['0.2']), bucket: 'peak' },
  { ...energy('off', ['0.1']), bucket: 'off' },
];
const simple = [tariff(prices, { timeOfUse: peak })];

const workdays = ['sun', 'mon', 'tue', 'wed', 'thu'];
const seasonal = [
  tariff(prices, {
    timeOfUse: {
      defaultBucket: 'off',
      seasons: [
        { name: 'summer', from: '06-01', to: '09-30' },
        { name: 'winter', from: '10-01', to: '05-31' },
      ],
      holidays: ['05-22', '2026-06-17'],
      windows: [
        { bucket: 'peak', season: 'summer', days: workdays, from: '12:00', to: '18:00' },
        { bucket: 'peak', season: 'winter', days: workdays, from: '18:00', to: '21:00' },
      ],
    },
  }),
];
const night = [
  tariff(prices, {
    timeOfUse: { defaultBucket: 'off', windows: [{ bucket: 'peak', days: ['mon'], from: '22:00', to: '06:00' }] },
  }),
];
/** One kWh in each hour of the days. */
const hours = (start: string, count: number) => intervals(start, 60, ...new Array<number>(count).fill(1));
const day = (date: string, start: string, count: number, timeZone?: string) => {
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { ...period(date, next, 0, timeZone === undefined ? {} : { timeZone }), usage: hours(start, count) };
};
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const critical = [
  tariff(
    [
      { ...energy('off', ['0.1']), bucket: 'off' },
      { ...energy('peak', ['0.2']), bucket: 'peak' },
      { ...energy('critical', ['1']), bucket: 'critical' },
    ],
    {
      timeOfUse: {
        defaultBucket: 'off',
        criticalDays: ['2026-04-08'],
        windows: [
          { bucket: 'critical', days: ['critical'], from: '18:00', to: '20:00' },
          { bucket: 'peak', days: weekdays, from: '17:00', to: '22:00' },
        ],
      },
    },
  ),
];

export const timeOfUseCases: GoldenCase[] = [
  {
    name: 'an evening peak of five hours, a kWh an hour, one day',
    tariff: simple,
    facts: day('2026-04-01', '2026-04-01T00:00+03:00', 24),
    lines: ['peak: 5 × 0.2 = 1.00', 'off: 19 × 0.1 = 1.90'],
    total: '1.00 + 1.90 = 2.90',
  },
  {
    name: 'an interval across the edge of a window is divided by time',
    tariff: simple,
    facts: { ...period('2026-04-01', '2026-04-02', 0), usage: intervals('2026-04-01T16:30+03:00', 60, '1.2') },
    lines: ['peak: (1.2 / 2) × 0.2 = 0.12', 'off: (1.2 / 2) × 0.1 = 0.06'],
    total: '0.12 + 0.06 = 0.18',
  },
  {
    name: 'only a register for the whole day: the day is divided by hours',
    tariff: simple,
    facts: period('2026-04-01', '2026-04-02', 24),
    lines: ['peak: (24 × 5/24) × 0.2 = 1.00', 'off: (24 × 19/24) × 0.1 = 1.90'],
    total: '1.00 + 1.90 = 2.90',
  },
  {
    name: 'a summer workday: noon to six is peak',
    tariff: seasonal,
    facts: day('2026-06-16', '2026-06-16T00:00+03:00', 24),
    lines: ['peak: 6 × 0.2 = 1.20', 'off: 18 × 0.1 = 1.80'],
    total: '1.20 + 1.80 = 3.00',
  },
  {
    name: 'a summer weekend has no peak',
    tariff: seasonal,
    facts: day('2026-06-19', '2026-06-19T00:00+03:00', 24),
    lines: ['peak: 0 × 0.2 = 0.00', 'off: 24 × 0.1 = 2.40'],
    total: '0.00 + 2.40 = 2.40',
  },
  {
    name: 'a holiday of this year is no workday',
    tariff: seasonal,
    facts: day('2026-06-17', '2026-06-17T00:00+03:00', 24),
    lines: ['peak: 0 × 0.2 = 0.00', 'off: 24 × 0.1 = 2.40'],
    total: '0.00 + 2.40 = 2.40',
  },
  {
    name: 'a holiday of every year, in another year',
    tariff: seasonal,
    facts: day('2028-05-22', '2028-05-22T00:00+03:00', 24),
    lines: ['peak: 0 × 0.2 = 0.00', 'off: 24 × 0.1 = 2.40'],
    total: '0.00 + 2.40 = 2.40',
  },
  {
    name: 'a winter workday: the season goes over the new year',
    tariff: seasonal,
    facts: day('2027-01-04', '2027-01-04T00:00+03:00', 24),
    lines: ['peak: 3 × 0.2 = 0.60', 'off: 21 × 0.1 = 2.10'],
    total: '0.60 + 2.10 = 2.70',
  },
  {
    name: 'two seasons in one period: the last day of winter and the first of summer',
    tariff: seasonal,
    facts: { ...period('2026-05-31', '2026-06-02', 0), usage: hours('2026-05-31T00:00+03:00', 48) },
    lines: ['peak: (3 + 6) × 0.2 = 1.80', 'off: (48 − 9) × 0.1 = 3.90'],
    total: '1.80 + 3.90 = 5.70',
  },
  {
    name: 'a window over midnight belongs to the day it opens: Monday evening and Tuesday morning',
    tariff: night,
    facts: { ...period('2026-04-06', '2026-04-08', 0), usage: hours('2026-04-06T00:00+03:00', 48) },
    lines: ['peak: (2 + 6) × 0.2 = 1.60', 'off: (48 − 8) × 0.1 = 4.00'],
    total: '1.60 + 4.00 = 5.60',
  },
  {
    name: 'the day the clocks go forward has 23 hours (Cairo, 24 April 2026, at midnight)',
    tariff: simple,
    facts: { ...day('2026-04-24', '2026-04-24T01:00+03:00', 23), timeZone: 'Africa/Cairo' },
    lines: ['peak: 5 × 0.2 = 1.00', 'off: (23 − 5) × 0.1 = 1.80'],
    total: '1.00 + 1.80 = 2.80',
  },
  {
    name: 'the day the clocks go forward in the night (Berlin, 29 March 2026, two to three)',
    tariff: [
      tariff(prices, {
        timeOfUse: { defaultBucket: 'off', windows: [{ bucket: 'peak', days: everyDay, from: '01:00', to: '04:00' }] },
      }),
    ],
    facts: day('2026-03-29', '2026-03-29T00:00+01:00', 23, 'Europe/Berlin'),
    lines: ['peak: (3 − 1) × 0.2 = 0.40', 'off: (24 − 3) × 0.1 = 2.10'],
    total: '0.40 + 2.10 = 2.50',
  },
  {
    name: 'the day the clocks go back: the hour that comes twice is in the window twice (Berlin, 25 October 2026)',
    tariff: [
      tariff(prices, {
        timeOfUse: { defaultBucket: 'off', windows: [{ bucket: 'peak', days: everyDay, from: '02:00', to: '03:00' }] },
      }),
    ],
    facts: day('2026-10-25', '2026-10-25T00:00+02:00', 25, 'Europe/Berlin'),
    lines: ['peak: 2 × 0.2 = 0.40', 'off: (25 − 2) × 0.1 = 2.30'],
    total: '0.40 + 2.30 = 2.70',
  },
  {
    name: 'three buckets, each with a price of its own',
    tariff: [
      tariff(
        [
          { ...energy('peak', ['0.3']), bucket: 'peak' },
          { ...energy('shoulder', ['0.2']), bucket: 'shoulder' },
          { ...energy('off', ['0.1']), bucket: 'off' },
        ],
        {
          timeOfUse: {
            defaultBucket: 'off',
            windows: [
              { bucket: 'peak', days: everyDay, from: '18:00', to: '21:00' },
              { bucket: 'shoulder', days: everyDay, from: '07:00', to: '23:00' },
            ],
          },
        },
      ),
    ],
    facts: day('2026-04-01', '2026-04-01T00:00+03:00', 24),
    lines: ['peak: 3 × 0.3 = 0.90', 'shoulder: (16 − 3) × 0.2 = 2.60', 'off: (24 − 16) × 0.1 = 0.80'],
    total: '0.90 + 2.60 + 0.80 = 4.30',
  },
  {
    name: 'a critical day: its two hours, the rest of its peak, and a peak of an ordinary day',
    tariff: critical,
    facts: {
      ...april(0),
      usage: [
        // Wednesday the 8th: 16:00 to 22:00, and the 9th: 18:00 to 20:00, one kWh in an hour.
        ...intervals('2026-04-08T16:00+03:00', 60, '1', '1', '1', '1', '1', '1'),
        ...intervals('2026-04-09T18:00+03:00', 60, '1', '1'),
      ],
    },
    lines: ['off: 1 × 0.1 = 0.10', 'peak: (3 + 2) × 0.2 = 1.00', 'critical: 2 × 1 = 2.00'],
    total: '0.10 + 1.00 + 2.00 = 3.10',
  },
];
