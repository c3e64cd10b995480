/** The rating engine against a pricer that walks the half hours: random tariffs, zones, changed clocks, changes of prices. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fraction, fractionText, plus } from '../../money/fraction.ts';
import { toMinorUnits } from '../../money/money.ts';
import { rateBill } from '../rate-bill.ts';
import type { TariffVersion } from '../tariff-schema.ts';
import { demand, energy, fixed, minimum, powerFactor, reactive, subsidy, tariff, tax } from './golden-case.ts';
import { priceNaively } from './naive-pricer.ts';
import { halfHourMs, halfHours } from './naive-usage.ts';

const decimal = (most: number, decimals: number) =>
  fc.integer({ min: 0, max: most * 10 ** decimals }).map((n) => (n / 10 ** decimals).toFixed(decimals));
const clock = fc.integer({ min: 0, max: 47 }).map((n) => `${String(n >> 1).padStart(2, '0')}:${n % 2 ? '30' : '00'}`);
const days = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'], { minLength: 1 });
const seasons = [
  { name: 'cold', from: '10-25', to: '03-29' },
  { name: 'warm', from: '03-30', to: '10-24' },
];
const window = fc.record(
  { bucket: fc.constantFrom('peak', 'mid'), season: fc.constantFrom('cold', 'warm'), days, from: clock, to: clock },
  { requiredKeys: ['bucket', 'days', 'from', 'to'] },
);
const calendar = fc.record({
  defaultBucket: fc.constant('off'),
  seasons: fc.constant(seasons),
  holidays: fc.subarray(['2026-03-29', '02-29', '2026-10-26', '11-01']),
  windows: fc.array(window, { minLength: 1, maxLength: 4 }),
});
const blocks = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 3 }),
    fc.array(decimal(1, 4), { minLength: 4, maxLength: 4 }),
  )
  .map(([limits, rates]) => [
    ...limits.sort((a, b) => a - b).map((limit, i): [number, string] => [limit, rates[i]!]),
    [rates[3]!] as [string],
  ]);
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const price = fc
  .record({
    timeOfUse: maybe(calendar),
    blocks: fc.array(blocks, { minLength: 3, maxLength: 3 }),
    blockRule: fc.constantFrom('incremental', 'whole'),
    fee: maybe(decimal(50, 2)),
    demand: maybe(
      fc.record({
        rate: decimal(9, 3),
        intervalMinutes: fc.constantFrom(30, 60),
        unit: fc.constantFrom(undefined, 'kVA'),
      }),
    ),
    demandInPeak: fc.boolean(),
    reactive: maybe(fc.record({ rate: decimal(1, 4), freePercent: fc.constantFrom('0', '33', '48.43') })),
    below: maybe(fc.constantFrom('0.9', '0.95')),
    help: maybe(fc.record({ rate: decimal(1, 3), upToKwh: fc.constantFrom('20', '100.5') })),
    helpAtMost: maybe(decimal(9, 2)),
    least: maybe(decimal(90, 2)),
    percent: maybe(fc.constantFrom('5', '7.25', '19')),
    isNet: fc.boolean(),
    rounding: fc.record({
      energyDecimals: fc.constantFrom(0, 3, 3),
      lines: fc.constantFrom('half-up', 'half-even', 'up', 'down'),
    }),
  })
  .map(({ timeOfUse, isNet, rounding, ...given }) => ({
    components: componentsOf(timeOfUse === undefined ? [undefined] : ['off', 'peak', 'mid'], given),
    more: {
      rounding,
      ...(timeOfUse === undefined ? {} : { timeOfUse: { ...timeOfUse, windows: [...timeOfUse.windows, ...named] } }),
      ...(isNet ? { export: { mode: 'net_energy' } } : {}),
    },
  }));
/** So that the buckets exist whatever else is drawn. */
const named = ['peak', 'mid'].map((bucket) => ({ bucket, days: ['wed'], from: '17:00', to: '17:30' }));

function componentsOf(buckets: (string | undefined)[], given: Record<string, any>): object[] {
  const energies = buckets.map((bucket, i) => ({
    ...energy(bucket ?? 'energy', ...given['blocks'][i]),
    blockRule: given['blockRule'],
    ...(bucket === undefined ? {} : { bucket }),
  }));
  const codes = energies.map(({ code }) => code);
  const peakOnly = given['demandInPeak'] && buckets.length > 1 ? { bucket: 'peak' } : {};
  return [
    ...energies,
    ...(given['fee'] ? [fixed('fee', { amount: given['fee'] })] : []),
    ...(given['demand'] ? [demand('demand', { ...given['demand'], ...peakOnly })] : []),
    ...(given['reactive'] ? [reactive('kvarh', given['reactive'])] : []),
    ...(given['below']
      ? [powerFactor('pf', { of: codes, penalties: [{ below: given['below'], percentPerHundredth: '1.5' }] })]
      : []),
    ...(given['help']
      ? [subsidy('help', { atMost: given['helpAtMost'], benefit: { type: 'per_kwh', ...given['help'] } })]
      : []),
    ...(given['least'] ? [minimum('least', { of: codes, amount: given['least'] })] : []),
    ...(given['percent'] ? [tax('vat', { percent: given['percent'] })] : []),
  ];
}

const periods = [
  ['Asia/Aden', '2026-01-28', 9],
  ['Europe/Berlin', '2026-03-27', 6],
  ['Europe/Berlin', '2026-10-24', 5],
  ['America/New_York', '2026-10-31', 3],
  ['Asia/Kathmandu', '2024-02-27', 5],
  ['Africa/Cairo', '2026-04-23', 3],
  ['Asia/Beirut', '2026-03-29', 1],
] as const;
const day = (date: string, later: number): string =>
  new Date(Date.parse(date) + later * 86_400_000).toISOString().slice(0, 10);
const cents = (amounts: Map<string, { numerator: bigint; denominator: bigint }>): Record<string, string> =>
  Object.fromEntries(
    [...amounts]
      .map(([key, amount]) => [key, fractionText(amount)])
      .filter(([, amount]) => amount !== '0')
      .sort(),
  );

describe('a bill', () => {
  it('is to the cent what half hours priced one by one come to', () => {
    const energies = fc.array(fc.tuple(fc.nat(4_000_000), fc.nat(1_500_000), fc.nat(2_500_000)), {
      minLength: 7,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...periods),
        fc.array(price, { minLength: 1, maxLength: 3 }),
        energies,
        ([timeZone, from, length], prices, amounts) => {
          const to = day(from, length);
          const versions = prices
            .slice(0, length)
            .map(
              ({ components, more }, i): TariffVersion =>
                tariff(components, { ...more, from: i === 0 ? '2020-01-01' : day(from, Math.min(i * 2, length - 1)) }),
            );
          const distinct = versions.filter((version, i) => version.from !== versions[i + 1]?.from);
          const hours = halfHours(from, to, timeZone).map((hour, i) => {
            const [taken, fedIn, kvarh] = amounts[i % amounts.length]!;
            return { ...hour, taken: BigInt(taken), fedIn: BigInt(fedIn), reactive: BigInt(kvarh) };
          });
          const usage = hours.map(({ at, taken, fedIn, reactive: kvarh }) => ({
            ...{ from: at, to: at + halfHourMs },
            ...{ importUnits: taken, exportUnits: fedIn, reactiveUnits: kvarh },
          }));
          const bill = rateBill(distinct, { timeZone, from, to, usage });
          const starts = distinct.map((version) => (version.from < from ? from : version.from));
          const made = new Map<string, ReturnType<typeof fraction>>();
          for (const line of bill.lines.filter(({ kind }) => kind !== 'export')) {
            const key = `${starts.indexOf(line.from)}/${line.code}`;
            made.set(key, plus(made.get(key) ?? fraction(0n), fraction(toMinorUnits(line.amount, 'USD'), 100n)));
          }
          expect(cents(made)).toEqual(cents(priceNaively(distinct, hours)));
        },
      ),
      { numRuns: 30 },
    );
  });
});
