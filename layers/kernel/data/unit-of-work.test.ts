import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { defineEntity } from './entity.ts';
import { openSession } from './session.ts';

interface Tally {
  id: string;
  label?: string;
  count?: number | bigint;
  total?: number | bigint;
}

const tallyEntity = defineEntity<Tally>()({
  name: 'tally',
  table: 'plant',
  key: ({ id }) => ({ pk: ['TALLY', id], sk: ['TALLY'] }),
  idOf: ({ id }) => id,
});

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['plant']);
});
afterAll(() => tables.close());

const session = openSession('a');
const add = (id: string, numbers: Record<string, bigint>, fixed: Partial<Tally> = {}) =>
  session.transact('plant', (unit) => unit.add(tallyEntity, { id }, numbers, fixed));

describe('an item', () => {
  it.each([
    ['a date', new Date(0)],
    ['an error', new Error('odd')],
    ['no number', Number.NaN],
    ['a number that is not exact', 2 ** 53 + 2],
  ])('with %s in it is refused, not stored as something else', async (_, value) => {
    const odd = { id: 'odd', label: value } as unknown as Tally;
    await expect(session.transact('plant', (unit) => unit.create(tallyEntity, odd))).rejects.toThrow();
    expect(await session.get(tallyEntity, { id: 'odd' })).toBeUndefined();
  });
});

describe('adding in a unit of work', () => {
  it('makes the item with the first addition and keeps what says what it is', async () => {
    await add('first', { count: 1n }, { id: 'first', label: 'made' });
    await add('first', { count: 2n, total: -5n }, { id: 'first', label: 'later' });
    expect(await session.get(tallyEntity, { id: 'first' })).toEqual({
      id: 'first',
      label: 'made',
      count: 3,
      total: -5,
    });
  });

  it('is exact beyond what a JavaScript number holds', async () => {
    const large = 2n ** 60n + 1n;
    await add('large', { total: large });
    await add('large', { total: large });
    await add('large', { total: -1n });
    expect((await session.get(tallyEntity, { id: 'large' }))?.total).toBe(2n * large - 1n);
  });

  it('loses nothing among concurrent units', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => add('busy', { count: 1n, total: BigInt(i) })));
    expect(await session.get(tallyEntity, { id: 'busy' })).toMatchObject({ count: 40, total: 780 });
  });

  it('adds nothing when another step of the unit is refused', async () => {
    await session.transact('plant', (unit) => unit.create(tallyEntity, { id: 'taken' }));
    const both = session.transact('plant', (unit) => {
      unit.add(tallyEntity, { id: 'untouched' }, { count: 1n });
      unit.create(tallyEntity, { id: 'taken' });
      expect(unit.size).toBe(2);
    });
    await expect(both).rejects.toMatchObject({ code: 'already_exists' });
    expect(await session.get(tallyEntity, { id: 'untouched' })).toBeUndefined();
  });
});

interface Lamp {
  id: string;
  hall: string;
  isLit: boolean;
}

const litEntity = defineEntity<{ hall: string; lampId: string }, { hall: string; lampId: string }>()({
  name: 'lit lamp',
  table: 'plant',
  key: ({ hall, lampId }) => ({ pk: ['LIT', hall], sk: [lampId] }),
  idOf: ({ lampId }) => lampId,
});

const lampEntity = defineEntity<Lamp>()({
  name: 'lamp',
  table: 'plant',
  key: ({ id }) => ({ pk: ['LAMP', id], sk: ['LAMP'] }),
  idOf: ({ id }) => id,
  marker: { entity: litEntity, of: ({ id, hall, isLit }) => (isLit ? { hall, lampId: id } : undefined) },
});

it('a row beside an item comes, moves and goes with it, and stays where the item does not change', async () => {
  const change = (work: Parameters<typeof session.transact<any>>[1]) => session.transact('plant', work);
  const lit = async () => {
    const halls = ['north', 'south'].map((hall) =>
      session.query<{ lampId: string }>(litEntity, { pk: ['LIT', hall], consistent: true }),
    );
    return (await Promise.all(halls)).map(({ items }) => items.map(({ lampId }) => lampId));
  };
  await change((unit) => unit.create(lampEntity, { id: 'dark', hall: 'north', isLit: false }));
  const first = await change((unit) => unit.create(lampEntity, { id: 'a', hall: 'north', isLit: true }));
  expect(await lit()).toEqual([['a'], []]);
  const moved = await change((unit) => unit.update(lampEntity, first, { hall: 'south' }));
  expect(await lit()).toEqual([[], ['a']]);
  await expect(change((unit) => unit.update(lampEntity, first, { isLit: false }))).rejects.toMatchObject({
    code: 'version_conflict',
  });
  expect(await lit()).toEqual([[], ['a']]);
  const out = await change((unit) => unit.update(lampEntity, moved, { isLit: false }));
  expect(await lit()).toEqual([[], []]);
  const again = await change((unit) => unit.update(lampEntity, out, { isLit: true }));
  await change((unit) => unit.delete(lampEntity, again));
  expect(await lit()).toEqual([[], []]);
});
