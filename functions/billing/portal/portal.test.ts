/** The portal over its handler: customers see their own, and nothing else exists for them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { usePortalStack } from '../test-support/portal-stack.ts';
import { handler } from './handler.ts';

const stack = usePortalStack();
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
  const proven = { phone: '+967700000001', phoneVerifiedAt: '2026-01-01T00:00:00.000Z', email: 'one@x.example' };
  for (const n of [1, 2, 3]) await stack.addUser(tenant, user(n), n === 1 ? proven : {});
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

  it('gets invoices and receipts as PDF, in the language of choice', async () => {
    const [invoice] = (await get('/invoices')).body.data;
    const [payment] = (await get('/payments')).body.data;
    for (const path of [`/invoices/${invoice.id}/pdf`, `/payments/${payment.id}/receipt`]) {
      const { url, filename } = (await get(path, 1, { language: 'en' })).body.data;
      expect(filename).toMatch(/-en\.pdf$/);
      expect((await (await fetch(url)).text()).slice(0, 5)).toBe('%PDF-');
    }
    expect((await get(`/invoices/${foreignInvoice}/pdf`)).status).toBe(404);
  });

  it('gets the own statement, to read and as PDF', async () => {
    const statement = (await get('/statement', 1, { from: '2026-01-01', to: '2027-01-01' })).body.data;
    expect(statement.closing).toBe('3000.00');
    expect(statement.entries.map(({ type }: any) => type)).toEqual(['invoice', 'payment']);
    const { url } = (await get('/statement/pdf', 1, { language: 'en' })).body.data;
    expect((await (await fetch(url)).text()).slice(0, 5)).toBe('%PDF-');
    for (const path of ['/statement', '/statement/pdf'])
      expect((await get(path, 1, { from: '2026-02-01', to: '2026-01-01' })).status).toBe(422);
    expect((await get('/statement', 1, { currency: 'XXX' })).status).toBe(400);
  });

  it('sees consumption beside the year before', async () => {
    const { body } = await get('/consumption', 1, { interval: 'month', from: '2026-04-01', to: '2026-06-01' });
    expect(body.data).toMatchObject([{ meterId: 'PM-0', totalKwh: '200', yearBeforeKwh: expect.any(String) }]);
    expect(body.data[0].buckets[0]).toMatchObject({ consumptionKwh: '100', yearBeforeKwh: '60' });
    expect((await get('/consumption', 1, { interval: 'day', from: '2020-01-01', to: '2026-01-01' })).status).toBe(422);
    const may = { interval: 'day', from: '2026-05-01', to: '2026-05-31' };
    const days = (await get('/consumption', 1, may)).body.data[0];
    expect(days.previousPeriod).toMatchObject({ from: '2026-04-01', to: '2026-05-01', totalKwh: '100' });
    const hours = (await get('/consumption', 1, { interval: 'hour', from: '2026-05-02', to: '2026-05-03' })).body
      .data[0];
    expect(hours.buckets).toHaveLength(24);
    const early = (await get('/consumption', 1, { interval: 'day', from: '2025-04-10', to: '2025-04-30' })).body
      .data[0];
    expect(early.previousPeriod.totalKwh).toBeNull();
  });

  it('changes how to be reached, and not the name or the status', async () => {
    const put = (body: object) => stack.call(tenant, handler, 'PUT', '/api/portal/profile', { ...as(1), body });
    expect((await put({ phone: '+967700000001', channels: ['sms', 'email'] })).body.data).toMatchObject({
      phone: '+967700000001',
      name: 'Own',
    });
    const both = await Promise.all([put({ language: 'en' }), put({ channels: ['sms'] })]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect((await get('/profile')).body.data).toMatchObject({ language: 'en', channels: ['sms'] });
    await put({ name: 'Somebody', status: 'closed', isProtected: true });
    expect((await get('/profile')).body.data).toMatchObject({ name: 'Own', status: 'active' });
    expect((await put({ phone: '12' })).status).toBe(400);
    const stale = await stack.call(tenant, handler, 'PUT', '/api/portal/profile', {
      ...as(1),
      body: { language: 'en' },
      headers: { 'if-match': '"1"' },
    });
    expect(stale.status).toBe(412);
  });

  it('gives no phone or e-mail that is not proven to be the own', async () => {
    const put = (body: object) => stack.call(tenant, handler, 'PUT', '/api/portal/profile', { ...as(1), body });
    expect((await put({ phone: '+967700000009' })).status).toBe(422);
    expect((await put({ email: 'one@x.example' })).status).toBe(422);
    expect((await put({ phone: '+967700000001', language: 'en' })).status).toBe(200);
  });

  it('chooses channels, and which messages not to get', async () => {
    const path = '/api/portal/notifications';
    const body = { channels: ['sms'], refusedChannels: ['whatsapp'], refusedMessages: ['statement_issued'] };
    const put = await stack.call(tenant, handler, 'PUT', path, { ...as(1), body });
    expect(put.body.data).toMatchObject(body);
    expect((await get('/notifications')).body.data).toEqual(put.body.data);
    const wrong = await stack.call(tenant, handler, 'PUT', path, { ...as(1), body: { refusedMessages: ['invoice'] } });
    expect(wrong.status).toBe(400);
  });

  it('registers devices, the same one once, and never reads the token again', async () => {
    const post = (token: string) =>
      stack.call(tenant, handler, 'POST', '/api/portal/devices', { ...as(1), body: { token, platform: 'android' } });
    const token = 'fcm-token-0123456789abcdef';
    const { id } = (await post(token)).body.data;
    expect((await post(token)).body.data.id).toBe(id);
    const listed = await get('/devices');
    expect(listed.body.data).toHaveLength(1);
    expect(listed.text).not.toContain(token);
    expect((await get('/devices', 2)).body.data).toEqual([]);
    const remove = (n: number) => stack.call(tenant, handler, 'DELETE', `/api/portal/devices/${id}`, as(n));
    expect((await remove(2)).status).toBe(404);
    expect((await remove(1)).status).toBe(204);
    expect((await post('short')).status).toBe(400);
  });
});

describe('access', () => {
  it('is nobody’s by itself', async () => {
    for (const path of ['/profile', '/invoices', '/payments', '/consumption'])
      expect((await get(path, 2)).status).toBe(403);
  });

  it('is opened and closed by staff; a user may be several customers', async () => {
    expect((await access('PUT', other, 2)).status).toBe(200);
    expect((await access('PUT', other, 2)).status).toBe(200);
    expect((await get('/profile', 2)).body.data.id).toBe(other);
    stack.advance(1000);
    expect((await access('PUT', own, 2)).status).toBe(200);
    const accounts = (await get('/accounts', 2)).body.data;
    expect(accounts.map(({ customerId, isDefault }: any) => [customerId, isDefault])).toEqual([
      [other, true],
      [own, false],
    ]);
    expect((await get('/profile', 2)).body.data.id).toBe(other);
    expect((await get('/profile', 2, { account: accounts[1].accountNumber })).body.data.id).toBe(own);
    expect((await get('/profile', 1, { account: accounts[0].accountNumber })).status).toBe(404);
    expect((await get('/profile', 1, { account: 'unknown' })).status).toBe(404);
    const users = await stack.call(tenant, customers, 'GET', `/api/billing/customers/${own}/portal-access`);
    expect(users.body.data.map(({ userId }: any) => userId)).toEqual([user(1), user(2)]);
    expect((await access('DELETE', own, 2)).status).toBe(204);
    expect((await access('DELETE', other, 2)).status).toBe(204);
    expect((await access('DELETE', other, 2)).status).toBe(404);
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
