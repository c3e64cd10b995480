/** Periods that are no whole month: moving in and out, a new tariff on any day, leap days, long and short periods, estimates. */
import { april, energy, fixed, type GoldenCase, intervals, minimum, period, tariff } from './golden-case.ts';

const service = fixed('service', { amount: '6' });
const blocks = energy('energy', [100, '0.05'], ['0.08']);
const before = (components: object[], day: string) => tariff(components, { to: day });
const from = (components: object[], day: string) => tariff(components, { from: day });

export const periodCases: GoldenCase[] = [
  {
    name: 'moving in on the 16th of a month of thirty days',
    tariff: [tariff([service])],
    facts: period('2026-04-16', '2026-05-01', 0),
    lines: ['service: 6 × 15/30 = 3.00'],
    total: '3.00 = 3.00',
  },
  {
    name: 'moving out on the 10th of a month of 31 days',
    tariff: [tariff([service])],
    facts: period('2026-03-01', '2026-03-10', 0),
    lines: ['service: 6 × 9/31 = 1.74'],
    total: '1.74 = 1.74',
  },
  {
    name: 'who moves out and who moves in pay one month between them',
    tariff: [tariff([service])],
    facts: period('2026-03-10', '2026-04-01', 0),
    lines: ['service: 6 × 22/31 = 4.26'],
    total: '6.00 − 1.74 = 4.26',
  },
  {
    name: 'February of a leap year is a month',
    tariff: [tariff([service])],
    facts: period('2028-02-01', '2028-03-01', 0),
    lines: ['service: 6 × 29/29 = 6.00'],
    total: '6.00 = 6.00',
  },
  {
    name: 'the leap day alone',
    tariff: [tariff([service])],
    facts: period('2028-02-29', '2028-03-01', 0),
    lines: ['service: 6 × 1/29 = 0.21'],
    total: '0.21 = 0.21',
  },
  {
    name: 'a period over two months counts each day by its own month',
    tariff: [tariff([service])],
    facts: period('2026-01-20', '2026-02-20', 0),
    lines: ['service: 6 × (12/31 + 19/28) = 6.39'],
    total: '6.39 = 6.39',
  },
  {
    name: 'months of thirty days',
    tariff: [tariff([service], { proration: 'thirty_days' })],
    facts: period('2026-03-01', '2026-04-01', 0),
    lines: ['service: 6 × 31/30 = 6.20'],
    total: '6.20 = 6.20',
  },
  {
    name: 'the billing period is the month, however long the reader took',
    tariff: [tariff([service], { proration: 'billing_period' })],
    facts: period('2026-03-01', '2026-04-04', 0),
    lines: ['service: 6 × 34/34 = 6.00'],
    total: '6.00 = 6.00',
  },
  {
    name: 'the billing period is the month: moved in for 17 of 34 days',
    tariff: [tariff([service], { proration: 'billing_period' })],
    facts: period('2026-03-18', '2026-04-04', 0, { nominal: { from: '2026-03-01', to: '2026-04-04' } }),
    lines: ['service: 6 × 17/34 = 3.00'],
    total: '3.00 = 3.00',
  },
  {
    name: 'blocks shrink with the days: 15 of 30 days have 50 kWh in the first',
    tariff: [tariff([blocks])],
    facts: period('2026-04-01', '2026-04-16', 80),
    lines: ['energy: (100 × 15/30) × 0.05 = 2.50', 'energy: (80 − 50) × 0.08 = 2.40'],
    total: '2.50 + 2.40 = 4.90',
  },
  {
    name: 'blocks of 17 of 31 days are rounded like energy: 54.839 kWh',
    tariff: [tariff([blocks])],
    facts: period('2026-03-01', '2026-03-18', 60),
    lines: ['energy: round(100 × 17/31; 3) × 0.05 = 2.74', 'energy: (60 − round(100 × 17/31; 3)) × 0.08 = 0.41'],
    total: '2.74 + 0.41 = 3.15',
  },
  {
    name: 'two months in one bill have twice the blocks',
    tariff: [tariff([blocks])],
    facts: period('2026-03-01', '2026-05-01', 250),
    lines: ['energy: (2 × 100) × 0.05 = 10.00', 'energy: (250 − 200) × 0.08 = 4.00'],
    total: '10.00 + 4.00 = 14.00',
  },
  {
    name: 'a new price on the 11th: a register is divided by days',
    tariff: [before([energy('energy', ['0.05'])], '2026-04-11'), from([energy('energy', ['0.06'])], '2026-04-11')],
    facts: april(300),
    lines: ['energy: (300 × 10/30) × 0.05 = 5.00', 'energy: (300 × 20/30) × 0.06 = 12.00'],
    total: '5.00 + 12.00 = 17.00',
  },
  {
    name: 'a new price on the 11th: intervals say when the energy was taken',
    tariff: [before([energy('energy', ['0.05'])], '2026-04-11'), from([energy('energy', ['0.06'])], '2026-04-11')],
    facts: {
      ...april(0),
      usage: [...intervals('2026-04-05T10:00+03:00', 60, 250), ...intervals('2026-04-20T10:00+03:00', 60, 50)],
    },
    lines: ['energy: 250 × 0.05 = 12.50', 'energy: 50 × 0.06 = 3.00'],
    total: '12.50 + 3.00 = 15.50',
  },
  {
    name: 'an hour across midnight of the change is divided between the prices',
    tariff: [before([energy('energy', ['0.05'])], '2026-04-11'), from([energy('energy', ['0.06'])], '2026-04-11')],
    facts: { ...april(0), usage: intervals('2026-04-10T23:30+03:00', 60, 100) },
    lines: ['energy: (100 / 2) × 0.05 = 2.50', 'energy: (100 / 2) × 0.06 = 3.00'],
    total: '2.50 + 3.00 = 5.50',
  },
  {
    name: 'a tariff that changes without a new fixed charge: the parts of 10.00 sum to 10.00',
    tariff: [
      before([fixed('service', { amount: '10' }), energy('energy', ['0.05'])], '2026-03-11'),
      tariff([fixed('service', { amount: '10' }), energy('energy', ['0.06'])], {
        from: '2026-03-11',
        to: '2026-03-21',
      }),
      from([fixed('service', { amount: '10' }), energy('energy', ['0.07'])], '2026-03-21'),
    ],
    facts: period('2026-03-01', '2026-04-01', 0),
    lines: [
      'service: 10 × 10/31 = 3.23',
      'energy: 0 × 0.05 = 0.00',
      'service: 10 × 20/31 − 3.23 = 3.22',
      'energy: 0 × 0.06 = 0.00',
      'service: 10 × 31/31 − 3.23 − 3.22 = 3.55',
      'energy: 0 × 0.07 = 0.00',
    ],
    total: '3.23 + 3.22 + 3.55 = 10.00',
  },
  {
    name: 'blocks in a month of change: each price has its own half of them',
    tariff: [before([blocks], '2026-04-16'), from([energy('energy', [100, '0.06'], ['0.10'])], '2026-04-16')],
    facts: april(160),
    lines: [
      'energy: (100 × 15/30) × 0.05 = 2.50',
      'energy: (160 / 2 − 50) × 0.08 = 2.40',
      'energy: (100 × 15/30) × 0.06 = 3.00',
      'energy: (160 / 2 − 50) × 0.10 = 3.00',
    ],
    total: '2.50 + 2.40 + 3.00 + 3.00 = 10.90',
  },
  {
    name: 'a minimum for part of a month',
    tariff: [tariff([energy('energy', ['0.05']), minimum('minimum', { of: ['energy'], amount: '4' })])],
    facts: period('2026-04-01', '2026-04-16', 10),
    lines: ['energy: 10 × 0.05 = 0.50', 'minimum: 4 × 15/30 − 0.50 = 1.50'],
    total: '0.50 + 1.50 = 2.00',
  },
  {
    name: 'an estimated bill, corrected later: the second bill is for what was really used',
    tariff: [tariff([blocks])],
    facts: { ...april(0), usage: [{ ...april(140).usage[0]!, estimated: true }] },
    lines: ['energy: 100 × 0.05 = 5.00', 'energy: 40 × 0.08 = 3.20'],
    total: '5.00 + 3.20 = 8.20',
    also: { estimated: true },
  },
  {
    name: 'the same bill with the true reading: the difference note is 8.20 − 6.60',
    tariff: [tariff([blocks])],
    facts: april(120),
    lines: ['energy: 100 × 0.05 = 5.00', 'energy: 20 × 0.08 = 1.60'],
    total: '8.20 − 1.60 = 6.60',
    also: { estimated: false },
  },
  {
    name: 'an exchange of the meter in mid-month: both devices are one curve of energy',
    tariff: [tariff([blocks])],
    facts: {
      ...april(0),
      // The old device went from 9950 to 9990 until the 12th, the new one from 0 to 75.
      usage: [
        { ...period('2026-04-01', '2026-04-12', 9990 - 9950).usage[0]! },
        { ...period('2026-04-12', '2026-05-01', 75 - 0).usage[0]! },
      ],
    },
    lines: ['energy: 100 × 0.05 = 5.00', 'energy: ((9990 − 9950) + 75 − 100) × 0.08 = 1.20'],
    total: '5.00 + 1.20 = 6.20',
  },
  {
    name: 'a register of five digits rolls over: 99960 to 00080',
    tariff: [tariff([blocks])],
    facts: april(100000 - 99960 + 80),
    lines: ['energy: 100 × 0.05 = 5.00', 'energy: (100000 − 99960 + 80 − 100) × 0.08 = 1.60'],
    total: '5.00 + 1.60 = 6.60',
  },
  {
    name: 'an hour of clock change in mid-period belongs to the month (Berlin, March 2026: 743 hours)',
    tariff: [tariff([energy('energy', ['0.1'])])],
    facts: {
      ...period('2026-03-01', '2026-04-01', 0, { timeZone: 'Europe/Berlin' }),
      usage: intervals('2026-03-01T00:00+01:00', 60, ...new Array<number>(743).fill(1)),
    },
    lines: ['energy: (31 × 24 − 1) × 0.1 = 74.30'],
    total: '74.30 = 74.30',
  },
];
