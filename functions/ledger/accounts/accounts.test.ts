import { describe, expect, it } from 'vitest';
import { standardChart, standardRoles } from '../../../layers/ledger/standard-chart.ts';
import { lines, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';

const stack = useLedgerStack();
const accounts = '/api/core/accounts';
const account = (code: string, more: object = {}) => ({ code, name: code, nameAr: code, type: 'asset', ...more });
const post = (tenant: Tenant, date: string, entryLines: object[]) =>
  tenant.call('POST', '/api/core/journal-entries', { date, description: 'x', lines: entryLines, post: true });

describe('the standard chart', () => {
  it('loads, can be loaded again, and leaves what is there alone', async () => {
    const tenant = await stack.tenant({ hasChart: false });
    await tenant.call('POST', accounts, account('1', { name: 'My assets', nameAr: 'أصولي', allowsPosting: false }));
    const load = () => tenant.call('POST', `${accounts}/load-standard-chart`);
    expect(await load()).toMatchObject({
      status: 200,
      data: { created: standardChart.length - 1, unchanged: 1, roles: Object.keys(standardRoles).length },
    });
    expect((await load()).data).toEqual({ created: 0, unchanged: standardChart.length, roles: 0 });
    expect((await tenant.call('GET', `${accounts}/1`)).data.name).toBe('My assets');
  });

  it('makes one tree in which every account is reached', async () => {
    const tenant = await stack.tenant();
    const { data } = await tenant.call('GET', `${accounts}/tree`);
    expect(data.map(({ id }: any) => id)).toEqual(['1', '2', '3', '4', '5']);
    const count = (nodes: any[]): number => nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);
    expect(count(data)).toBe(standardChart.length);
  });
});

describe('accounts', () => {
  it('are created below an account of their type, and know their normal side', async () => {
    const tenant = await stack.tenant({ hasChart: false });
    const created = await tenant.call('POST', accounts, account('1'));
    expect(created).toMatchObject({
      status: 201,
      data: { id: '1', code: '1', normalSide: 'debit', isActive: true, hasLines: false },
    });
    expect(
      (await tenant.call('POST', accounts, account('11', { parentId: '1', normalSide: 'credit' }))).data,
    ).toMatchObject({ parentId: '1', normalSide: 'credit' });
    expect(await tenant.call('POST', accounts, account('1'))).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
    expect((await tenant.call('POST', accounts, account('2', { parentId: '1', type: 'income' }))).status).toBe(422);
    expect((await tenant.call('POST', accounts, account('2', { parentId: '7' }))).status).toBe(422);
    expect(stack.outbox(tenant.id).map(({ type }) => type)).toEqual(['account.created', 'account.created']);
  });

  it('cannot come to be below themselves', async () => {
    const tenant = await stack.tenant({ hasChart: false });
    await tenant.call('POST', accounts, account('1'));
    await tenant.call('POST', accounts, account('11', { parentId: '1' }));
    await tenant.call('POST', accounts, account('111', { parentId: '11' }));
    for (const parentId of ['1', '11', '111'])
      expect((await tenant.call('PUT', `${accounts}/1`, { parentId })).status).toBe(422);
    expect((await tenant.call('PUT', `${accounts}/111`, { parentId: '1' })).data.parentId).toBe('1');
    expect((await tenant.call('PUT', `${accounts}/111`, { parentId: null })).data).not.toHaveProperty('parentId');
  });

  it('keep type, currency and side, and cannot be deleted, from the first line on', async () => {
    const tenant = await stack.tenant({ hasChart: false });
    for (const code of ['1', '2', '3']) await tenant.call('POST', accounts, account(code));
    expect((await tenant.call('PUT', `${accounts}/1`, { type: 'liability' })).data).toMatchObject({
      type: 'liability',
      normalSide: 'credit',
    });
    await post(tenant, '2026-03-01', lines('1', '2', '5'));
    for (const change of [{ type: 'asset' }, { currency: 'YER' }, { normalSide: 'debit' }])
      expect(await tenant.call('PUT', `${accounts}/1`, change)).toMatchObject({ status: 409 });
    expect((await tenant.call('PUT', `${accounts}/1`, { name: 'Renamed' })).data).toMatchObject({ name: 'Renamed' });
    expect((await tenant.call('DELETE', `${accounts}/1`)).status).toBe(409);
    expect((await tenant.call('DELETE', `${accounts}/3`)).status).toBe(204);
  });

  it('are not deleted while accounts are below them or a role names them', async () => {
    const tenant = await stack.tenant();
    expect((await tenant.call('DELETE', `${accounts}/11`)).status).toBe(409);
    expect((await tenant.call('DELETE', `${accounts}/1131`)).status).toBe(409);
    expect((await tenant.call('DELETE', `${accounts}/1132`)).status).toBe(204);
  });

  it('take lines in their currency only', async () => {
    const tenant = await stack.tenant({ hasChart: false });
    await tenant.call('POST', accounts, account('1', { currency: 'YER' }));
    await tenant.call('POST', accounts, account('2'));
    expect((await post(tenant, '2026-03-01', lines('1', '2', '5', { currency: 'USD', rate: '5' }))).status).toBe(422);
    expect((await post(tenant, '2026-03-01', lines('1', '2', '5'))).status).toBe(201);
  });

  it('lose no line to a change at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const tenant = await stack.tenant({ hasChart: false });
      for (const code of ['1', '2']) await tenant.call('POST', accounts, account(code));
      const [posted, deleted] = await Promise.all([
        post(tenant, '2026-03-01', lines('1', '2', '5')),
        tenant.call('DELETE', `${accounts}/1`),
      ]);
      const isDeleted = deleted.status === 204;
      expect(posted.status).toBe(isDeleted ? 422 : 201);
      expect((await tenant.call('GET', `${accounts}/1`)).status).toBe(isDeleted ? 404 : 200);
    }
  });

  it('are listed with filters and pages', async () => {
    const tenant = await stack.tenant();
    const list = async (query: string) => (await tenant.call('GET', `${accounts}?${query}`)).body;
    expect((await list('isIntermediate=true&type=liability')).data.map(({ id }: any) => id)).toEqual(['2113', '2191']);
    expect((await list('search=ذمم المشتركين')).data.map(({ id }: any) => id)).toEqual(['1131']);
    const first = await list('limit=200&allowsPosting=false');
    expect(first.pagination.nextCursor).toBeNull();
    const page = await list('limit=3');
    const next = await list(`limit=3&cursor=${page.pagination.nextCursor}`);
    expect([...page.data, ...next.data].map(({ id }: any) => id)).toEqual(['1', '11', '1110', '1111', '1112', '1113']);
    expect(await tenant.call('GET', `${accounts}?cursor=Iw`)).toMatchObject({ status: 400 });
  });

  it('belong to one tenant', async () => {
    const [north, south] = [await stack.tenant(), await stack.tenant({ hasChart: false })];
    await post(north, '2026-03-01', lines('1111', '3110', '5'));
    for (const path of ['', '/balance', '/transactions'])
      expect((await south.call('GET', `${accounts}/1111${path}`)).status).toBe(404);
    expect((await south.call('GET', accounts)).data).toEqual([]);
  });
});

describe('the balance', () => {
  it('is right at any date, of groups too', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2025-12-31', lines('1111', '3110', '1000'));
    await post(tenant, '2026-03-01', lines('1112', '1111', '300'));
    await post(tenant, '2026-03-15', lines('5510', '1111', '50.25'));
    await post(tenant, '2026-04-01', lines('1111', '4110', '7'));
    const at = async (id: string, date: string, from: string) =>
      (await tenant.call('GET', `${accounts}/${id}/balance?date=${date}&from=${from}`)).data;
    const base = async (id: string, date: string, from: string) => {
      const { opening, debit, credit, closing } = (await at(id, date, from)).base;
      return [opening, debit, credit, closing];
    };
    expect(await base('1111', '2026-03-31', '2026-03-01')).toEqual(['1000.00', '0.00', '350.25', '649.75']);
    expect(await base('1111', '2026-03-14', '2026-03-02')).toEqual(['700.00', '0.00', '0.00', '700.00']);
    expect(await base('1111', '2026-03-15', '2026-03-15')).toEqual(['700.00', '0.00', '50.25', '649.75']);
    expect(await base('1111', '2025-12-30', '2025-01-01')).toEqual(['0.00', '0.00', '0.00', '0.00']);
    expect(await base('1110', '2026-04-30', '2026-01-01')).toEqual(['1000.00', '307.00', '350.25', '956.75']);
    expect(await base('3', '2026-04-30', '2026-01-01')).toEqual(['1000.00', '0.00', '0.00', '1000.00']);
    expect((await at('1110', '2026-04-30', '2026-01-01')).accountIds).toEqual(['1110', '1111', '1112', '1113']);
    expect((await tenant.call('GET', `${accounts}/1111/balance?date=2026-01-01&from=2026-02-01`)).status).toBe(422);
  });
});

describe('the transactions', () => {
  it('come by date with the balance after each, in both directions and over pages', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2026-02-27', lines('1111', '3110', '100'));
    for (let day = 1; day <= 5; day++) await post(tenant, `2026-03-0${day}`, lines('1111', '4110', String(day)));
    await post(tenant, '2026-03-03', lines('5510', '1111', '50'));
    await post(tenant, '2026-04-01', lines('1111', '4110', '1'));
    const read = async (order: string) => {
      const rows: any[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query: string = `from=2026-03-01&to=2026-03-31&limit=2&order=${order}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
        const { data }: any = await tenant.call('GET', `${accounts}/1111/transactions?${query}`);
        expect(data).toMatchObject({ opening: '100.00', debit: '15.00', credit: '50.00', closing: '65.00' });
        rows.push(...data.transactions);
        cursor = data.nextCursor;
      }
      return rows;
    };
    const rows = await read('asc');
    expect(rows.map(({ balance }) => balance)).toEqual(['101.00', '103.00', '106.00', '56.00', '60.00', '65.00']);
    expect(await read('desc')).toEqual(rows.toReversed());
    expect(rows[3]).toMatchObject({ date: '2026-03-03', side: 'credit', amount: '50.00', description: 'x', line: 2 });
  });

  it('refuse a cursor that is none, and one of another account', async () => {
    const tenant = await stack.tenant();
    for (let i = 0; i < 3; i++) await post(tenant, '2026-03-01', lines('1111', '4110', '1'));
    const span = 'from=2026-03-01&to=2026-03-31&limit=1';
    const { data } = await tenant.call('GET', `${accounts}/1111/transactions?${span}`);
    for (const [id, cursor] of [
      ['1111', 'nonsense'],
      ['1111', '1.e30'],
      ['4110', data.nextCursor],
    ])
      expect(
        await tenant.call('GET', `${accounts}/${id}/transactions?${span}&cursor=${encodeURIComponent(cursor!)}`),
      ).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      });
  });
});
