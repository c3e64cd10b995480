/** Rates and demand that the meter itself registers. */
import { april, demand, energy, type GoldenCase, period, tariff } from './golden-case.ts';

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
const timeOfUse = {
  defaultBucket: 'off',
  windows: [{ bucket: 'peak', days: everyDay, from: '17:00', to: '22:00' }],
  registers: [
    { bucket: 'peak', obis: '1.8.1' },
    { bucket: 'off', obis: '1.8.2' },
  ],
};
const priced = (peak: string, off: string, more: object = {}) =>
  tariff(
    [
      { ...energy('peak', [peak]), bucket: 'peak' },
      { ...energy('off', [off]), bucket: 'off' },
    ],
    { timeOfUse, ...more },
  );
const units = (kwh: number): bigint => BigInt(kwh) * 1_000_000n;
/** What three registers gained from one day to another: the whole, the peak, the rest. */
const gained = (from: string, to: string, whole: number, peak: number, off: number) => ({
  ...period(from, to, whole).usage[0]!,
  rates: { '1.8.1': units(peak), '1.8.2': units(off) },
});

export const registerCases: GoldenCase[] = [
  {
    name: 'rates of the meter: 1.8.1 from 400 to 460, 1.8.2 from 900 to 1040, 1.8.0 from 1300 to 1500',
    tariff: [priced('0.2', '0.1')],
    facts: { ...april(0), usage: [gained('2026-04-01', '2026-05-01', 1500 - 1300, 460 - 400, 1040 - 900)] },
    lines: ['peak: (460 − 400) × 0.2 = 12.00', 'off: (1040 − 900) × 0.1 = 14.00'],
    total: '12.00 + 14.00 = 26.00',
    also: { importKwh: '200' },
  },
  {
    name: 'registers show whole kWh: the rates are billed as they are, the whole is what its own register says',
    tariff: [priced('0.2', '0.1')],
    facts: { ...april(0), usage: [gained('2026-04-01', '2026-05-01', 200, 60, 141)] },
    lines: ['peak: 60 × 0.2 = 12.00', 'off: 141 × 0.1 = 14.10'],
    total: '12.00 + 14.10 = 26.10',
    also: { importKwh: '200' },
  },
  {
    name: 'rates of the meter with a new price on the 11th: each register is divided by days',
    tariff: [priced('0.2', '0.1', { to: '2026-04-11' }), priced('0.3', '0.1', { from: '2026-04-11' })],
    facts: { ...april(0), usage: [gained('2026-04-01', '2026-05-01', 210, 60, 150)] },
    lines: [
      'peak: (60 × 10/30) × 0.2 = 4.00',
      'off: (150 × 10/30) × 0.1 = 5.00',
      'peak: (60 × 20/30) × 0.3 = 12.00',
      'off: (150 × 20/30) × 0.1 = 10.00',
    ],
    total: '4.00 + 5.00 + 12.00 + 10.00 = 31.00',
  },
  {
    name: 'days that were estimated are divided by the clock, the others by the registers',
    tariff: [priced('0.2', '0.1')],
    facts: {
      ...april(0),
      usage: [
        gained('2026-04-01', '2026-04-16', 100, 30, 70),
        { ...period('2026-04-16', '2026-05-01', 48).usage[0]!, estimated: true },
      ],
    },
    lines: ['peak: (30 + 48 × 5/24) × 0.2 = 8.00', 'off: (70 + 48 × 19/24) × 0.1 = 10.80'],
    total: '8.00 + 10.80 = 18.80',
    also: { estimated: true },
  },
  {
    name: 'a ratchet against the demand the meter registered',
    tariff: [tariff([demand('demand', { rate: '2', source: 'register', ratchetPercent: '80' })])],
    facts: april(1000, { registeredDemandKw: '18.4', priorPeakKw: '25' }),
    lines: ['demand: max(18.4; 25 × 80 / 100) × 2 = 40.00'],
    total: '40.00 = 40.00',
    also: { demandKw: '20' },
  },
];
