/** Ageing of one account: what belongs together, what is set against what, and that nothing is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { AccountEntry } from '../accounts/account-entity.ts';
import { entryTypes } from '../accounts/entry-types.ts';
import { ageEntries, bucketOf, overdueBuckets } from './age-account.ts';

const asOf = '2026-06-30';
const entry = (type: AccountEntry['type'], reference: string, minor: number, more: Partial<AccountEntry> = {}) => ({
  id: `${type}-${reference}`,
  customerId: 'cus',
  type,
  date: '2026-01-01',
  minor: String(minor),
  currency: 'YER',
  reference,
  ...more,
});
const due = (daysAgo: number) => ({ dueDate: addDays(asOf, -daysAgo) });

it.each([
  [-5, 'current'],
  [0, 'current'],
  [1, 'days1To30'],
  [30, 'days1To30'],
  [31, 'days31To60'],
  [60, 'days31To60'],
  [61, 'days61To90'],
  [90, 'days61To90'],
  [91, 'days91To120'],
  [120, 'days91To120'],
  [121, 'over120'],
  [4000, 'over120'],
])('due %i days ago is %s', (days, bucket) => {
  expect(bucketOf(addDays(asOf, -days), asOf, overdueBuckets())).toBe(bucket);
});

it.each([
  [0, 'current'],
  [15, 'days1To15'],
  [16, 'days16To45'],
  [46, 'over45'],
])('by the tenant’s own buckets %i days are %s', (days, bucket) => {
  expect(bucketOf(addDays(asOf, -days), asOf, overdueBuckets([15, 45]))).toBe(bucket);
});

describe('an account', () => {
  it('has an invoice and its credit note cancel out, and a payment and its reversal', () => {
    const entries = [
      entry('invoice', 'A', 500, due(40)),
      entry('credit_note', 'A', -500),
      entry('invoice', 'B', 300, due(40)),
      entry('payment', 'P', -300),
      entry('payment_reversal', 'P', 300),
    ];
    expect(ageEntries(entries, asOf)).toEqual({ days31To60: 300n });
  });

  it('sets credit against the debt due first, in whatever order it was entered', () => {
    const entries = [
      entry('payment', 'P', -250),
      entry('invoice', 'new', 100, due(-3)),
      entry('invoice', 'old', 200, due(100)),
      entry('late_fee', 'fee', 80, due(10)),
    ];
    expect(ageEntries(entries, asOf)).toEqual({ days1To30: 30n, current: 100n });
  });

  it('keeps what is left of credit', () => {
    expect(ageEntries([entry('invoice', 'A', 100, due(1)), entry('payment', 'P', -150)], asOf)).toEqual({
      credit: -50n,
    });
  });

  it('ages what no invoice stands for from the day it was entered', () => {
    const bounced = [
      entry('prepaid_payment', 'V', -100),
      entry('prepaid_sale', 'V', 100),
      entry('payment_reversal', 'P', 100, { date: addDays(asOf, -70) }),
    ];
    expect(ageEntries(bounced, asOf)).toEqual({ days61To90: 100n });
  });

  it('asks for the day due where the entry does not say', () => {
    const entries = [entry('invoice', 'A', 100, { id: 'inv_1' })];
    expect(ageEntries(entries, asOf, { dueDateOf: (id) => (id === 'inv_1' ? addDays(asOf, -95) : undefined) })).toEqual(
      {
        days91To120: 100n,
      },
    );
  });

  it('has ages that add up to its balance, whatever happened', () => {
    const anyEntry = fc
      .record({
        type: fc.constantFrom(...entryTypes),
        reference: fc.constantFrom('A', 'B', 'C', 'D', 'E'),
        minor: fc.integer({ min: -1000, max: 1000 }),
        days: fc.integer({ min: -50, max: 400 }),
      })
      .map(({ type, reference, minor, days }) => entry(type, reference, minor, due(days)));
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 20 }), (entries) => {
        const ages = ageEntries(entries, asOf);
        const balance = entries.reduce((sum, { minor }) => sum + BigInt(minor), 0n);
        expect(Object.values(ages).reduce((sum, minor) => sum + minor, 0n)).toBe(balance);
        // Never debt and credit at once.
        if (ages.credit !== undefined) expect(Object.keys(ages)).toEqual(['credit']);
      }),
    );
  });
});
