/** A period over a change of currency: bills whose days, energy and monthly charges sum to the whole, each in its currency. */
import { describe, expect, it } from 'vitest';
import { april, demand, energy, fixed, intervals, tariff } from './golden/golden-case.ts';
import { rateBill } from './rate-bill.ts';
import { ratePeriod } from './rate-period.ts';

const until = { to: '2026-04-11' };
const since = { from: '2026-04-11' };
const amounts = (bills: ReturnType<typeof ratePeriod>) =>
  bills.map(({ from, to, currency, lines }) => [from, to, currency, ...lines.map((line) => line.amount)].join(' '));

describe('a period', () => {
  it('of one currency is one bill, also where prices change', () => {
    const versions = [tariff([energy('energy', ['0.1'])], until), tariff([energy('energy', ['0.2'])], since)];
    expect(ratePeriod(versions, april(300))).toEqual([rateBill(versions, april(300))]);
  });

  it('is priced by the version of its days, though earlier and later ones say no end', () => {
    const versions = ['2026-01-01', '2026-03-01', '2026-06-01'].map((from, i) =>
      tariff([energy('energy', [`${i + 1}`])], { from, currency: i === 1 ? 'USD' : 'EUR' }),
    );
    expect(amounts(ratePeriod(versions, april(10)))).toEqual(['2026-04-01 2026-05-01 USD 20.00']);
  });

  it('is a bill before and one after the day the currency changes', () => {
    const components = [
      fixed('month', { amount: '30' }),
      fixed('once', { amount: '7', per: 'bill' }),
      energy('energy', ['0.1']),
    ];
    const versions = [tariff(components, until), tariff(components, { ...since, currency: 'EUR' })];
    // 10 of 30 days and 20 of them; what is charged for a bill is charged once.
    const expected = ['2026-04-01 2026-04-11 USD 10.00 7.00 10.00', '2026-04-11 2026-05-01 EUR 20.00 20.00'];
    expect(amounts(ratePeriod(versions, april(300)))).toEqual(expected);
    const open = [tariff(components), tariff(components, { ...since, currency: 'EUR' })];
    expect(amounts(ratePeriod(open.reverse(), april(300)))).toEqual(expected);
    for (const proration of ['billing_period', 'none'] as const)
      expect(
        amounts(
          ratePeriod(
            versions.map((version) => ({ ...version, proration })),
            april(300),
          ),
        ),
      ).toEqual(expected);
  });

  it('whose first days have no version is refused, and not priced without them', () => {
    const first = tariff([energy('energy', ['0.1'])], { from: '2026-04-05', to: '2026-04-11' });
    const second = tariff([energy('energy', ['0.1'])], { ...since, currency: 'EUR' });
    expect(() => ratePeriod([first, second], april(300))).toThrow('No version of the tariff holds on 2026-04-01.');
  });

  it('goes on with energy that the bill before banked, and pays out what the next does not keep', () => {
    const net = (rate: string, more: object) =>
      tariff([energy('energy', [rate])], { export: { mode: 'net_energy', settlementRate: '0.05' }, ...more });
    // 10 kWh a day are fed in, 4 taken: 60 kWh are kept in the first ten days.
    const facts = april(120, { exportKwh: 300 });
    const kept = ratePeriod([net('1', until), net('2', { ...since, currency: 'EUR' })], facts);
    expect(kept.map(({ exportBank }) => exportBank)).toEqual([{ all: '60' }, { all: '180' }]);
    const plain = tariff([energy('energy', ['2'])], { ...since, currency: 'EUR' });
    // 60 kWh at 0.05; then 80 kWh at 2.
    expect(amounts(ratePeriod([net('1', until), plain], facts))).toEqual([
      '2026-04-01 2026-04-11 USD 0.00 -3.00',
      '2026-04-11 2026-05-01 EUR 160.00',
    ]);
  });

  it('holds the demand of the second bill against the first one’s, as a ratchet does', () => {
    const part = (more: object) => tariff([demand('demand', { rate: '3', ratchetPercent: '50' })], more);
    const usage = [...intervals('2026-04-05T10:00+03:00', 15, '10'), ...intervals('2026-04-20T10:00+03:00', 15, '1')];
    const bills = ratePeriod([part(until), part({ ...since, currency: 'EUR' })], { ...april(0), usage });
    // 40 kW × 3 × 10/30; half of 40, not 4, × 3 × 20/30.
    expect(amounts(bills)).toEqual(['2026-04-01 2026-04-11 USD 40.00', '2026-04-11 2026-05-01 EUR 40.00']);
  });
});
