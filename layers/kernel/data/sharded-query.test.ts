import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { defineEntity } from './entity.ts';
import { openSession } from './session.ts';
import { queryShards, shardOf } from './sharded-query.ts';

const shards = 4;
const leafEntity = defineEntity<{ id: string; colour: string }>()({
  name: 'leaf',
  table: 'tree',
  key: ({ id }) => ({ pk: ['LEAF', id], sk: ['LEAF'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['LEAVES', shardOf(id, shards)], sk: [id] }) },
  idOf: ({ id }) => id,
});
const ids = Array.from({ length: 37 }, (_, i) => `leaf#${String(i).padStart(2, '0')}`);
const session = openSession('a');

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['tree']);
  for (const [i, id] of ids.entries())
    await session.transact('tree', (unit) => unit.create(leafEntity, { id, colour: i % 3 ? 'green' : 'red' }));
});
afterAll(() => tables.close());

const pages = async (options: object, limit: number): Promise<string[]> => {
  const found: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page: { items: { id: string }[]; nextCursor: string | null } = await queryShards(session, leafEntity, {
      index: 'gsi1',
      partitions: Array.from({ length: shards }, (_, shard) => ['LEAVES', shard]),
      sortKeyOf: ({ id }) => [id],
      limit,
      cursor: cursor ?? undefined,
      ...options,
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor);
  return found;
};

it('merges shards in order, whatever the size of a page', async () => {
  for (const limit of [1, 5, 36, 37, 100]) expect(await pages({}, limit)).toEqual(ids);
  expect(await pages({ order: 'descending' }, 6)).toEqual([...ids].reverse());
});

it('respects bounds and filters on every page', async () => {
  expect(await pages({ from: ['leaf#10'], to: ['leaf#19'] }, 3)).toEqual(ids.slice(10, 20));
  expect(await pages({ from: ['leaf#10'], to: ['leaf#19'], order: 'descending' }, 3)).toEqual(
    ids.slice(10, 20).reverse(),
  );
  const filter = [{ attribute: 'colour', operator: '=', value: 'red' }];
  expect(await pages({ filter }, 4)).toEqual(ids.filter((_, i) => i % 3 === 0));
});

it('goes on where a shard did not come to its end within what one page reads', async () => {
  const long = 'x'.repeat(390_000);
  const first = Array.from({ length: 300 }, (_, i) => `tree#${String(i).padStart(3, '0')}`)
    .filter((id) => shardOf(id, shards) === 0)
    .slice(0, 35);
  const last = first.at(-1)!;
  const others = ['tree#000!', `${last}!`].filter((id) => shardOf(id, shards) !== 0);
  expect(others.length).toBeGreaterThan(0);
  for (const id of first)
    await session.transact('tree', (unit) => unit.create(leafEntity, { id, colour: id === last ? 'blue' : long }));
  for (const id of others) await session.transact('tree', (unit) => unit.create(leafEntity, { id, colour: 'blue' }));
  const bounds = { from: ['tree#'] };
  expect(await pages(bounds, 100)).toEqual([...first, ...others].sort());
  expect(await pages({ ...bounds, order: 'descending' }, 100)).toEqual([...first, ...others].sort().reverse());
  const filter = [{ attribute: 'colour', operator: '=', value: 'blue' }];
  expect(await pages({ ...bounds, filter }, 100)).toEqual([last, ...others].sort());
});

it('refuses a cursor that is none', async () => {
  for (const cursor of ['x', Buffer.from('{}').toString('base64url'), Buffer.from('[1]').toString('base64url')])
    await expect(pages({ cursor }, 1)).rejects.toMatchObject({
      code: 'invalid_cursor',
    });
});
