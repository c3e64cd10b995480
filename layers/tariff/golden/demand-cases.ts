/** Demand over rolling and fixed windows, of active and apparent power; ratchets and contracts. */
import { april, demand, fixed, type GoldenCase, intervals, period, tariff, withReactive } from './golden-case.ts';

const kw = (more: object = {}) => [tariff([demand('demand', { rate: '2', ...more })])];
const kva = (more: object = {}) => kw({ unit: 'kVA', ...more });
/** Quarters of an hour: 12 kW with 9 kvar are 15 kVA, 16 with 12 are 20 kVA, 20 alone are 20, 6 with 8 are 10. */
const apparent = {
  ...april(0),
  usage: withReactive(intervals('2026-04-10T10:00+03:00', 15, '3', '4', '5', '1.5'), '2.25', '3', '0', '2'),
};
/** Quarters of an hour: 5, 10, 20 and 15 kW, then nothing. */
const quarters = { ...april(0), usage: intervals('2026-04-10T10:00+03:00', 15, '1.25', '2.5', '5', '3.75', '0') };

export const demandCases: GoldenCase[] = [
  {
    name: 'the highest quarter of an hour',
    tariff: kw(),
    facts: quarters,
    lines: ['demand: (5 / 0.25) × 2 = 40.00'],
    total: '40.00 = 40.00',
    also: { demandKw: '20' },
  },
  {
    name: 'the highest rolling half hour: the best two quarters side by side',
    tariff: kw({ intervalMinutes: 30 }),
    facts: quarters,
    lines: ['demand: ((5 + 3.75) / 0.5) × 2 = 35.00'],
    total: '35.00 = 35.00',
  },
  {
    name: 'fixed half hours begin on the half hour',
    tariff: kw({ intervalMinutes: 30, window: 'fixed' }),
    facts: { ...april(0), usage: intervals('2026-04-10T10:15+03:00', 15, '2', '3', '3', '2') },
    lines: ['demand: ((3 + 3) / 0.5) × 2 = 24.00'],
    total: '24.00 = 24.00',
  },
  {
    name: 'a peak across two fixed half hours is halved by them',
    tariff: kw({ intervalMinutes: 30, window: 'fixed' }),
    facts: { ...april(0), usage: intervals('2026-04-10T10:00+03:00', 15, '0', '4', '4', '0') },
    lines: ['demand: ((0 + 4) / 0.5) × 2 = 16.00'],
    total: '16.00 = 16.00',
  },
  {
    name: 'a gap in the data ends a window',
    tariff: kw({ intervalMinutes: 30 }),
    facts: {
      ...april(0),
      usage: [...intervals('2026-04-10T10:00+03:00', 15, '4'), ...intervals('2026-04-10T10:30+03:00', 15, '4', '1')],
    },
    lines: ['demand: ((4 + 1) / 0.5) × 2 = 20.00'],
    total: '20.00 = 20.00',
  },
  {
    name: 'demand in the peak hours only',
    tariff: [
      tariff([demand('demand', { rate: '2', bucket: 'peak' })], {
        timeOfUse: {
          defaultBucket: 'off',
          windows: [
            {
              bucket: 'peak',
              days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'],
              from: '10:30',
              to: '12:00',
            },
          ],
        },
      }),
    ],
    facts: { ...april(0), usage: intervals('2026-04-10T10:00+03:00', 15, '1.25', '6', '2', '1') },
    lines: ['demand: (2 / 0.25) × 2 = 16.00'],
    total: '16.00 = 16.00',
  },
  {
    name: 'the meter registered its own highest demand',
    tariff: kw(),
    facts: april(1000, { registeredDemandKw: '18.4' }),
    lines: ['demand: 18.4 × 2 = 36.80'],
    total: '36.80 = 36.80',
  },
  {
    name: 'the least demand that is billed',
    tariff: kw({ minimumKw: '25' }),
    facts: quarters,
    lines: ['demand: max(20; 25) × 2 = 50.00'],
    total: '50.00 = 50.00',
  },
  {
    name: 'a ratchet of the year before',
    tariff: kw({ ratchetPercent: '80' }),
    facts: { ...quarters, priorPeakKw: '30' },
    lines: ['demand: max(20; 30 × 80 / 100) × 2 = 48.00'],
    total: '48.00 = 48.00',
  },
  {
    name: 'a ratchet below what was measured',
    tariff: kw({ ratchetPercent: '60' }),
    facts: { ...quarters, priorPeakKw: '30' },
    lines: ['demand: max(20; 30 × 60 / 100) × 2 = 40.00'],
    total: '40.00 = 40.00',
  },
  {
    name: 'contracted demand: its share is the least, and what is above costs more',
    tariff: kw({ contractedPercent: '90', excessRate: '3' }),
    facts: { ...quarters, contractedKw: '16' },
    lines: ['demand: max(20; 16 × 90 / 100) × 2 = 40.00', 'demand: (20 − 16) × 3 = 12.00'],
    total: '40.00 + 12.00 = 52.00',
  },
  {
    name: 'the price of demand changes in mid-month: one peak, two prices',
    tariff: [
      tariff([demand('demand', { rate: '2' })], { to: '2026-04-16' }),
      tariff([demand('demand', { rate: '3' })], { from: '2026-04-16' }),
    ],
    facts: quarters,
    lines: ['demand: 20 × 2 × 15/30 = 20.00', 'demand: 20 × 3 × 15/30 = 30.00'],
    total: '20.00 + 30.00 = 50.00',
  },
  {
    name: 'demand and a charge for the contract',
    tariff: [tariff([fixed('capacity', { amount: '1', times: 'contracted_kw' }), demand('demand', { rate: '2' })])],
    facts: { ...quarters, contractedKw: '25' },
    lines: ['capacity: 1 × 25 = 25.00', 'demand: 20 × 2 = 40.00'],
    total: '25.00 + 40.00 = 65.00',
  },
  {
    name: 'apparent power of the highest quarter of an hour: 18 kW with 24 kvar are √(18² + 24²) = 30 kVA, though 20 kW are more kW',
    tariff: kva(),
    facts: {
      ...april(0),
      usage: withReactive(intervals('2026-04-10T10:00+03:00', 15, '5', '4.5', '4'), '0', '6', '1'),
    },
    lines: ['demand: root(18 × 18 + 24 × 24; 3) × 2 = 60.00'],
    total: '60.00 = 60.00',
    also: { demandKva: '30', peakKva: '30', lines: [{ unit: 'kVA', formula: '30 kVA × 2' }] },
  },
  {
    name: 'the highest rolling half hour of apparent power adds kWh and kvarh before the root: √(18² + 6²) = 18.974',
    tariff: kva({ intervalMinutes: 30 }),
    facts: apparent,
    lines: ['demand: root((4 + 5) / 0.5 × (4 + 5) / 0.5 + 3 / 0.5 × 3 / 0.5; 3) × 2 = 37.95'],
    total: '37.95 = 37.95',
    also: { peakKva: '18.974' },
  },
  {
    name: 'apparent power in fixed half hours: √(14² + 10.5²) = 17.5, and √(13² + 4²) = 13.601 is less',
    tariff: kva({ intervalMinutes: 30, window: 'fixed' }),
    facts: apparent,
    lines: ['demand: root((3 + 4) / 0.5 × (3 + 4) / 0.5 + (2.25 + 3) / 0.5 × (2.25 + 3) / 0.5; 3) × 2 = 35.00'],
    total: '35.00 = 35.00',
  },
  {
    name: 'apparent power of counted kVAh: a load that comes and goes within the window counts more than its root',
    tariff: kva({ intervalMinutes: 30, apparentEnergy: 'register' }),
    // √((4 + 5)² + 3²) would be 9.487 kVAh.
    facts: {
      ...april(0),
      usage: withReactive(intervals('2026-04-10T10:00+03:00', 15, '4', '5'), '3', '0').map((each) => ({
        ...each,
        apparentUnits: 5_100_000n,
      })),
    },
    lines: ['demand: ((5.1 + 5.1) / 0.5) × 2 = 40.80'],
    total: '40.80 = 40.80',
    also: { peakKva: '20.4' },
  },
  {
    name: 'the meter registered its own highest apparent power',
    tariff: kva({ source: 'register' }),
    facts: april(1000, { registeredDemandKva: '21.5', registeredDemandKw: '18.4' }),
    lines: ['demand: 21.5 × 2 = 43.00'],
    total: '43.00 = 43.00',
  },
  {
    name: 'the least kVA, a ratchet of the year in kVA and the contract in kVA: the highest counts',
    tariff: kva({ minimumKva: '22', ratchetPercent: '80', contractedPercent: '90', excessRate: '3' }),
    facts: { ...apparent, priorPeakKva: '30', priorPeakKw: '90', contractedKva: '18', contractedKw: '90' },
    lines: ['demand: max(20; max(22; max(30 × 80 / 100; 18 × 90 / 100))) × 2 = 48.00', 'demand: (20 − 18) × 3 = 6.00'],
    total: '48.00 + 6.00 = 54.00',
  },
  {
    name: 'kW and kVA beside each other, each its own peak; a charge for the contracted kVA',
    tariff: [
      tariff([
        fixed('capacity', { amount: '0.5', times: 'contracted_kva' }),
        demand('demand', { rate: '2' }),
        demand('apparent', { unit: 'kVA', rate: '1' }),
      ]),
    ],
    facts: {
      ...april(0, { contractedKva: '25' }),
      usage: withReactive(intervals('2026-04-10T10:00+03:00', 15, '5', '4.5'), '0', '6'),
    },
    lines: ['capacity: 0.5 × 25 = 12.50', 'demand: (5 / 0.25) × 2 = 40.00', 'apparent: 30 × 1 = 30.00'],
    total: '12.50 + 40.00 + 30.00 = 82.50',
    also: { demandKw: '20', demandKva: '30' },
  },
  {
    name: 'the price of kVA changes in mid-month: one peak, two prices',
    tariff: [
      tariff([demand('demand', { unit: 'kVA', rate: '2' })], { to: '2026-04-16' }),
      tariff([demand('demand', { unit: 'kVA', rate: '3' })], { from: '2026-04-16' }),
    ],
    facts: apparent,
    lines: ['demand: 20 × 2 × 15/30 = 20.00', 'demand: 20 × 3 × 15/30 = 30.00'],
    total: '20.00 + 30.00 = 50.00',
  },
  {
    name: 'kVA are worked out up to mid-month, and counted by the meter from then on: each price has the peak of its days',
    tariff: [
      tariff([demand('demand', { unit: 'kVA', rate: '2' })], { to: '2026-04-16' }),
      tariff([demand('demand', { unit: 'kVA', rate: '3', apparentEnergy: 'register' })], { from: '2026-04-16' }),
    ],
    facts: {
      ...april(0),
      usage: [
        ...withReactive(intervals('2026-04-10T10:00+03:00', 15, '3'), '4'),
        ...intervals('2026-04-20T10:00+03:00', 15, '3').map((each) => ({ ...each, apparentUnits: 6_000_000n })),
      ],
    },
    lines: ['demand: (5 / 0.25) × 2 × 15/30 = 20.00', 'demand: (6 / 0.25) × 3 × 15/30 = 36.00'],
    total: '20.00 + 36.00 = 56.00',
    also: { demandKva: '24' },
  },
  {
    name: 'demand over a leap day: 29 days are a month',
    tariff: kw(),
    facts: { ...period('2028-02-01', '2028-03-01', 0), usage: intervals('2028-02-29T10:00+03:00', 15, '5') },
    lines: ['demand: 20 × 2 × 29/29 = 40.00'],
    total: '40.00 = 40.00',
  },
];
