/** Customers who feed in: net metering with a bank, net billing, and bills below zero. */
import { april, energy, fixed, type GoldenCase, period, tariff, tax } from './golden-case.ts';

const net = (settlementRate = '0', more: object = {}) => [
  tariff([fixed('service', { amount: '3' }), energy('energy', ['0.1'])], {
    export: { mode: 'net_energy', settlementRate, ...more },
  }),
];
const billing = [
  tariff([energy('energy', ['0.1']), tax('vat', { percent: '10', of: ['energy'] })], {
    export: {
      mode: 'net_billing',
      code: 'feed_in',
      label: { en: 'Feed-in', ar: 'التصدير' },
      rates: [{ rate: '0.06' }],
    },
  }),
];
const feedIn = [
  tariff([energy('energy', ['0.1'])], {
    export: {
      ...{ mode: 'net_billing', code: 'sun', label: { en: 'sun', ar: 'شمس' } },
      rates: [
        {
          rate: '0.06',
          beyond: [
            { kwh: '200', rate: '0.03' },
            { kwh: '500', rate: '0.01' },
          ],
        },
      ],
    },
  }),
];

export const solarCases: GoldenCase[] = [
  {
    name: 'more taken than fed in',
    tariff: net(),
    facts: april(200, { exportKwh: 80 }),
    lines: ['service: 3 × 1 = 3.00', 'energy: (200 − 80) × 0.1 = 12.00'],
    total: '3.00 + 12.00 = 15.00',
    also: { exportBank: { all: '0' } },
  },
  {
    name: 'more fed in than taken: energy costs nothing, the rest is banked',
    tariff: net(),
    facts: april(80, { exportKwh: 200 }),
    lines: ['service: 3 × 1 = 3.00', 'energy: (80 − min(80; 200)) × 0.1 = 0.00'],
    total: '3.00 + 0.00 = 3.00',
    also: { exportBank: { all: '120' } },
  },
  {
    name: 'exactly as much',
    tariff: net(),
    facts: april(80, { exportKwh: 80 }),
    lines: ['service: 3 × 1 = 3.00', 'energy: (80 − 80) × 0.1 = 0.00'],
    total: '3.00 = 3.00',
    also: { exportBank: { all: '0' } },
  },
  {
    name: 'the bank of sunnier months is used first in part',
    tariff: net(),
    facts: april(200, { exportKwh: 50, exportBank: { all: 120_000_000n } }),
    lines: ['service: 3 × 1 = 3.00', 'energy: (200 − 50 − 120) × 0.1 = 3.00'],
    total: '3.00 + 3.00 = 6.00',
    also: { exportBank: { all: '0' } },
  },
  {
    name: 'the bank is paid out at the end of the supply: a bill below zero',
    tariff: net('0.04'),
    facts: april(80, { exportKwh: 200, exportBank: { all: 30_000_000n }, settleExportBank: true }),
    lines: [
      'service: 3 × 1 = 3.00',
      'energy: (80 − 80) × 0.1 = 0.00',
      'export_settlement: −((200 − 80 + 30) × 0.04) = −6.00',
    ],
    total: '3.00 + 0.00 − 6.00 = −3.00',
    also: { exportBank: {} },
  },
  {
    name: 'the bank’s year ends with April, within the bill: what is left then is paid out, and May begins with none',
    tariff: net('0.04', { settledIn: 4 }),
    facts: {
      ...period('2026-04-16', '2026-05-16', 0, { exportBank: { all: 30_000_000n } }),
      usage: [
        period('2026-04-16', '2026-05-01', 40, { exportKwh: 60 }).usage[0]!,
        period('2026-05-01', '2026-05-16', 60, { exportKwh: 75 }).usage[0]!,
      ],
    },
    lines: [
      'service: 3 × 15/30 = 1.50',
      'energy: (40 − 40) × 0.1 = 0.00',
      'service: 3 × 15/31 = 1.45',
      'energy: (60 − 60) × 0.1 = 0.00',
      'export_settlement: −((60 − 40 + 30) × 0.04) = −2.00',
    ],
    total: '1.50 + 0.00 + 1.45 + 0.00 − 2.00 = 0.95',
    also: { exportBank: { all: '15' } },
  },
  {
    name: 'the bank’s year ends with the bill: what nobody pays for expires, and a line says so',
    tariff: net('0', { settledIn: 4 }),
    facts: april(80, { exportKwh: 200, exportBank: { all: 30_000_000n } }),
    lines: [
      'service: 3 × 1 = 3.00',
      'energy: (80 − 80) × 0.1 = 0.00',
      'export_settlement: −((200 − 80 + 30) × 0) = 0.00',
    ],
    total: '3.00 + 0.00 + 0.00 = 3.00',
    also: { exportBank: {} },
  },
  {
    name: 'what the sun gave before a change of price also counts for what is taken after it',
    tariff: [
      tariff([energy('energy', ['0.1'])], { to: '2026-04-16', export: { mode: 'net_energy' } }),
      tariff([energy('energy', ['0.2'])], { from: '2026-04-16', export: { mode: 'net_energy' } }),
    ],
    facts: {
      ...april(0),
      usage: [
        period('2026-04-01', '2026-04-16', 40, { exportKwh: 60 }).usage[0]!,
        period('2026-04-16', '2026-05-01', 60).usage[0]!,
      ],
    },
    // 60 of 100 kWh are set off, shared by what was taken: 24 and 36.
    lines: ['energy: (40 − 60 × 40/100) × 0.1 = 1.60', 'energy: (60 − 60 × 60/100) × 0.2 = 4.80'],
    total: '1.60 + 4.80 = 6.40',
  },
  {
    name: 'net billing: energy taken and energy fed in have their own prices',
    tariff: billing,
    facts: april(200, { exportKwh: 80 }),
    lines: ['energy: 200 × 0.1 = 20.00', 'feed_in: −(80 × 0.06) = −4.80', 'vat: 20.00 × 10 / 100 = 2.00'],
    total: '20.00 − 4.80 + 2.00 = 17.20',
  },
  {
    name: 'net billing below zero',
    tariff: billing,
    facts: april(10, { exportKwh: 100 }),
    lines: ['energy: 10 × 0.1 = 1.00', 'feed_in: −(100 × 0.06) = −6.00', 'vat: 1.00 × 10 / 100 = 0.10'],
    total: '1.00 − 6.00 + 0.10 = −4.90',
  },
  {
    name: 'energy fed in by blocks: 600 kWh',
    tariff: feedIn,
    facts: april(100, { exportKwh: 600 }),
    lines: [
      'energy: 100 × 0.1 = 10.00',
      'sun: −(200 × 0.06) = −12.00',
      'sun: −((500 − 200) × 0.03) = −9.00',
      'sun: −((600 − 500) × 0.01) = −1.00',
    ],
    total: '10.00 − 12.00 − 9.00 − 1.00 = −12.00',
  },
  {
    name: 'energy fed in by blocks: of half a month the first block is 100 kWh',
    tariff: feedIn,
    facts: period('2026-04-01', '2026-04-16', 0, { exportKwh: 150 }),
    lines: [
      'energy: 0 × 0.1 = 0.00',
      'sun: −(200 × 15/30 × 0.06) = −6.00',
      'sun: −((150 − 200 × 15/30) × 0.03) = −1.50',
    ],
    total: '0.00 − 6.00 − 1.50 = −7.50',
  },
];
