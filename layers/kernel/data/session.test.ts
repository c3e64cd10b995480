import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { defineEvent } from '../events/define-event.ts';
import { documentClient } from './client.ts';
import { defineEntity } from './entity.ts';
import { openSession } from './session.ts';
import { putStep, writeMany } from './write-many.ts';

interface Valve {
  id: string;
  site: string;
  note?: string | undefined;
  pin?: string | undefined;
}

const valveEntity = defineEntity<Valve>()({
  name: 'valve',
  table: 'plant',
  key: ({ id }) => ({ pk: ['VALVE', id], sk: ['VALVE'] }),
  indexes: { gsi1: ({ site, id }) => ({ pk: ['SITE', site], sk: [id] }) },
  idOf: ({ id }) => id,
  secretAttributes: ['pin'],
});

const valveOpened = defineEvent({
  type: 'valve.opened',
  source: 'plant',
  schemaVersion: 1,
  aggregateType: 'valve',
  summary: { en: 'A valve was opened.', ar: 'فُتح صمام.' },
  payload: z.object({ id: z.string() }),
  example: { id: 'v1' },
});

const actor = { id: 'usr_1', kind: 'user', name: 'tester' };
const session = (tenantId: string) =>
  openSession(tenantId, { actor, correlationId: 'cor_12345678', clientIp: '10.0.0.1', userAgent: 'test' });

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['plant']);
});
afterAll(() => tables.close());

describe('a tenant-bound session', () => {
  it('does not see what another tenant stored under the same key', async () => {
    await session('a').transact('plant', (unit) => unit.create(valveEntity, { id: 'same', site: 's' }));

    expect(await session('b').get(valveEntity, { id: 'same' })).toBeUndefined();
    expect((await session('b').query(valveEntity, { index: 'gsi1', pk: ['SITE', 's'] })).items).toEqual([]);
  });

  it('cannot be tricked into another tenant by separators in a tenant id or a key', async () => {
    await session('a').transact('plant', (unit) => unit.create(valveEntity, { id: 'x#VALVE', site: 's' }));
    expect(await session('a#VALVE').get(valveEntity, { id: 'x' })).toBeUndefined();
    expect(await session('a').get(valveEntity, { id: 'x' })).toBeUndefined();
    expect(await session('a').get(valveEntity, { id: 'x#VALVE' })).toMatchObject({ id: 'x#VALVE' });
  });

  it('moves the time a row vanishes with what it follows from', async () => {
    const lease = defineEntity<{ id: string; until?: number }, { id: string }>()({
      name: 'lease',
      table: 'plant',
      key: ({ id }) => ({ pk: ['LEASE', id], sk: ['LEASE'] }),
      idOf: ({ id }) => id,
      expiresAt: ({ until }) => until,
    });
    const change = async (changes: { until: number | null }) => {
      const before = await session('a').require(lease, { id: 'l' });
      await session('a').transact('plant', (unit) => unit.update(lease, before, changes));
      return tables.scan('plant').find((item) => item['_type'].S === 'lease')!['expiresAt'];
    };
    await session('a').transact('plant', (unit) => unit.create(lease, { id: 'l', until: 1000 }));
    expect(await change({ until: 2000 })).toEqual({ N: '2000' });
    expect(await change({ until: null })).toBeUndefined();
  });

  it('refuses a cursor of another tenant or another list', async () => {
    for (const id of ['1', '2', '3'])
      await session('c').transact('plant', (unit) => unit.create(valveEntity, { id, site: 'pages' }));
    const { nextCursor } = await session('c').query(valveEntity, { index: 'gsi1', pk: ['SITE', 'pages'], limit: 1 });

    expect(
      (
        await session('c').query<Valve>(valveEntity, { index: 'gsi1', pk: ['SITE', 'pages'], cursor: nextCursor! })
      ).items.map(({ id }) => id),
    ).toEqual(['2', '3']);
    await expect(
      session('d').query(valveEntity, { index: 'gsi1', pk: ['SITE', 'pages'], cursor: nextCursor! }),
    ).rejects.toMatchObject({ code: 'invalid_cursor' });
    await expect(
      session('c').query(valveEntity, { index: 'gsi1', pk: ['SITE', 'other'], cursor: nextCursor! }),
    ).rejects.toMatchObject({ code: 'invalid_cursor' });
    await expect(
      session('c').query(valveEntity, { index: 'gsi1', pk: ['SITE', 'pages'], cursor: 'not a cursor' }),
    ).rejects.toMatchObject({ code: 'invalid_cursor' });
  });

  it('walks a list page by page and says where it ends', async () => {
    for (const id of ['1', '2', '3', '4'])
      await session('p').transact('plant', (unit) => unit.create(valveEntity, { id, site: 'walk' }));
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await session('p').query<Valve>(valveEntity, {
        index: 'gsi1',
        pk: ['SITE', 'walk'],
        order: 'descending',
        limit: 2,
        cursor,
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      pages += 1;
    } while (cursor !== undefined);
    expect({ seen, pages }).toEqual({ seen: ['4', '3', '2', '1'], pages: 2 });
  });

  it('fills a page from as many reads as a filter needs', async () => {
    for (let i = 0; i < 12; i++)
      await session('e').transact('plant', (unit) =>
        unit.create(valveEntity, { id: `v${i}`, site: 'f', note: i % 4 === 0 ? 'hit' : 'miss' }),
      );
    const page = await session('e').query<Valve>(valveEntity, {
      index: 'gsi1',
      pk: ['SITE', 'f'],
      limit: 3,
      filter: [{ attribute: 'note', operator: '=', value: 'hit' }],
    });
    expect(page).toMatchObject({ items: [{}, {}, {}], nextCursor: null });
  });

  it('reads a few times a page for a filter that most rows fit, and on where hardly any does', async () => {
    const own = session('g');
    const rows = Array.from({ length: 120 }, (_, i) => ({
      id: `v${100 + i}`,
      site: 'g',
      note: i === 118 ? 'hit' : 'most',
    }));
    await writeMany(rows.map((row) => putStep(own, valveEntity, row)));
    const send = vi.spyOn(documentClient(), 'send');
    const readsFor = async (value: string, found: number) => {
      send.mockClear();
      const filter = [{ attribute: 'note', operator: '=', value }] as const;
      const page = await own.query<Valve>(valveEntity, { index: 'gsi1', pk: ['SITE', 'g'], limit: 20, filter });
      expect(page.items).toHaveLength(found);
      return send.mock.calls.map(([{ input }]: any) => input.Limit);
    };
    expect(await readsFor('most', 20)).toEqual([100]);
    expect(await readsFor('hit', 1)).toEqual([100, 400]);
    send.mockRestore();
  });
});

describe('a unit of work', () => {
  it('writes the row, its event and its audit record together', async () => {
    await session('t').transact('plant', (unit) => {
      unit.create(valveEntity, { id: 'v1', site: 's', pin: '9753' });
      unit.emit(valveOpened, { aggregateId: 'v1', payload: { id: 'v1' } });
    });
    const items = tables.scan('plant').filter(({ pk }) => pk.S.startsWith('T#t#'));
    expect(items.map(({ _type }) => _type.S).sort()).toEqual(['audit', 'outbox', 'valve']);
    const event = items.find(({ _type }) => _type.S === 'outbox')!;
    expect(event).toMatchObject({
      type: { S: 'valve.opened' },
      tenantId: { S: 't' },
      correlationId: { S: 'cor_12345678' },
      payload: { S: '{"id":"v1"}' },
    });
    const audit = items.find(({ _type }) => _type.S === 'audit')!;
    expect(JSON.stringify(audit)).not.toContain('9753');
    expect(audit).toMatchObject({ action: { S: 'create' }, clientIp: { S: '10.0.0.1' }, userAgent: { S: 'test' } });
  });

  it('writes nothing when one step is refused', async () => {
    const before = tables.scan('plant').length;
    const refused = session('t').transact('plant', (unit) => {
      unit.emit(valveOpened, { aggregateId: 'v1', payload: { id: 'v1' } });
      unit.create(valveEntity, { id: 'v1', site: 's' });
    });
    await expect(refused).rejects.toMatchObject({ code: 'already_exists', values: { entity: 'valve', id: 'v1' } });
    expect(tables.scan('plant')).toHaveLength(before);
  });

  it('lets one of two concurrent writers win and tells the other', async () => {
    await session('u').transact('plant', (unit) => unit.create(valveEntity, { id: 'v', site: 's' }));
    const read = await session('u').require(valveEntity, { id: 'v' });
    const write = (note: string) => session('u').transact('plant', (unit) => unit.update(valveEntity, read, { note }));

    const outcomes = await Promise.allSettled([write('one'), write('two')]);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version_conflict' },
    });
    expect(await session('u').require(valveEntity, { id: 'v' })).toMatchObject({ version: 2 });
  });

  it('moves the item in its indexes, removes attributes given as null, and keeps old and new values in the audit trail', async () => {
    const created = await session('w').transact('plant', (unit) =>
      unit.create(valveEntity, { id: 'v', site: 'north', note: 'x' }),
    );
    await session('w').transact('plant', (unit) => unit.update(valveEntity, created, { site: 'south', note: null }));

    expect((await session('w').query(valveEntity, { index: 'gsi1', pk: ['SITE', 'north'] })).items).toEqual([]);
    expect(
      (await session('w').query<Valve>(valveEntity, { index: 'gsi1', pk: ['SITE', 'south'] })).items[0],
    ).not.toHaveProperty('note');
    const { items } = await session('w').audit(valveEntity, 'v', { limit: 10, cursor: undefined });
    expect(items[0]).toMatchObject({
      action: 'update',
      actor,
      changes: { site: { old: 'north', new: 'south' }, note: { old: 'x' } },
    });
  });

  it('deletes only the version that was read', async () => {
    const created = await session('x').transact('plant', (unit) => unit.create(valveEntity, { id: 'v', site: 's' }));
    await session('x').transact('plant', (unit) => unit.update(valveEntity, created, { note: 'newer' }));
    await expect(session('x').transact('plant', (unit) => unit.delete(valveEntity, created))).rejects.toMatchObject({
      code: 'version_conflict',
    });
  });

  it('tries again when another transaction holds an item', async () => {
    tables.dynamodb.faults.use([{ point: 'dynamodb.transaction-conflict', probability: 1, limit: 2 }]);
    await session('y').transact('plant', (unit) => unit.create(valveEntity, { id: 'v', site: 's' }));
    expect(tables.dynamodb.faults.injected('dynamodb.transaction-conflict')).toBe(2);
    tables.dynamodb.faults.clear();
  });
});
