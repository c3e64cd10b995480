/** Bills over a change from one tariff to quite another: what of the days before counts for the days after. */
import { describe, expect, it } from 'vitest';
import type { Bill } from './bill.ts';
import { april, demand, energy, fixed, intervals, period, tariff } from './golden/golden-case.ts';
import { rateBill } from './rate-bill.ts';

const until = { to: '2026-04-16' };
const since = { from: '2026-04-16' };
const linesOf = ({ lines }: Bill) => lines.map(({ code, amount }) => `${code} ${amount}`);
const net = (settlementRate: string, more: object = {}) => ({
  export: { mode: 'net_energy', settlementRate },
  ...more,
});
const windows = [
  { bucket: 'peak', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'], from: '17:00', to: '22:00' },
];

describe('demand', () => {
  const priced = tariff([demand('demand', { rate: '10', intervalMinutes: 15 })], since);
  const usage = [...intervals('2026-04-05T10:00+03:00', 15, 10), ...intervals('2026-04-20T10:00+03:00', 15, 2)];

  it('counts on the days whose tariff prices it', () => {
    const bill = rateBill([tariff([energy('energy', ['1'])], until), priced], { ...april(0), usage });
    // 2 kWh in a quarter of an hour are 8 kW, for half a month.
    expect(linesOf(bill)).toEqual(['energy 10.00', 'demand 40.00']);
    expect(bill).toMatchObject({ demandKw: '8', peakKw: '8' });
  });

  it('counts over a change between two that price it: no second peak', () => {
    const bill = rateBill([tariff([demand('load', { rate: '10', intervalMinutes: 15 })], until), priced], {
      ...april(0),
      usage,
    });
    expect(linesOf(bill)).toEqual(['load 200.00', 'demand 200.00']);
  });

  it('does not run through days in between that price none', () => {
    const rolling = { rate: '10', intervalMinutes: 30, window: 'rolling' };
    const between = tariff([energy('energy', ['0'])], { from: '2026-04-10', to: '2026-04-11' });
    const bill = rateBill(
      [
        tariff([demand('demand', rolling)], { to: '2026-04-10' }),
        between,
        tariff([demand('demand', rolling)], { from: '2026-04-11' }),
      ],
      { ...april(0), usage: intervals('2026-04-10T10:00+03:00', 15, 50, 50) },
    );
    expect(bill.peakKw).toBe('0');
  });
});

it('energy is rounded by each tariff’s own rule', () => {
  const whole = { rounding: { energyDecimals: 0 } };
  const bill = rateBill(
    [tariff([energy('energy', ['1'])], until), tariff([energy('energy', ['1'])], { ...since, ...whole })],
    april('150.8'),
  );
  expect(bill.lines.map(({ quantity }) => quantity)).toEqual(['75.4', '75']);
});

describe('the bank', () => {
  const bank = { exportBank: { all: 30_000_000n } };

  it('in buckets that the next tariff does not have is paid out at the rate of the one that kept it', () => {
    const byTime = tariff([energy('energy', ['1'])], {
      ...since,
      ...net('3', { timeOfUse: { defaultBucket: 'off', windows } }),
    });
    const bill = rateBill([tariff([energy('energy', ['1'])], { ...until, ...net('2') }), byTime], april(0, bank));
    expect(linesOf(bill)).toEqual(['energy 0.00', 'energy 0.00', 'export_settlement -60.00']);
    expect(bill.exportBank).toEqual({ off: '0', peak: '0' });
  });

  it('of a tariff before the bill is paid out once, also when the supply ends', () => {
    const bankedUnder = tariff([energy('energy', ['1'])], net('2'));
    const facts = { ...april(0, bank), bankedUnder };
    const plain = [tariff([energy('energy', ['1'])])];
    for (const settleExportBank of [false, true]) {
      const bill = rateBill(plain, { ...facts, settleExportBank });
      expect(linesOf(bill)).toEqual(['energy 0.00', 'export_settlement -60.00']);
      expect(bill.exportBank).toEqual({});
    }
    // One that settles says what it leaves, also where it found nothing: later it may.
    const none = rateBill(plain, { ...facts, exportBank: {}, settleExportBank: true });
    expect(none).toMatchObject({ exportBank: {}, bankSettled: true });
    expect(() => rateBill(plain, { ...facts, bankedUnder: { ...bankedUnder, currency: 'YER' } })).toThrow('YER');
  });

  it('stays where the tariff of the next days keeps it in another currency, and is paid out where it does not', () => {
    const banking = [tariff([energy('energy', ['1'])], net('2'))];
    const next = (more: object) => ({ ...tariff([energy('energy', ['1'])], { ...since, ...more }), currency: 'YER' });
    expect(rateBill(banking, { ...april(0, bank), followedBy: next(net('1')) }).exportBank).toEqual({ all: '30' });
    const bill = rateBill(banking, { ...april(0, bank), followedBy: next({}) });
    expect(linesOf(bill)).toEqual(['energy 0.00', 'export_settlement -60.00']);
  });
});

it('bills that are cut from one share its month and its fee', () => {
  const versions = [
    tariff([fixed('month', { amount: '30' }), fixed('bill', { amount: '7', per: 'bill' })], { proration: 'none' }),
  ];
  const cutFrom = { from: '2026-04-01', to: '2026-05-01' };
  const [first, second] = [
    rateBill(versions, { ...period('2026-04-01', '2026-04-11', 0), cutFrom }),
    rateBill(versions, { ...period('2026-04-11', '2026-05-01', 0), cutFrom }),
  ];
  expect([linesOf(first), linesOf(second)]).toEqual([['month 10.00', 'bill 7.00'], ['month 20.00']]);
});
