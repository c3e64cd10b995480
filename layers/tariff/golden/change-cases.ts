/** Months in which something changes: the tariff, the device, the customer; and periods that no calendar month fits. */
import {
  april,
  energy,
  fixed,
  type GoldenCase,
  minimum,
  period,
  reactive,
  subsidy,
  tariff,
  tax,
} from './golden-case.ts';

const service = fixed('service', { amount: '6' });
const blocks = energy('energy', [100, '0.05'], ['0.08']);
const cheap = energy('energy', ['0.05']);
const dear = energy('energy', ['0.06']);
const least = (amount: string) => minimum('minimum', { of: ['energy'], amount });
const changed = (before: object[], after: object[], day: string, more: object = {}) => [
  tariff(before, { ...more, to: day }),
  tariff(after, { ...more, from: day }),
];
const halfOfApril = (kwh: number) => period('2026-04-01', '2026-04-16', kwh);

export const changeCases: GoldenCase[] = [
  {
    name: 'a tax that changes with the price: each half pays its own',
    tariff: changed([cheap, tax('vat', { percent: '5' })], [dear, tax('vat', { percent: '15' })], '2026-04-16'),
    facts: april(200),
    lines: [
      'energy: (200 × 15/30) × 0.05 = 5.00',
      'energy: (200 × 15/30) × 0.06 = 6.00',
      'vat: 5.00 × 5 / 100 = 0.25',
      'vat: 6.00 × 15 / 100 = 0.90',
    ],
    total: '5.00 + 6.00 + 0.25 + 0.90 = 12.15',
  },
  {
    name: 'prices published twice in a month billed in whole kWh: the thirds of a block of 100 are 33, 34 and 33',
    tariff: ['2000-01-01', '2026-04-11', '2026-04-21'].map((from) =>
      tariff([blocks], { from, rounding: { energyDecimals: 0 } }),
    ),
    facts: april(300),
    lines: [
      'energy: 33 × 0.05 = 1.65',
      'energy: (100 − 33) × 0.08 = 5.36',
      'energy: 34 × 0.05 = 1.70',
      'energy: (100 − 34) × 0.08 = 5.28',
      'energy: 33 × 0.05 = 1.65',
      'energy: (100 − 33) × 0.08 = 5.36',
    ],
    total: '100 × 0.05 + 200 × 0.08 = 21.00',
  },
  {
    name: 'prices published every day in whole kWh: blocks of 12 and 18 kWh a month are not given twice',
    tariff: ['2000-01-01', '2026-04-02'].map((from) =>
      tariff([energy('energy', [12, '0.05'], [18, '0.08'], ['0.10'])], { from, rounding: { energyDecimals: 0 } }),
    ),
    facts: period('2026-04-01', '2026-04-03', 4),
    lines: [
      // 0.4 and 0.6 kWh are 0 and 1.
      'energy: 1 × 0.08 = 0.08',
      'energy: (2 − 1) × 0.10 = 0.10',
      // 0.8 and 1.2 kWh are 1 and 1, of which the first day had 0 and 1: 1, and not 0 but no less than 1.
      'energy: 1 × 0.05 = 0.05',
      'energy: (2 − 1) × 0.10 = 0.10',
    ],
    total: '0.08 + 0.10 + 0.05 + 0.10 = 0.33',
  },
  {
    name: 'a minimum that changes: each half has its own half',
    tariff: changed([cheap, least('4')], [cheap, least('6')], '2026-04-16'),
    facts: april(40),
    lines: [
      'energy: 20 × 0.05 = 1.00',
      'minimum: 4 × 15/30 − 1.00 = 1.00',
      'energy: 20 × 0.05 = 1.00',
      'minimum: 6 × 15/30 − 1.00 = 2.00',
    ],
    total: '1.00 + 1.00 + 1.00 + 2.00 = 5.00',
  },
  {
    name: 'a charge that changes within a billing period of 34 days: what rounding left goes to the second part',
    tariff: changed([service], [fixed('service', { amount: '9' })], '2026-03-11', { proration: 'billing_period' }),
    facts: period('2026-03-01', '2026-04-04', 0),
    lines: ['service: 6 × 10/34 = 1.76', 'service: 9 × 24/34 + (6 × 10/34 − 1.76) = 6.36'],
    total: '1.76 + 6.36 = 8.12',
  },
  {
    name: 'no proration: a bill of 61 days is one month, shared by days where the price changes',
    tariff: changed([service], [service], '2026-04-01', { proration: 'none' }),
    facts: period('2026-03-01', '2026-05-01', 0),
    lines: ['service: 6 × 31/61 = 3.05', 'service: 6 × 61/61 − 3.05 = 2.95'],
    total: '3.05 + 2.95 = 6.00',
  },
  {
    name: 'February by months of thirty days',
    tariff: [tariff([service], { proration: 'thirty_days' })],
    facts: period('2026-02-01', '2026-03-01', 0),
    lines: ['service: 6 × 28/30 = 5.60'],
    total: '5.60 = 5.60',
  },
  {
    name: 'February of a leap year by months of thirty days',
    tariff: [tariff([service], { proration: 'thirty_days' })],
    facts: period('2028-02-01', '2028-03-01', 0),
    lines: ['service: 6 × 29/30 = 5.80'],
    total: '5.80 = 5.80',
  },
  {
    name: 'a new charge on the leap day itself',
    tariff: changed([service], [fixed('service', { amount: '9' })], '2028-02-29'),
    facts: period('2028-02-01', '2028-03-01', 0),
    lines: ['service: 6 × 28/29 = 5.79', 'service: 9 × 1/29 + (6 × 28/29 − 5.79) = 0.31'],
    total: '5.79 + 0.31 = 6.10',
  },
  {
    name: 'moving in on the leap day: a twenty-ninth of the first block, 3.448 kWh',
    tariff: [tariff([blocks])],
    facts: period('2028-02-29', '2028-03-01', 5),
    lines: ['energy: round(100 × 1/29; 3) × 0.05 = 0.17', 'energy: (5 − round(100 × 1/29; 3)) × 0.08 = 0.12'],
    total: '0.17 + 0.12 = 0.29',
  },
  {
    name: 'a year with a leap day in one bill is twelve months',
    tariff: [tariff([service, blocks])],
    facts: period('2027-03-01', '2028-03-01', 1300),
    lines: ['service: 6 × 12 = 72.00', 'energy: (12 × 100) × 0.05 = 60.00', 'energy: (1300 − 1200) × 0.08 = 8.00'],
    total: '72.00 + 60.00 + 8.00 = 140.00',
  },
  {
    name: 'the block reached prices everything: half a month has half the limits',
    tariff: [tariff([{ ...energy('energy', [100, '0.05'], [200, '0.06'], ['0.09']), blockRule: 'whole' }])],
    facts: halfOfApril(60),
    lines: ['energy: 60 × 0.06 = 3.60'],
    total: '3.60 = 3.60',
  },
  {
    name: 'a subsidy for each kWh: half a month has half of the limit',
    tariff: [tariff([cheap, subsidy('aid', { benefit: { type: 'per_kwh', rate: '0.02', upToKwh: '50' } })])],
    facts: halfOfApril(40),
    lines: ['energy: 40 × 0.05 = 2.00', 'aid: −(min(40; 50 × 15/30) × 0.02) = −0.50'],
    total: '2.00 − 0.50 = 1.50',
  },
  {
    name: 'a monthly subsidy for half a month is half of it',
    tariff: [tariff([cheap, subsidy('aid', { benefit: { type: 'amount', amount: '1' } })])],
    facts: halfOfApril(50),
    lines: ['energy: 50 × 0.05 = 2.50', 'aid: −(1 × 15/30) = −0.50'],
    total: '2.50 − 0.50 = 2.00',
  },
  {
    name: 'reactive energy in a month of change: each half has its own free share',
    tariff: changed(
      [energy('energy', ['0.1']), reactive('reactive', { rate: '0.02', freePercent: '50' })],
      [energy('energy', ['0.1']), reactive('reactive', { rate: '0.03', freePercent: '50' })],
      '2026-04-16',
    ),
    facts: april(1000, { kvarh: 800 }),
    lines: [
      'energy: 500 × 0.1 = 50.00',
      'reactive: (400 − 500 × 50 / 100) × 0.02 = 3.00',
      'energy: 500 × 0.1 = 50.00',
      'reactive: (400 − 500 × 50 / 100) × 0.03 = 4.50',
    ],
    total: '50.00 + 3.00 + 50.00 + 4.50 = 107.50',
  },
  {
    name: 'an exchange of the meter on the 12th and a new price on the 16th',
    tariff: changed([cheap], [dear], '2026-04-16'),
    facts: {
      ...april(0),
      // The old device counted 40 kWh in 11 days, the new one 57 in 19 days, of which four are before the change.
      usage: [period('2026-04-01', '2026-04-12', 40).usage[0]!, period('2026-04-12', '2026-05-01', 57).usage[0]!],
    },
    lines: ['energy: (40 + 57 × 4/19) × 0.05 = 2.60', 'energy: (57 × 15/19) × 0.06 = 2.70'],
    total: '2.60 + 2.70 = 5.30',
  },
  {
    name: 'half of the energy is estimated: the bill is marked, its arithmetic is the same',
    tariff: [tariff([blocks])],
    facts: {
      ...april(0),
      usage: [halfOfApril(70).usage[0]!, { ...period('2026-04-16', '2026-05-01', 60).usage[0]!, estimated: true }],
    },
    lines: ['energy: 100 × 0.05 = 5.00', 'energy: (70 + 60 − 100) × 0.08 = 2.40'],
    total: '5.00 + 2.40 = 7.40',
    also: { estimated: true },
  },
];
