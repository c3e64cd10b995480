/** Reactive energy above a free share, and power factors. */
import { april, energy, type GoldenCase, powerFactor, reactive, tariff } from './golden-case.ts';

const factor = (more: object = {}) => [
  tariff([
    energy('energy', ['0.1']),
    powerFactor('pf', {
      of: ['energy'],
      penalties: [
        { below: '0.90', percentPerHundredth: '1' },
        { below: '0.80', percentPerHundredth: '2' },
      ],
      ...more,
    }),
  ]),
];

export const reactiveCases: GoldenCase[] = [
  {
    name: 'reactive energy above half of the active',
    tariff: [tariff([energy('energy', ['0.1']), reactive('reactive', { rate: '0.02', freePercent: '50' })])],
    facts: april(1000, { kvarh: 800 }),
    lines: ['energy: 1000 × 0.1 = 100.00', 'reactive: (800 − 1000 × 50 / 100) × 0.02 = 6.00'],
    total: '100.00 + 6.00 = 106.00',
  },
  {
    name: 'reactive energy within the free share makes no line',
    tariff: [tariff([energy('energy', ['0.1']), reactive('reactive', { rate: '0.02', freePercent: '50' })])],
    facts: april(1000, { kvarh: 500 }),
    lines: ['energy: 1000 × 0.1 = 100.00'],
    total: '100.00 = 100.00',
  },
  {
    name: 'a power factor of 0.8 (600 kWh to 450 kvarh): ten hundredths below 0.90',
    tariff: factor(),
    facts: april(600, { kvarh: 450 }),
    lines: ['energy: 600 × 0.1 = 60.00', 'pf: 60 × (0.90 − 0.8) × 100 × 1 / 100 = 6.00'],
    total: '60.00 + 6.00 = 66.00',
  },
  {
    name: 'a power factor of 0.6 (300 kWh to 400 kvarh): ten hundredths at one percent, twenty at two',
    tariff: factor(),
    facts: april(300, { kvarh: 400 }),
    lines: ['energy: 300 × 0.1 = 30.00', 'pf: 30 × (10 × 1 + 20 × 2) / 100 = 15.00'],
    total: '30.00 + 15.00 = 45.00',
  },
  {
    name: 'a power factor of 0.8994998 is rounded once, to 0.899, and not by way of 0.8995 to 0.900',
    tariff: factor(),
    facts: april(1000, { kvarh: '485.73793' }),
    lines: ['energy: 1000 × 0.1 = 100.00', 'pf: 100 × (0.90 − 0.899) × 100 × 1 / 100 = 0.10'],
    total: '100.00 + 0.10 = 100.10',
  },
  {
    name: 'a good power factor costs nothing',
    tariff: factor(),
    facts: april(1000, { kvarh: 100 }),
    lines: ['energy: 1000 × 0.1 = 100.00'],
    total: '100.00 = 100.00',
  },
  {
    name: 'a power factor above 0.95 earns a bonus',
    tariff: factor({ bonus: { above: '0.95', percentPerHundredth: '0.5' } }),
    facts: april(1000, { kvarh: 0 }),
    lines: ['energy: 1000 × 0.1 = 100.00', 'pf: −(100 × (1 − 0.95) × 100 × 0.5 / 100) = −2.50'],
    total: '100.00 − 2.50 = 97.50',
  },
];
