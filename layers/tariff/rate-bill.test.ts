/** What holds for every bill: properties over random tariffs, periods and usage, and what cannot be priced. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareFractions, fraction, fractionOf, minus, total } from '../money/fraction.ts';
import { toMinorUnits } from '../money/money.ts';
import type { Bill } from './bill.ts';
import { addDays } from './calendar.ts';
import type { UsageInterval } from './facts.ts';
import { april, demand, energy, fixed, intervals, period, subsidy, tariff, tax } from './golden/golden-case.ts';
import { rateBill } from './rate-bill.ts';
import { bucketSpans } from './time-of-use.ts';

const minor = (text: string): bigint => toMinorUnits(text, 'USD');
const sumOf = (bill: Bill, code: string): bigint =>
  bill.lines.filter((line) => line.code === code).reduce((sum, { amount }) => sum + minor(amount), 0n);
const price = fc.integer({ min: 0, max: 99_999 }).map((n) => (n / 100_000).toFixed(5));
const kwh = fc.integer({ min: 0, max: 2_000_000 }).map((n) => (n / 1000).toFixed(3));
const day = fc.integer({ min: 1, max: 29 }).map((n) => addDays('2026-04-01', n));

describe('every bill', () => {
  it('has blocks that sum to the energy', () => {
    const limits = fc.uniqueArray(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(kwh, limits, fc.array(price, { minLength: 7, maxLength: 7 }), (used, ends, prices) => {
        const steps = ends.sort((a, b) => a - b).map((end, i): [number, string] => [end, prices[i]!]);
        const { lines, importKwh } = rateBill([tariff([energy('energy', ...steps, [prices[6]!])])], april(used));
        const billed = total(lines.map(({ quantity }) => fractionOf(quantity)));
        expect(compareFractions(billed, fractionOf(importKwh))).toBe(0);
        for (const { quantity } of lines.slice(0, -1)) expect(Number(quantity)).toBeGreaterThan(0);
      }),
    );
  });

  it('of one price costs the same in however many blocks', () => {
    fc.assert(
      fc.property(kwh, fc.integer({ min: 1, max: 1999 }), (used, end) => {
        const flat = rateBill([tariff([energy('energy', ['0.1'])])], april(used));
        const blocks = rateBill([tariff([energy('energy', [end, '0.1'], ['0.1'])])], april(used));
        const gap = sumOf(blocks, 'energy') - sumOf(flat, 'energy');
        // Each line is rounded by itself: at most half a cent for each.
        expect(gap >= -1n && gap <= 1n).toBe(true);
      }),
    );
  });

  it('cut anywhere by a new version with the same prices has a month’s charge that sums to the whole', () => {
    fc.assert(
      fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 5 }), price, (cuts, amount) => {
        const edges = ['2000-01-01', ...cuts.sort()];
        const versions = edges.map((from, i) =>
          tariff([fixed('service', { amount })], { from, ...(edges[i + 1] ? { to: edges[i + 1] } : {}) }),
        );
        const whole = rateBill([tariff([fixed('service', { amount })])], april(0));
        expect(sumOf(rateBill(versions, april(0)), 'service')).toBe(sumOf(whole, 'service'));
      }),
    );
  });

  it('cut anywhere bills all energy once: parts sum to the whole to the last watt-hour', () => {
    fc.assert(
      fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 5 }), kwh, (cuts, used) => {
        const edges = ['2000-01-01', ...cuts.sort()];
        const versions = edges.map((from, i) =>
          tariff([energy('energy', ['0.1'])], { from, ...(edges[i + 1] ? { to: edges[i + 1] } : {}) }),
        );
        const { lines } = rateBill(versions, april(used));
        expect(total(lines.map(({ quantity }) => fractionOf(quantity)))).toEqual(fractionOf(used));
      }),
    );
  });

  it('cut anywhere bills all that the meter’s own registers counted, each register once', () => {
    const timeOfUse = {
      ...{ defaultBucket: 'off', windows: [{ bucket: 'peak', days: ['mon'], from: '17:00', to: '22:00' }] },
      registers: [
        { bucket: 'peak', obis: '1.8.1' },
        { bucket: 'off', obis: '1.8.2' },
      ],
    };
    const prices = ['peak', 'off'].map((bucket) => ({ ...energy(bucket, ['0.1']), bucket }));
    const units = fc.bigInt({ min: 0n, max: 9_999_999_999n });
    fc.assert(
      fc.property(fc.uniqueArray(day, { minLength: 1, maxLength: 5 }), units, units, (cuts, first, second) => {
        const edges = ['2000-01-01', ...cuts.sort()];
        const versions = edges.map((from, i) =>
          tariff(prices, {
            ...{ from, timeOfUse, rounding: { energyDecimals: 6 } },
            ...(edges[i + 1] ? { to: edges[i + 1] } : {}),
          }),
        );
        const usage = [{ ...april(1).usage[0]!, rates: { '1.8.1': first, '1.8.2': second } }];
        const { lines } = rateBill(versions, { ...april(0), usage });
        const billed = (code: string) =>
          total(lines.filter((line) => line.code === code).map(({ quantity }) => fractionOf(quantity)));
        expect(billed('peak')).toEqual(fraction(first, 1_000_000n));
        expect(billed('off')).toEqual(fraction(second, 1_000_000n));
      }),
    );
  });

  it('of a customer who leaves and of the one who comes bills the days of one month between them', () => {
    fc.assert(
      fc.property(day, (moving) => {
        const versions = [tariff([energy('energy', ['0.1'])])];
        const one = rateBill(versions, period('2026-04-01', moving, '10'));
        const two = rateBill(versions, period(moving, '2026-05-01', '20'));
        expect(one.to).toBe(two.from);
        expect(sumOf(one, 'energy') + sumOf(two, 'energy')).toBe(300n);
      }),
    );
  });

  it('re-billed on the same facts differs by nothing', () => {
    fc.assert(
      fc.property(kwh, price, (used, rate) => {
        const versions = [
          tariff([
            fixed('service', { amount: '3' }),
            energy('energy', [100, rate], ['0.2']),
            tax('vat', { percent: '15' }),
          ]),
        ];
        expect(rateBill(versions, april(used))).toEqual(rateBill(versions, april(used)));
      }),
    );
  });

  it('totals its lines', () => {
    fc.assert(
      fc.property(kwh, price, price, (used, first, second) => {
        const components = [
          energy('energy', [100, first], [second]),
          subsidy('aid', { benefit: { type: 'per_kwh', rate: '0.01' } }),
          tax('vat', { percent: '7.5' }),
        ];
        const bill = rateBill([tariff(components, { rounding: { totalTo: '0.05' } })], april(used));
        const lines = bill.lines.reduce((sum, { amount }) => sum + minor(amount), 0n);
        expect(minor(bill.total)).toBe(lines + minor(bill.rounding));
        expect(minor(bill.subtotal) + minor(bill.taxes)).toBe(lines);
        expect(minor(bill.total) % 5n).toBe(0n);
        expect(minor(bill.total)).toBeGreaterThanOrEqual(0n);
      }),
    );
  });
});

describe('energy fed in', () => {
  /** Kilowatt-hours taken and fed in, day by day, over two years and a half; bills of so many days each. */
  const days = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })), {
    ...{ minLength: 912, maxLength: 912, size: 'max' },
  });
  const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 });
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

  it('is used, settled once a year, or carried: none twice and none lost', () => {
    fc.assert(
      fc.property(
        ...([days, lengths, fc.integer({ min: 1, max: 12 }), fc.constantFrom('0', '0.5')] as const),
        (energies, cuts, settledIn, settlementRate) => {
          const versions = [
            tariff([energy('energy', ['1'])], { export: { mode: 'net_energy', settlementRate, settledIn } }),
          ];
          const first = '2026-01-10';
          const bills: Bill[] = [];
          let exportBank = {};
          for (let at = 0, i = 0; at < energies.length; i++) {
            const end = Math.min(energies.length, at + cuts[i % cuts.length]!);
            const usage = energies.slice(at, end).map(([taken, exportKwh], day) => {
              const from = Date.parse(`${first}T00:00:00+03:00`) + (at + day) * 86_400_000;
              const [importUnits, exportUnits] = [BigInt(taken) * 1_000_000n, BigInt(exportKwh) * 1_000_000n];
              return { from, to: from + 86_400_000, importUnits, exportUnits };
            });
            const bill = rateBill(versions, {
              ...period(addDays(first, at), addDays(first, end), 0),
              ...{ usage, exportBank },
            });
            exportBank = Object.fromEntries(
              Object.entries(bill.exportBank!).map(([bucket, kwh]) => [bucket, BigInt(kwh) * 1_000_000n]),
            );
            bills.push(bill);
            at = end;
          }
          const lines = bills.flatMap((bill) => bill.lines);
          const billed = sum(lines.filter(({ code }) => code === 'energy').map(({ quantity }) => Number(quantity)));
          const settlements = lines.filter(({ code }) => code === 'export_settlement');
          const settled = sum(settlements.map(({ quantity }) => Number(quantity)));
          const carried = sum(Object.values(bills.at(-1)!.exportBank!).map(Number));
          const used = sum(energies.map(([taken]) => taken)) - billed;
          expect(used + settled + carried).toBe(sum(energies.map(([, fedIn]) => fedIn)));
          // Each with the last day of the month, of another year.
          for (const { to } of settlements)
            expect(to.slice(5)).toBe(`${String((settledIn % 12) + 1).padStart(2, '0')}-01`);
          expect(new Set(settlements.map(({ to }) => to)).size).toBe(settlements.length);
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('times of use', () => {
  const peak = {
    defaultBucket: 'off',
    seasons: [{ name: 'summer', from: '06-01', to: '09-30' }],
    holidays: ['05-22'],
    windows: [
      {
        bucket: 'peak',
        days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'] as const,
        from: '17:00',
        to: '22:00',
      },
      { bucket: 'night', season: 'summer', days: ['fri', 'sat'] as const, from: '23:30', to: '04:15' },
    ].map((window) => ({ ...window, days: [...window.days] })),
  };

  it('leave no moment of any month out and count none twice, in any zone', () => {
    const zone = fc.constantFrom(
      'Asia/Aden',
      'Europe/Berlin',
      'Africa/Cairo',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    );
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 1, max: 40 }),
        (timeZone, start, length) => {
          const from = addDays('2026-01-01', start);
          const spans = bucketSpans(peak, from, addDays(from, length), timeZone);
          spans.forEach((span, i) => {
            expect(span.to).toBeGreaterThan(span.from);
            if (i > 0) expect(span.from).toBe(spans[i - 1]!.to);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('divide intervals without losing a millionth', () => {
    const versions = [tariff([energy('energy', ['0.1'])], { timeOfUse: peak, rounding: { energyDecimals: 6 } })];
    const random = fc.array(fc.integer({ min: 1, max: 9_999_999 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(random, fc.integer({ min: 1, max: 500 }), (energies, minutes) => {
        const start = Date.parse('2026-06-19T00:00+03:00');
        const usage: UsageInterval[] = energies.map((units, i) => ({
          from: start + i * minutes * 60_000,
          to: start + (i + 1) * minutes * 60_000,
          importUnits: BigInt(units),
        }));
        const bill = rateBill(versions, { ...period('2026-06-19', '2026-08-30', 0), usage });
        expect(fractionOf(bill.lines[0]!.quantity)).toEqual(
          fraction(
            energies.reduce((sum, units) => sum + BigInt(units), 0n),
            1_000_000n,
          ),
        );
      }),
    );
  });
});

describe('what cannot be priced', () => {
  const flat = [tariff([energy('energy', ['0.1'])], { from: '2026-04-10' })];
  const code = (make: () => unknown): string => {
    try {
      make();
      return 'no error';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['a day before the first version', 'no_tariff', () => rateBill(flat, april(1))],
    [
      'a gap between versions',
      'no_tariff',
      () =>
        rateBill(
          [
            tariff([energy('e', ['0.1'])], { to: '2026-04-10' }),
            tariff([energy('e', ['0.1'])], { from: '2026-04-12' }),
          ],
          april(1),
        ),
    ],
    ['no version at all', 'no_tariff', () => rateBill([], april(1))],
    [
      'a change of currency',
      'currency_change',
      () =>
        rateBill(
          [
            tariff([energy('e', ['0.1'])], { to: '2026-04-10' }),
            tariff([energy('e', ['40'])], { from: '2026-04-10', currency: 'YER' }),
          ],
          april(1),
        ),
    ],
    ['a period without days', 'period', () => rateBill(flat, { ...april(1), to: '2026-04-01' })],
    [
      'intervals that overlap',
      'usage_order',
      () =>
        rateBill([tariff([energy('e', ['0.1'])])], {
          ...april(1),
          usage: [...intervals('2026-04-10T10:00+03:00', 60, 1), ...intervals('2026-04-10T10:30+03:00', 60, 1)],
        }),
    ],
    [
      'energy below zero',
      'usage_order',
      () =>
        rateBill([tariff([energy('e', ['0.1'])])], {
          ...april(1),
          usage: [{ ...april(1).usage[0]!, importUnits: -1n }],
        }),
    ],
    [
      'demand without intervals',
      'demand_needs_intervals',
      () => rateBill([tariff([demand('d', { rate: '2' })])], april(1000)),
    ],
    [
      'demand in a bucket that no interval fits into',
      'demand_needs_intervals',
      () =>
        rateBill(
          [
            tariff([demand('d', { rate: '2', bucket: 'peak' })], {
              timeOfUse: {
                defaultBucket: 'off',
                windows: [{ bucket: 'peak', days: ['mon'], from: '17:00', to: '22:00' }],
              },
            }),
          ],
          april(1000),
        ),
    ],
    [
      'demand of a quarter of an hour from intervals of ten minutes',
      'demand_needs_intervals',
      () =>
        rateBill([tariff([demand('d', { rate: '2' })])], {
          ...april(0),
          usage: intervals('2026-04-10T10:00+03:00', 10, 1, 1, 1),
        }),
    ],
    [
      'a charge for a contract that is not known',
      'missing_fact',
      () => rateBill([tariff([fixed('c', { amount: '1', times: 'contracted_kw' })])], april(1)),
    ],
  ])('%s: %s', (_, expected, make) => {
    expect(code(make)).toBe(expected);
  });
});

it('difference notes are differences of bills', () => {
  const versions = [tariff([energy('energy', [100, '0.05'], ['0.08']), tax('vat', { percent: '10' })])];
  const [estimated, real] = [rateBill(versions, april(140)), rateBill(versions, april(120))];
  expect(minus(fractionOf(estimated.total), fractionOf(real.total))).toEqual(fractionOf('1.76'));
});

it.each([
  ['connected_kw', '7.5', 'kW', '1.5 × 7.5 kW', '1.5 شهريًا × 7.5 ك.و'],
  ['contracted_kw', '20', 'kW', '1.5 × 20 kW', '1.5 شهريًا × 20 ك.و'],
  ['phase', '3', 'phase', '1.5 × 3 phase(s)', '1.5 شهريًا × 3 (عدد الأطوار)'],
  ['dwelling', '4', 'dwelling', '1.5 × 4 dwelling(s)', '1.5 شهريًا × 4 (عدد المساكن)'],
  ['connection', '1', 'month', '1.5', '1.5 شهريًا'],
] as const)('a charge by %s says how many of what it is for', (times, quantity, unit, formula, ar) => {
  const facts = april(0, { connectedKw: '7.5', contractedKw: '20', phases: 3, dwellings: 4 });
  const [line] = rateBill([tariff([fixed('c', { amount: '1.5', times })])], facts).lines;
  expect(line).toMatchObject({ quantity, unit, formula, explanation: { ar } });
});

it.each([
  [{ phases: 1 }, '; single-phase connections', '؛ توصيلات أحادية الطور'],
  [{ phases: 3 }, '; three-phase connections', '؛ توصيلات ثلاثية الأطوار'],
  [{ upToConnectedKw: '10' }, '; up to 10 kW connected', '؛ حتى 10 ك.و حملًا موصولًا'],
  [{ upToLoadFactor: '0.6' }, '; a load factor up to 0.6', '؛ معامل حمل حتى 0.6'],
])('the line says that a component is for %j', (when, en, ar) => {
  const facts = april(100, { connectedKw: '7.5', phases: 'phases' in when ? when.phases : 1, registeredDemandKw: '9' });
  const { lines } = rateBill(
    [tariff([{ ...energy('energy', ['0.1']), when }, demand('demand', { rate: '1' })])],
    facts,
  );
  const reason = { en: `100 kWh at 0.1 each${en}`, ar: `100 ك.و.س بسعر 0.1 لكل منها${ar}` };
  expect(lines[0]!.explanation).toEqual(reason);
});
