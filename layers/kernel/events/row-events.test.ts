/** Row events leave with the transaction of their row, show what changed, and hide what is secret. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { defineEntity } from '../data/entity.ts';
import { openSession } from '../data/session.ts';
import { defineRowEvents } from './row-events.ts';

interface Valve {
  id: string;
  position?: string;
  pin: string;
  drawing: string;
}

const rowEvents = defineRowEvents({
  aggregateType: 'valve',
  source: 'plant',
  noun: { en: 'a valve', ar: 'صمام' },
  omit: ['drawing'],
  example: { id: 'V-1' },
});
const valveEntity = defineEntity<Valve>()({
  name: 'valve',
  table: 'plant',
  key: ({ id }) => ({ pk: ['VALVE', id], sk: ['VALVE'] }),
  idOf: ({ id }) => id,
  secretAttributes: ['pin'],
  rowEvents,
});

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['plant']);
});
afterAll(() => tables.close());

const session = openSession('a', { now: () => '2026-06-15T12:00:00.000Z' });
const published = (id: string) =>
  tables
    .scan('plant')
    .filter((item) => item['_type'].S === 'outbox' && item['aggregateId'].S === id)
    .sort((a, b) => (a['sk'].S < b['sk'].S ? -1 : 1))
    .map((item) => ({ type: item['type'].S, ...JSON.parse(item['payload'].S) }));
const create = (id: string) =>
  session.transact('plant', (unit) =>
    unit.create(valveEntity, { id, position: 'open', pin: '1234', drawing: 'x'.repeat(9) }),
  );

describe('events of rows', () => {
  it('tell of insert, update and delete, with old and new, without secrets and bulk', async () => {
    const row = await create('V-1');
    const shut = await session.transact('plant', (unit) => unit.update(valveEntity, row, { position: 'shut' }));
    await session.transact('plant', (unit) => unit.delete(valveEntity, shut));
    const bookkeeping = { createdAt: '2026-06-15T12:00:00.000Z', updatedAt: '2026-06-15T12:00:00.000Z' };
    expect(published('V-1')).toEqual([
      {
        type: 'valve.insert',
        operation: 'insert',
        id: 'V-1',
        version: 1,
        new: { id: 'V-1', position: 'open', version: 1, ...bookkeeping },
      },
      {
        type: 'valve.update',
        operation: 'update',
        id: 'V-1',
        version: 2,
        new: { position: 'shut' },
        old: { position: 'open' },
        changed: ['position'],
      },
      {
        type: 'valve.delete',
        operation: 'delete',
        id: 'V-1',
        version: 2,
        old: { id: 'V-1', position: 'shut', version: 2, ...bookkeeping },
      },
    ]);
  });

  it('name what was removed', async () => {
    const row = await create('V-2');
    await session.transact('plant', (unit) => unit.update(valveEntity, row, { position: null }));
    expect(published('V-2')[1]).toMatchObject({ new: {}, old: { position: 'open' }, changed: ['position'] });
  });

  it('say nothing of a change that only touches what they hide', async () => {
    const row = await create('V-3');
    await session.transact('plant', (unit) => unit.update(valveEntity, row, { pin: '9', drawing: 'y' }));
    expect(published('V-3').map(({ type }) => type)).toEqual(['valve.insert']);
  });

  it('do not leave when the row is not written', async () => {
    const row = await create('V-4');
    await session.transact('plant', (unit) => unit.update(valveEntity, row, { position: 'shut' }));
    await expect(
      session.transact('plant', (unit) => unit.update(valveEntity, row, { position: 'half' })),
    ).rejects.toMatchObject({ code: 'version_conflict' });
    await expect(create('V-4')).rejects.toMatchObject({ code: 'already_exists' });
    expect(published('V-4').map(({ type }) => type)).toEqual(['valve.insert', 'valve.update']);
  });
});
