/** Sums by groups that people name as they like, in a row that holds 400 KB. */
import { expect, it } from 'vitest';
import { Totals } from './totals.ts';

it('keeps groups apart whatever they are called, and their sum last', () => {
  const totals = new Totals({}, 6);
  const names = ['a/b', 'a', '~~', '~none', '%7E', 'عدن'];
  for (const name of [...names, undefined]) totals.add('YER', name, 'debt', 1n);
  const groups = new Totals(totals.toStored()).groups();
  expect(groups.map(({ group }) => group).sort()).toEqual([...names, null, 'all'].sort());
  expect(groups.at(-1)).toEqual({ currency: 'YER', group: 'all', measures: new Map([['debt', 7n]]) });
});

it('sums groups that are too many for a row as one, over pages too, and loses nothing', () => {
  let totals = new Totals({}, 14);
  for (let i = 0; i < 1000; i++) {
    if (i % 250 === 0) totals = new Totals(totals.toStored(), 14);
    for (let measure = 0; measure < 14; measure++) totals.add('YER', `route-${i}`, `measure-${measure}`, 10n ** 15n);
  }
  expect(Buffer.byteLength(JSON.stringify(totals.toStored()))).toBeLessThan(400_000);
  const groups = totals.groups();
  expect(groups.at(-1)!.measures.get('measure-0')).toBe(1000n * 10n ** 15n);
  expect(groups.at(-2)).toMatchObject({ group: 'other' });
  expect(groups.length).toBeGreaterThan(200);
});

it('shows no group that one part of a report summed with others, whatever the other parts know of it', () => {
  const [full, small] = [new Totals({}, 14), new Totals({}, 14)];
  for (let i = 0; i < 1000; i++) full.add('YER', `route-${i}`, 'debt', 1n);
  for (const route of ['route-0', 'route-999']) {
    small.add('YER', route, 'debt', 5n);
    small.add('USD', route, 'debt', 5n);
  }
  const parts = [full, small].map((totals) => totals.toStored());
  const rows = Totals.ofParts(parts).groups();
  const debtOf = (currency: string, name: string) =>
    rows.find((row) => row.currency === currency && row.group === name)?.measures.get('debt');
  expect(debtOf('YER', 'route-0')).toBe(6n);
  // Its one in the full part is among the others there.
  expect(debtOf('YER', 'route-999')).toBeUndefined();
  const other = BigInt(parts[0]!['YER/~other/debt']!);
  expect([debtOf('YER', 'other'), debtOf('YER', 'all')]).toEqual([other + 5n, 1010n]);
  expect(debtOf('USD', 'route-999')).toBe(5n);
});
