/** What a customer learns of consumption: the own meter in the own time, and neighbours only as a crowd. */
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { meteredCustomers } from '../test-support/metered-customers.ts';
import { usePortalStack } from '../test-support/portal-stack.ts';
import { handler } from './handler.ts';

const stack = usePortalStack();
const tenant = 'use';
const scene = meteredCustomers(stack, tenant);
const user = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
const get = (n: number, path: string, query: Record<string, string> = {}) =>
  stack.call(tenant, handler, 'GET', `/api/portal/consumption${path}`, {
    query,
    as: { subject: user(n), permissions: ['portal:*'] },
  });
const link = async (customerId: string, n: number) => {
  await stack.addUser(tenant, user(n));
  await stack.call(tenant, customers, 'PUT', `/api/billing/customers/${customerId}/portal-access/${user(n)}`);
};
/** Registers at the edges of May. */
const ofMay = (kwh: number): [string, number][] => [
  ['2026-04-01T00:00', 0],
  ['2026-05-01T00:00', 500],
  ['2026-06-01T00:00', 500 + kwh],
];

beforeAll(async () => stack.addTenant(tenant));

describe('a meter that changed hands', () => {
  it('shows each customer the own days alone', async () => {
    const first = await scene.setUp([
      ['2026-04-01T00:00', 0],
      ['2026-05-01T00:00', 300],
      ['2026-05-16T00:00', 400],
      ['2026-06-01T00:00', 450],
    ]);
    await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${first.supplyId}/end`, {
      body: { to: '2026-05-16' },
    });
    const second = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Second' } }))
      .body.data.id;
    const tariffId = await scene.addTariff('SECOND');
    const moved = await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
      body: { customerId: second, meterId: first.meterId, tariffId, from: '2026-05-16' },
    });
    expect(moved.status).toBe(201);
    await link(first.customerId, 1);
    await link(second, 2);
    const span = { interval: 'day', from: '2026-04-20', to: '2026-06-01' };
    const [mine] = (await get(1, '', span)).body.data;
    expect(mine.buckets.at(-1).end).toBe('2026-05-15T21:00:00.000Z');
    expect(mine.totalKwh).toBe('210');
    const [yours] = (await get(2, '', span)).body.data;
    expect(yours.buckets[0].start).toBe('2026-05-15T21:00:00.000Z');
    expect(yours.totalKwh).toBe('50');
    // Neither the days before nor the year before are a predecessor's.
    expect(yours).toMatchObject({ yearBeforeKwh: null, previousPeriod: { totalKwh: null } });
    // A meter of which nothing is known used an unknown amount, and not none.
    const [later] = (await get(2, '', { interval: 'day', from: '2026-06-20', to: '2026-06-22' })).body.data;
    expect(later).toMatchObject({ buckets: [{ consumptionKwh: null }, { consumptionKwh: null }], totalKwh: null });
    expect((await get(1, '', { interval: 'day', from: '2026-05-16', to: '2026-06-01' })).body.data).toEqual([]);
  });

  it('is asked about in spans of a sensible length', async () => {
    const ask = async (query: Record<string, string>) => (await get(1, '', query)).status;
    expect(await ask({ interval: 'hour', from: '2026-05-01', to: '2026-05-09' })).toBe(422);
    expect(await ask({ interval: 'hour', from: '2026-05-01', to: '2026-05-02' })).toBe(200);
    expect(await ask({ interval: 'minute' })).toBe(400);
    expect(await ask({ from: '2026-06-01', to: '2026-05-01' })).toBe(422);
  });
});

describe('an account with many meters', () => {
  it('is asked about one of them at a time, which must be its own', async () => {
    const { customerId, supplyId, meterId } = await scene.setUp(ofMay(10));
    await link(customerId, 20);
    const tariffId = await scene.addTariff('MANY');
    for (let n = 1; n <= 12; n++) {
      await stack.addMeter(tenant, `MANY-${n}`);
      const body = { customerId, meterId: `MANY-${n}`, tariffId, from: '2026-04-01' };
      await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', { body });
    }
    const may = { interval: 'day', from: '2026-05-01', to: '2026-06-01' };
    expect((await get(20, '', may)).status).toBe(422);
    expect((await get(20, '', { ...may, supplyId })).body.data).toMatchObject([{ meterId, totalKwh: '10' }]);
    expect((await get(1, '', { ...may, supplyId })).status).toBe(404);
  });
});

describe('neighbours', () => {
  const onRoute = async (kwh: number, routeId: string, type = 'residential') =>
    (await scene.setUp(ofMay(kwh), { customer: { routeId, type } })).customerId;

  it('are no average before five others stand for it, of the same type', async () => {
    const own = await onRoute(100, 'R1');
    await link(own, 10);
    for (const kwh of [110, 120, 130, 140]) await onRoute(kwh, 'R1');
    await onRoute(9000, 'R1', 'industrial');
    const few = (await get(10, '/neighbours', { month: '2026-05' })).body.data;
    expect(few).toEqual({ month: '2026-05', ownKwh: '100', neighboursKwh: null, customers: null });
    await onRoute(151, 'R1');
    // The answer of the day stays: who asks often learns no differences.
    expect((await get(10, '/neighbours')).body.data.neighboursKwh).toBeNull();
    stack.advance(86_400_001);
    // (100 + 110 + 120 + 130 + 140 + 151) / 6 = 125.17
    const enough = (await get(10, '/neighbours')).body.data;
    expect(enough).toEqual({ month: '2026-05', ownKwh: '100', neighboursKwh: '125', customers: 6 });
  });

  it('are of the own route alone, and of a month that is over', async () => {
    const alone = await onRoute(70, 'R2');
    await link(alone, 11);
    expect((await get(11, '/neighbours')).body.data).toMatchObject({ ownKwh: '70', neighboursKwh: null });
    expect((await get(11, '/neighbours', { month: '2026-06' })).status).toBe(422);
    expect((await get(11, '/neighbours', { month: '2026-13' })).status).toBe(400);
  });
});
