/** Customers over their handler, on real tables. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { checkDigit, newAccountNumber } from './account-number.ts';
import { customerEntity } from './customer-entity.ts';
import { createCustomerSchema } from './customer-schema.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const base = '/api/billing/customers';
const add = (tenant: string, body: object) =>
  stack.call(tenant, handler, 'POST', base, { body: { name: 'Ahmed Saleh', ...body } });
const get = (tenant: string, path: string, query: Record<string, string> = {}) =>
  stack.call(tenant, handler, 'GET', `${base}${path}`, { query });

describe('account numbers', () => {
  it('carry the check digit of ISO/IEC 7812 (example of the standard: 7992739871, check digit 3)', () => {
    expect(checkDigit('7992739871')).toBe(3);
    for (let i = 0; i < 200; i++) {
      const number = newAccountNumber();
      expect(number).toMatch(/^\d{10}$/);
      expect(checkDigit(number.slice(0, -1))).toBe(Number(number.at(-1)));
    }
  });

  it('belong to one customer of a tenant, also when two ask at once, and to one of every tenant', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => add('numbers-a', { accountNumber: '777' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await add('numbers-b', { accountNumber: '777' })).status).toBe(201);
  });
});

describe('customers', () => {
  let id: string;
  beforeAll(async () => {
    id = (await add('cust', { type: 'commercial', routeId: 'R-1', accountNumber: 'A-1', phone: '+967771234567' })).body
      .data.id;
    await add('cust', { routeId: 'R-1' });
    await add('cust', { type: 'industrial', nameAr: 'أحمد صالح' });
  });

  it('are answered with what was left out filled in, and announced', async () => {
    expect((await get('cust', `/${id}`)).body.data).toMatchObject({
      id,
      type: 'commercial',
      status: 'active',
      language: 'ar',
      isProtected: false,
      version: 1,
    });
    expect(stack.events('subscriber.created').map((event) => event.aggregateId.S)).toContain(id);
  });

  it.each<[Record<string, string>, number]>([
    [{}, 3],
    [{ type: 'commercial' }, 1],
    [{ routeId: 'R-1' }, 2],
    [{ routeId: 'R-1', type: 'commercial' }, 1],
    [{ accountNumber: 'A-1' }, 1],
    [{ accountNumber: 'A-1', type: 'industrial' }, 0],
    [{ accountNumber: 'nobody' }, 0],
    [{ phone: '+967771234567' }, 1],
    [{ search: 'saleh' }, 3],
    [{ search: 'AHMED S', type: 'industrial' }, 1],
    [{ search: 'صالح احمد' }, 1],
    [{ search: 'صالِــح' }, 1],
    [{ search: 'Nobody' }, 0],
    [{ accountNumber: 'A-1', search: 'saleh' }, 1],
    [{ accountNumber: 'A-1', search: 'Nobody' }, 0],
  ])('are listed by %j: %i', async (query, count) => {
    expect((await get('cust', '', query)).body.data).toHaveLength(count);
  });

  it('that were written before names were kept folded are found as they are written, and as others once they changed', async () => {
    const { searchText: _, ...without } = customerEntity;
    const id = newId('cus');
    const before = { ...createCustomerSchema.parse({ name: 'Zayd', nameAr: 'زيد' }), id, accountNumber: 'A-0' };
    await openSession('cust-before').transact('billing', (unit) =>
      unit.create(without, { ...before, status: 'active' }),
    );
    const found = async (search: string) => (await get('cust-before', '', { search })).body.data.length;
    expect([await found('زيد'), await found('ZAYD')]).toEqual([1, 0]);
    await stack.call('cust-before', handler, 'PUT', `${base}/${id}`, { body: { isProtected: true } });
    expect([await found('زَيد'), await found('ZAYD')]).toEqual([1, 1]);
  });

  it('are paged through without loss', async () => {
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const { body }: { body: any } = await get('cust', '', { limit: '1', ...(cursor ? { cursor } : {}) });
      for (const customer of body.data) seen.add(customer.id);
      cursor = body.pagination.nextCursor;
    } while (cursor !== null);
    expect(seen.size).toBe(3);
  });

  it('change field by field; null removes; an old version is refused', async () => {
    const put = (body: object, version?: string) =>
      stack.call('cust', handler, 'PUT', `${base}/${id}`, {
        body,
        ...(version ? { headers: { 'if-match': version } } : {}),
      });
    expect((await put({ isProtected: true, phone: null })).body.data).toMatchObject({
      isProtected: true,
      type: 'commercial',
    });
    expect((await get('cust', `/${id}`)).body.data.phone).toBeUndefined();
    expect(await put({ name: 'Other' }, '"1"')).toMatchObject({ status: 412 });
    expect((await put({ accountNumber: 'A-2' })).body.data?.accountNumber).not.toBe('A-2');
  });

  it('are at a place or at none: half of one is refused, made or left', async () => {
    const put = (body: object) => stack.call('cust', handler, 'PUT', `${base}/${id}`, { body });
    expect(await add('cust-place', { latitude: 15.3 })).toMatchObject({ status: 422 });
    expect(await put({ longitude: 44.2 })).toMatchObject({ status: 422 });
    expect((await put({ latitude: 15.3, longitude: 44.2 })).status).toBe(200);
    expect((await put({ latitude: null })).status).toBe(422);
    expect((await put({ latitude: 15.4 })).status).toBe(200);
    expect((await put({ latitude: null, longitude: null })).status).toBe(200);
  });

  it('of another tenant do not exist', async () => {
    expect((await get('other', `/${id}`)).status).toBe(404);
    expect((await get('other', `/${id}/meters`)).status).toBe(404);
    expect((await get('other', '', { accountNumber: 'A-1' })).body.data).toEqual([]);
  });

  it.each([
    {},
    { name: '' },
    { name: 'A', phone: '0771234567' },
    { name: 'A', type: 'palace' },
    { name: 'A', email: 'nobody' },
    { name: 'A', latitude: 91 },
    { name: 'A', channels: ['telegram'] },
  ])('are not made of %j', async (body) => {
    const answer = await stack.call('cust', handler, 'POST', base, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });
});
