/** Subsidies and taxes. */
import { april, energy, fixed, type GoldenCase, period, subsidy, tariff, tax } from './golden-case.ts';

const base = energy('energy', [100, '0.05'], ['0.08']);
const capped = [
  tariff([
    energy('energy', ['0.1']),
    subsidy('aid', { atMost: '2', benefit: { type: 'percent', percent: '40', of: ['energy'] } }),
  ]),
];

export const reliefCases: GoldenCase[] = [
  {
    name: 'a subsidy for each of the first 50 kWh',
    tariff: [tariff([base, subsidy('aid', { benefit: { type: 'per_kwh', rate: '0.02', upToKwh: '50' } })])],
    facts: april(150),
    lines: ['energy: 100 × 0.05 = 5.00', 'energy: 50 × 0.08 = 4.00', 'aid: −(min(150; 50) × 0.02) = −1.00'],
    total: '5.00 + 4.00 − 1.00 = 8.00',
  },
  {
    name: 'a subsidy for small bills only: reached exactly',
    tariff: [
      tariff([
        base,
        subsidy('aid', { onlyUpToKwh: '80', benefit: { type: 'percent', percent: '40', of: ['energy'] } }),
      ]),
    ],
    facts: april(80),
    lines: ['energy: 80 × 0.05 = 4.00', 'aid: −(4 × 40 / 100) = −1.60'],
    total: '4.00 − 1.60 = 2.40',
  },
  {
    name: 'a subsidy for small bills only: one kWh too many',
    tariff: [
      tariff([
        base,
        subsidy('aid', { onlyUpToKwh: '80', benefit: { type: 'percent', percent: '40', of: ['energy'] } }),
      ]),
    ],
    facts: april(81),
    lines: ['energy: 81 × 0.05 = 4.05'],
    total: '4.05 = 4.05',
  },
  {
    name: 'a subsidy for bills up to 80 kWh: in half a month the limit is 80 × 15/30 = 40, and 41 is too many',
    tariff: [
      tariff([
        base,
        subsidy('aid', { onlyUpToKwh: '80', benefit: { type: 'percent', percent: '40', of: ['energy'] } }),
      ]),
    ],
    facts: period('2026-04-01', '2026-04-16', 41),
    lines: ['energy: 41 × 0.05 = 2.05'],
    total: '2.05 = 2.05',
  },
  {
    name: 'a subsidy never makes a bill negative',
    tariff: [tariff([base, subsidy('aid', { benefit: { type: 'amount', amount: '10' } })])],
    facts: april(60),
    lines: ['energy: 60 × 0.05 = 3.00', 'aid: −min(10; 3.00) = −3.00'],
    total: '3.00 − 3.00 = 0.00',
  },
  {
    name: 'tax is taken after the subsidy',
    tariff: [
      tariff([base, subsidy('aid', { benefit: { type: 'amount', amount: '1' } }), tax('vat', { percent: '10' })]),
    ],
    facts: april(100),
    lines: ['energy: 100 × 0.05 = 5.00', 'aid: −min(1; 5.00) = −1.00', 'vat: (5.00 − 1.00) × 10 / 100 = 0.40'],
    total: '5.00 − 1.00 + 0.40 = 4.40',
  },
  {
    name: 'two taxes, the second on the first as well',
    tariff: [tariff([base, tax('duty', { percent: '4' }), tax('vat', { percent: '10', onTaxes: true })])],
    facts: april(100),
    lines: ['energy: 100 × 0.05 = 5.00', 'duty: 5.00 × 4 / 100 = 0.20', 'vat: (5.00 + 0.20) × 10 / 100 = 0.52'],
    total: '5.00 + 0.20 + 0.52 = 5.72',
  },
  {
    name: 'a tax on one component alone',
    tariff: [tariff([fixed('service', { amount: '3' }), base, tax('levy', { percent: '2', of: ['energy'] })])],
    facts: april(100),
    lines: ['service: 3 × 1 = 3.00', 'energy: 100 × 0.05 = 5.00', 'levy: 5.00 × 2 / 100 = 0.10'],
    total: '3.00 + 5.00 + 0.10 = 8.10',
  },
  {
    name: 'an embassy does not pay the tax',
    tariff: [tariff([base, tax('vat', { percent: '10' })])],
    facts: april(100, { exemptTaxes: ['vat'] }),
    lines: ['energy: 100 × 0.05 = 5.00'],
    total: '5.00 = 5.00',
  },
  {
    name: 'a subsidy of 40 percent that is capped at 2 a month',
    tariff: capped,
    facts: april(100),
    lines: ['energy: 100 × 0.1 = 10.00', 'aid: −min(10.00 × 40 / 100; 2) = −2.00'],
    total: '10.00 − 2.00 = 8.00',
  },
  {
    name: 'a subsidy of 40 percent below its cap',
    tariff: capped,
    facts: april(30),
    lines: ['energy: 30 × 0.1 = 3.00', 'aid: −min(3.00 × 40 / 100; 2) = −1.20'],
    total: '3.00 − 1.20 = 1.80',
  },
  {
    name: 'the cap of a subsidy in half a month is half of it',
    tariff: capped,
    facts: period('2026-04-01', '2026-04-16', 50),
    lines: ['energy: 50 × 0.1 = 5.00', 'aid: −min(5.00 × 40 / 100; 2 × 15/30) = −1.00'],
    total: '5.00 − 1.00 = 4.00',
  },
  {
    name: 'thirds of a capped subsidy come to the cap, and not to three times 0.67',
    tariff: ['2026-04-01', '2026-04-11', '2026-04-21'].map((from) => ({ ...capped[0]!, from })),
    facts: april(90),
    lines: [
      'energy: 30 × 0.1 = 3.00',
      'aid: −min(3.00 × 40 / 100; 2 × 10/30) = −0.67',
      'energy: 30 × 0.1 = 3.00',
      'aid: −(round(2 × 20/30; 2) − 0.67) = −0.66',
      'energy: 30 × 0.1 = 3.00',
      'aid: −(2 − 1.33) = −0.67',
    ],
    total: '3.00 − 0.67 + 3.00 − 0.66 + 3.00 − 0.67 = 7.00',
  },
];
