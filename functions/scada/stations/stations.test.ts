import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { callHandler, testPrincipal } from '../../../test/support/call-handler.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { requireStation, stationIdsOf, stationOwners } from '../contract.ts';
import { handler } from './handler.ts';

let tables: TestTables;
beforeAll(async () => {
  logger.setLogLevel('SILENT');
  tables = await startTables(['scada', 'limits']);
});
afterAll(() => tables.close());

async function call(
  tenantId: string,
  method: string,
  path: string,
  options: { body?: unknown; query?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Record<string, string>; body: any }> {
  return callHandler(handler, {
    method,
    path: `/api/scada/stations${path}`,
    ...options,
    as: testPrincipal(tenantId, { permissions: ['scada:*'] }),
  });
}
const create = (tenantId: string, body: object) => call(tenantId, 'POST', '', { body: { name: 'Station', ...body } });
const events = (): any[] => tables.scan('scada').filter(({ _type }) => _type.S === 'outbox');

describe('a station code', () => {
  it('belongs to one tenant in the whole installation', async () => {
    expect((await create('a', { id: 'CODE-1' })).status).toBe(201);
    for (const tenant of ['a', 'b'])
      expect(await create(tenant, { id: 'CODE-1' })).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    expect((await stationOwners(['CODE-1', 'CODE-X'])).get('CODE-1')).toBe('a');
    expect((await stationOwners(['CODE-X'])).size).toBe(0);
  });

  it('goes to exactly one of many tenants that ask at once, and the others keep nothing of it', async () => {
    for (let round = 0; round < 5; round++) {
      const id = `RACE-${round}`;
      const tenants = ['a', 'b', 'c', 'd'];
      const answers = await Promise.all(tenants.map((tenant) => create(tenant, { id })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
      const winner = tenants[answers.findIndex(({ status }) => status === 201)]!;
      expect((await stationOwners([id])).get(id)).toBe(winner);
      for (const tenant of tenants)
        expect((await call(tenant, 'GET', `/${id}`)).status).toBe(tenant === winner ? 200 : 404);
      expect(events().filter(({ aggregateId }) => aggregateId.S === id)).toHaveLength(1);
    }
  });

  it.each(['', '*', 'A/B', 'A#', '+', '../x', 'ST 1', 'محطة', 'x'.repeat(65), '-A', 'A\u202eB', 'Ѕ-1'])(
    'is never %j',
    async (id) => {
      expect(await create('a', { id })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    },
  );
});

describe('declared CRUD', () => {
  beforeAll(async () => {
    for (let i = 0; i < 7; i++)
      await create('crud', { id: `C-${i}`, name: `N${i}`, status: i % 2 ? 'inactive' : 'active', capacityKw: i });
  });
  const list = async (query: Record<string, string>) => (await call('crud', 'GET', '', { query })).body;

  it('lists page by page, each item once, up and down', async () => {
    for (const order of ['asc', 'desc']) {
      const ids: string[] = [];
      let cursor: string | null = null;
      do {
        const page: any = await list({ order, limit: '3', ...(cursor ? { cursor } : {}) });
        expect(page.data.length).toBeLessThanOrEqual(3);
        ids.push(...page.data.map(({ id }: any) => id));
        cursor = page.pagination.nextCursor;
      } while (cursor !== null);
      const all = Array.from({ length: 7 }, (_, i) => `C-${i}`);
      expect(ids).toEqual(order === 'asc' ? all : all.reverse());
    }
  });

  it('filters, over pages too', async () => {
    const first = await list({ status: 'inactive', limit: '2' });
    const second = await list({ status: 'inactive', limit: '2', cursor: first.pagination.nextCursor });
    expect([...first.data, ...second.data].map(({ id }: any) => id)).toEqual(['C-1', 'C-3', 'C-5']);
    expect(second.pagination.nextCursor).toBeNull();
  });

  it.each<Record<string, string>>([
    { status: 'gone' },
    { order: 'sideways' },
    { limit: '0' },
    { limit: '201' },
    { limit: 'many' },
    { limit: '1,2' },
  ])('refuses %j', async (query) => {
    expect(await call('crud', 'GET', '', { query })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
  });

  const forge = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url');
  const own = { gsi1pk: 'T#crud#STATION', gsi1sk: 'C-1', pk: 'T#crud#STATION#C-1', sk: 'STATION' };
  it.each<[string, string]>([
    ['no base64', '!!!'],
    ['null', forge(null)],
    ['a list', forge([])],
    ['nothing inside', forge({})],
    ['the partition alone', forge({ gsi1pk: own.gsi1pk })],
    ['one attribute too many', forge({ ...own, extra: 'x' })],
    ['one attribute missing', forge({ ...own, sk: undefined })],
    ['another tenant', forge({ ...own, gsi1pk: 'T#other#STATION' })],
    ['another tenant in one half', forge({ ...own, pk: 'T#other#STATION#C-1' })],
    ['the global scope', forge({ ...own, gsi1pk: 'G#CONNECTION#0' })],
    ['a number', forge({ ...own, sk: 1 })],
    ['a key that is too long', forge({ ...own, gsi1sk: 'x'.repeat(1100) })],
    ['an empty key', forge({ ...own, sk: '' })],
    ['__proto__', Buffer.from('{"__proto__":{"gsi1pk":"T#crud#STATION"}}').toString('base64url')],
  ])('refuses a cursor of %s', async (_, cursor) => {
    expect(await call('crud', 'GET', '', { query: { cursor } })).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
  });

  it('changes what is sent and nothing else, with an event and the next version', async () => {
    const { body, headers } = await call('crud', 'PUT', '/C-0', {
      body: { name: 'New', id: 'C-9', version: 99, createdAt: 'x' },
    });
    expect(body.data).toMatchObject({ id: 'C-0', name: 'New', capacityKw: 0, status: 'active', version: 2 });
    expect(headers['etag']).toBe('"2"');
    const [updated] = events().filter(
      ({ type, aggregateId }) => type.S === 'station.updated' && aggregateId.S === 'C-0',
    );
    expect(JSON.parse(updated.payload.S)).toMatchObject({ name: 'New', version: 2 });
    expect((await list({})).data[0].name).toBe('New');
  });

  it('keeps what is left out, also where there is a default', async () => {
    await create('crud', { id: 'C-INACTIVE', status: 'inactive' });
    const { body } = await call('crud', 'PUT', '/C-INACTIVE', { body: { name: 'Renamed' } });
    expect(body.data).toMatchObject({ name: 'Renamed', status: 'inactive' });
  });

  it('refuses a change on an older version, and takes one on the present', async () => {
    const etag = (await call('crud', 'GET', '/C-2')).headers['etag']!;
    const put = (name: string, match: string) =>
      call('crud', 'PUT', '/C-2', { body: { name }, headers: { 'if-match': match } });
    expect((await put('First', etag)).status).toBe(200);
    expect(await put('Second', etag)).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    expect((await put('Third', 'W/"2"')).status).toBe(200);
  });

  it('lets exactly one of two changes on the same version win', async () => {
    const answers = await Promise.all(
      ['x', 'y', 'z'].map((name) => call('crud', 'PUT', '/C-4', { body: { name }, headers: { 'if-match': '"1"' } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it.each<[string, unknown]>([
    ['an empty name', { name: ' ' }],
    ['a wrong latitude', { latitude: 91 }],
    ['null', { capacityKw: null }],
    ['a list', []],
    ['nothing', undefined],
  ])('refuses %s', async (_, body) => {
    expect((await call('crud', 'PUT', '/C-5', body === undefined ? {} : { body })).status).toBe(400);
  });

  it('answers 404 for what is not there, 405 for what cannot be done', async () => {
    expect((await call('crud', 'GET', '/NOPE')).status).toBe(404);
    expect((await call('crud', 'PUT', '/NOPE', { body: { name: 'x' } })).status).toBe(404);
    expect(await call('crud', 'DELETE', '/C-1')).toMatchObject({ status: 405, headers: { allow: 'GET, PUT' } });
  });
});

describe('other domains', () => {
  it('learn which stations a tenant has, in order and complete', async () => {
    for (let i = 0; i < 205; i++) await create('many', { id: `MANY-${String(i).padStart(3, '0')}` });
    const ids = await stationIdsOf(openSession('many'));
    expect(ids).toHaveLength(205);
    expect(ids).toEqual([...ids].sort());
    await expect(requireStation(openSession('other'), 'MANY-001')).rejects.toMatchObject({ code: 'not_found' });
    await expect(requireStation(openSession('many'), 'MANY-001')).resolves.toBeUndefined();
  });
});
