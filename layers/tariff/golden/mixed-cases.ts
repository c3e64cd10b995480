/** Elements that meet: taxes on taxes, free units, floors of demand, energy fed in by time of use, totals of nothing and below. */
import {
  april,
  demand,
  energy,
  fixed,
  type GoldenCase,
  intervals,
  period,
  powerFactor,
  subsidy,
  tariff,
  tax,
} from './golden-case.ts';

const cheap = energy('energy', ['0.05']);
const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
const byTime = (exported: object) => [
  tariff(
    [
      { ...energy('peak', ['0.2']), bucket: 'peak' },
      { ...energy('off', ['0.1']), bucket: 'off' },
    ],
    {
      timeOfUse: { defaultBucket: 'off', windows: [{ bucket: 'peak', days: everyDay, from: '17:00', to: '22:00' }] },
      export: exported,
    },
  ),
];
const net = { mode: 'net_energy', settlementRate: '0.04' };
const feedIn = (...rates: object[]) => ({
  ...{ mode: 'net_billing', code: 'feed_in', label: { en: 'Feed-in', ar: 'التصدير' } },
  rates,
});
/** One kWh taken in each hour of a day, and so much fed in by the hour it begins. */
const day = (fedIn: Record<number, number>) => ({
  ...period('2026-04-01', '2026-04-02', 0),
  usage: intervals('2026-04-01T00:00+03:00', 60, ...new Array<number>(24).fill(1)).map((interval, hour) => ({
    ...interval,
    exportUnits: BigInt(fedIn[hour] ?? 0) * 1_000_000n,
  })),
});
const kw = (more: object) => demand('demand', { rate: '2', ...more });
/** Quarters of an hour: 5, 10, 20 and 15 kW. */
const quarters = { ...april(0), usage: intervals('2026-04-10T10:00+03:00', 15, '1.25', '2.5', '5', '3.75') };

export const mixedCases: GoldenCase[] = [
  {
    name: 'three taxes: one beside the first, one on both',
    tariff: [
      tariff([
        cheap,
        tax('duty', { percent: '4' }),
        tax('levy', { percent: '2' }),
        tax('vat', { percent: '10', onTaxes: true }),
      ]),
    ],
    facts: april(100),
    lines: [
      'energy: 100 × 0.05 = 5.00',
      'duty: 5.00 × 4 / 100 = 0.20',
      'levy: 5.00 × 2 / 100 = 0.10',
      'vat: (5.00 + 0.20 + 0.10) × 10 / 100 = 0.53',
    ],
    total: '5.00 + 0.20 + 0.10 + 0.53 = 5.83',
  },
  {
    name: 'who is exempt from the first tax pays the second on less',
    tariff: [tariff([cheap, tax('duty', { percent: '4' }), tax('vat', { percent: '10', onTaxes: true })])],
    facts: april(100, { exemptTaxes: ['duty'] }),
    lines: ['energy: 100 × 0.05 = 5.00', 'vat: 5.00 × 10 / 100 = 0.50'],
    total: '5.00 + 0.50 = 5.50',
  },
  {
    name: 'a tax on one component and on the tax before it',
    tariff: [
      tariff([
        fixed('service', { amount: '3' }),
        cheap,
        tax('duty', { percent: '4', of: ['energy'] }),
        tax('vat', { percent: '10', of: ['energy'], onTaxes: true }),
      ]),
    ],
    facts: april(100),
    lines: [
      'service: 3 × 1 = 3.00',
      'energy: 100 × 0.05 = 5.00',
      'duty: 5.00 × 4 / 100 = 0.20',
      'vat: (5.00 + 0.20) × 10 / 100 = 0.52',
    ],
    total: '3.00 + 5.00 + 0.20 + 0.52 = 8.72',
  },
  {
    name: 'a lifeline block is free, what is above it is not',
    tariff: [tariff([energy('energy', [50, '0'], ['0.08'])])],
    facts: april(80),
    lines: ['energy: 50 × 0 = 0.00', 'energy: (80 − 50) × 0.08 = 2.40'],
    total: '0.00 + 2.40 = 2.40',
  },
  {
    name: 'a lifeline for those who take little: the whole bill is given, and nothing is left to tax',
    tariff: [
      tariff([
        cheap,
        subsidy('aid', { onlyUpToKwh: '60', benefit: { type: 'percent', percent: '100', of: ['energy'] } }),
        tax('vat', { percent: '10' }),
      ]),
    ],
    facts: april(60),
    lines: ['energy: 60 × 0.05 = 3.00', 'aid: −(3.00 × 100 / 100) = −3.00'],
    total: '3.00 − 3.00 = 0.00',
  },
  {
    name: 'a charge for each of three dwellings',
    tariff: [tariff([fixed('service', { amount: '0.8', times: 'dwelling' })])],
    facts: april(0, { dwellings: 3 }),
    lines: ['service: 0.8 × 3 = 2.40'],
    total: '2.40 = 2.40',
  },
  {
    name: 'without energy there is no power factor to charge for',
    tariff: [
      tariff([
        energy('energy', ['0.1']),
        powerFactor('pf', { of: ['energy'], penalties: [{ below: '0.90', percentPerHundredth: '1' }] }),
      ]),
    ],
    facts: april(0, { kvarh: 50 }),
    lines: ['energy: 0 × 0.1 = 0.00'],
    total: '0 = 0.00',
    also: { reactiveKvarh: '50' },
  },
  {
    name: 'the share of the contract is more than was measured',
    tariff: [tariff([kw({ contractedPercent: '90', excessRate: '3' })])],
    facts: { ...quarters, contractedKw: '30' },
    lines: ['demand: max(20; 30 × 90 / 100) × 2 = 54.00'],
    total: '54.00 = 54.00',
  },
  {
    name: 'least demand, ratchet and contract: the highest of them counts',
    tariff: [tariff([kw({ minimumKw: '18', ratchetPercent: '80', contractedPercent: '90' })])],
    facts: { ...quarters, priorPeakKw: '30', contractedKw: '25' },
    lines: ['demand: max(max(20; 18); max(30 × 80 / 100; 25 × 90 / 100)) × 2 = 48.00'],
    total: '48.00 = 48.00',
    also: { demandKw: '24', peakKw: '20' },
  },
  {
    name: 'a ratchet in a month of change: one demand, two prices',
    tariff: [
      tariff([kw({ ratchetPercent: '80' })], { to: '2026-04-16' }),
      tariff([kw({ ratchetPercent: '80', rate: '3' })], { from: '2026-04-16' }),
    ],
    facts: { ...quarters, priorPeakKw: '30' },
    lines: ['demand: max(20; 30 × 80 / 100) × 2 × 15/30 = 24.00', 'demand: max(20; 30 × 80 / 100) × 3 × 15/30 = 36.00'],
    total: '24.00 + 36.00 = 60.00',
  },
  {
    name: 'demand above the contract in half a month',
    tariff: [tariff([kw({ excessRate: '3' })])],
    facts: { ...quarters, to: '2026-04-16', contractedKw: '16' },
    lines: ['demand: 20 × 2 × 15/30 = 20.00', 'demand: (20 − 16) × 3 × 15/30 = 6.00'],
    total: '20.00 + 6.00 = 26.00',
  },
  {
    name: 'net billing by time of use: the evening’s sun is worth more',
    tariff: byTime(feedIn({ bucket: 'peak', rate: '0.12' }, { bucket: 'off', rate: '0.04' })),
    facts: day({ 12: 1, 13: 1, 17: 2, 18: 2 }),
    lines: [
      'peak: 5 × 0.2 = 1.00',
      'off: 19 × 0.1 = 1.90',
      'feed_in: −((2 + 2) × 0.12) = −0.48',
      'feed_in: −((1 + 1) × 0.04) = −0.08',
    ],
    total: '1.00 + 1.90 − 0.48 − 0.08 = 2.34',
  },
  {
    name: 'each time of use has its own bank',
    tariff: byTime(net),
    facts: { ...day({ 12: 1, 13: 1, 17: 2, 18: 2 }), exportBank: { peak: 4_000_000n, off: 10_000_000n } },
    lines: ['peak: (5 − min(5; 4 + 4)) × 0.2 = 0.00', 'off: (19 − min(19; 2 + 10)) × 0.1 = 0.70'],
    total: '0.00 + 0.70 = 0.70',
    also: { exportBank: { peak: '3', off: '0' } },
  },
  {
    name: 'moving out: what is left in all banks is paid out together',
    tariff: byTime(net),
    facts: { ...day({ 17: 8 }), exportBank: { off: 20_000_000n }, settleExportBank: true },
    lines: [
      'peak: (5 − 5) × 0.2 = 0.00',
      'off: (19 − 19) × 0.1 = 0.00',
      'export_settlement: −(((8 − 5) + (20 − 19)) × 0.04) = −0.16',
    ],
    total: '0.00 + 0.00 − 0.16 = −0.16',
    also: { exportBank: {} },
  },
  {
    name: 'what was fed in is worth what was taken: nothing is owed',
    tariff: [tariff([energy('energy', ['0.1'])], { export: feedIn({ rate: '0.06' }) })],
    facts: april(60, { exportKwh: 100 }),
    lines: ['energy: 60 × 0.1 = 6.00', 'feed_in: −(100 × 0.06) = −6.00'],
    total: '6.00 − 6.00 = 0.00',
  },
  {
    name: 'a total below zero is rounded to five cents as well',
    tariff: [
      tariff([energy('energy', ['0.1'])], { export: feedIn({ rate: '0.0613' }), rounding: { totalTo: '0.05' } }),
    ],
    facts: april(10, { exportKwh: 100 }),
    lines: ['energy: 10 × 0.1 = 1.00', 'feed_in: −(100 × 0.0613) = −6.13'],
    // −5.13 is 102.6 steps below zero.
    total: '−103 × 0.05 = −5.15',
    also: { subtotal: '-5.13', rounding: '-0.02' },
  },
];
