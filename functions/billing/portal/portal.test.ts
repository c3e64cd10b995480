/** The portal over its handler: customers see their own, and nothing else exists for them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { userEntity } from '../../identity/users/user-entity.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'portal';
const user = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
let own: string;
let other: string;
let foreignInvoice: string;

const as = (n: number) => ({ as: { subject: user(n), permissions: ['portal:*'] } });
const get = (path: string, n = 1, query: Record<string, string> = {}) =>
  stack.call(tenant, handler, 'GET', `/api/portal${path}`, { ...as(n), query });
const access = (method: string, customerId: string, n: number) =>
  stack.call(tenant, customers, method, `/api/billing/customers/${customerId}/portal-access/${user(n)}`);

beforeAll(async () => {
  await stack.addTenant(tenant);
  for (const n of [1, 2, 3])
    await openSession(tenant).transact('identity', (unit) =>
      unit.create(userEntity, {
        id: user(n),
        name: `User ${n}`,
        roles: ['CUSTOMER'],
        workspaces: [],
        status: 'active',
        locale: 'ar',
      }),
    );
  const tariffId = (
    await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', { body: { code: 'T', name: 'T' } })
  ).body.data.id;
  const components = [{ kind: 'energy', code: 'energy', label: { en: 'e', ar: 'ط' }, blocks: [{ rate: '5' }] }];
  await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${tariffId}/versions`, {
    body: { from: '2020-01-01', currency: 'YER', components },
  });
  for (const [i, name] of ['Own', 'Other'].entries()) {
    const id = (
      await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name, nationalId: 'secret-1' } })
    ).body.data.id;
    await stack.addMeter(tenant, `PM-${i}`);
    await stack.read(tenant, `PM-${i}`, [
      ['2025-04-01T00:00', 0],
      ['2025-05-01T00:00', 60],
      ['2026-04-01T00:00', 700],
      ['2026-05-01T00:00', 800],
      ['2026-06-01T00:00', 900],
    ]);
    await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
      body: { customerId: id, meterId: `PM-${i}`, tariffId, from: '2025-04-01' },
    });
    const made = await stack.call(tenant, invoices, 'POST', '/api/billing/invoices/generate', {
      body: { customerId: id, period: { from: '2025-04-01', to: '2026-05-01' } },
    });
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId: id, amount: '1000', method: 'cash' },
    });
    if (i === 0) own = id;
    else {
      other = id;
      foreignInvoice = made.body.data.invoices[0].id;
    }
  }
  await access('PUT', own, 1);
});

describe('a customer', () => {
  it('sees the own record without the utility’s notes, and what is owed', async () => {
    const { body } = await get('/profile');
    expect(body.data).toMatchObject({
      id: own,
      name: 'Own',
      balances: [{ currency: 'YER', balance: '3000.00' }],
      meters: [{ meterId: 'PM-0' }],
    });
    expect(JSON.stringify(body)).not.toContain('secret-1');
  });

  it('sees the own invoices and payments, and nobody else’s', async () => {
    const mine = (await get('/invoices')).body.data;
    expect(mine.map(({ customerId }: any) => customerId)).toEqual([own]);
    expect((await get(`/invoices/${mine[0].id}`)).body.data.totalAmount).toBe('4000.00');
    expect((await get(`/invoices/${foreignInvoice}`)).status).toBe(404);
    expect((await get('/payments')).body.data.map(({ customerId }: any) => customerId)).toEqual([own]);
  });

  it('sees consumption beside the year before', async () => {
    const { body } = await get('/consumption', 1, { interval: 'month', from: '2026-04-01', to: '2026-06-01' });
    expect(body.data).toMatchObject([{ meterId: 'PM-0', totalKwh: '200', yearBeforeKwh: expect.any(String) }]);
    expect(body.data[0].buckets[0]).toMatchObject({ consumptionKwh: '100', yearBeforeKwh: '60' });
    expect((await get('/consumption', 1, { interval: 'day', from: '2020-01-01', to: '2026-01-01' })).status).toBe(422);
  });

  it('changes how to be reached, and not the name or the status', async () => {
    const put = (body: object) => stack.call(tenant, handler, 'PUT', '/api/portal/profile', { ...as(1), body });
    expect((await put({ phone: '+967700000001', channels: ['sms', 'email'] })).body.data).toMatchObject({
      phone: '+967700000001',
      name: 'Own',
    });
    await put({ name: 'Somebody', status: 'closed', isProtected: true });
    expect((await get('/profile')).body.data).toMatchObject({ name: 'Own', status: 'active' });
    expect((await put({ phone: '12' })).status).toBe(400);
  });
});

describe('access', () => {
  it('is nobody’s by itself', async () => {
    for (const path of ['/profile', '/invoices', '/payments', '/consumption'])
      expect((await get(path, 2)).status).toBe(403);
  });

  it('is opened and closed by staff; a user is one customer', async () => {
    expect((await access('PUT', other, 2)).status).toBe(200);
    expect((await access('PUT', other, 2)).status).toBe(200);
    expect((await access('PUT', own, 2)).status).toBe(409);
    expect((await get('/profile', 2)).body.data.id).toBe(other);
    expect((await access('DELETE', own, 2)).status).toBe(404);
    expect((await access('DELETE', other, 2)).status).toBe(204);
    expect((await get('/profile', 2)).status).toBe(403);
    expect((await access('PUT', own, 9)).status).toBe(404);
  });

  it('needs the portal’s permission, and staff’s is not that', async () => {
    expect(
      (
        await stack.call(tenant, handler, 'GET', '/api/portal/profile', {
          as: { subject: user(1), permissions: ['billing:*'] },
        })
      ).status,
    ).toBe(403);
  });
});
