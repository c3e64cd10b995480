/** Terms energy is sold on: limits, free units, debt in instalments; taking tokens back; tokens for engineers. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { handler as meters } from './meter-handler.ts';
import { handler as terms } from './terms-handler.ts';
import { handler as vends } from './vend-handler.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'terms';
const scene = usePrepaidScene(tenant);
const base = '/api/billing/prepaid/terms';
const set = (body: object) => scene.stack.call(tenant, terms, 'PUT', `${base}/settings`, { body });
const get = async (id: string) =>
  (await scene.stack.call(tenant, vends, 'GET', `/api/billing/prepaid/vends/${id}`)).body.data;
const second = { as: { subject: 'usr_2', name: 'second' } };
let serial = 1;

afterEach(() => set({}));

/** Each due a day after the one before. */
const owe = (customerId: string, amount: string): Promise<Invoice> =>
  oweInvoice(tenant, customerId, amount, { dueDate: `2026-06-${String(serial++).padStart(2, '0')}` });

describe('limits', () => {
  it('hold for one purchase, a day and a month, and say what is still possible', async () => {
    await set({ minimumAmount: '500', maximumAmount: '2000', dailyLimit: '3000', monthlyLimit: '4500' });
    const { supplyId } = await scene.addSupply();
    expect((await scene.buy(supplyId, '499')).body.detail).toMatch(/at least 500/);
    expect((await scene.buy(supplyId, '2000.01')).body.detail).toMatch(/at most 2000/);
    expect((await scene.buy(supplyId, '2000')).status).toBe(201);
    expect((await scene.buy(supplyId, '1001')).body.detail).toMatch(/1000\.00 YER can still be bought today/);
    expect((await scene.buy(supplyId, '1000')).status).toBe(201);
    scene.stack.advance(24 * 3_600_000);
    expect((await scene.buy(supplyId, '1501')).body.detail).toMatch(/1500\.00 YER can still be bought this month/);
    scene.stack.advance(16 * 24 * 3_600_000);
    // July: the blocks begin anew, and its charge is due.
    expect((await scene.buy(supplyId, '2000')).body.data.parts).toMatchObject({ fixedAmount: '300.00' });
    scene.stack.advance(-17 * 24 * 3_600_000);
  });

  it('turn money that came by itself into an advance', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { handler: payments } = await import('../payments/handler.ts');
    await set({ maximumAmount: '2000' });
    await scene.stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount: '2500', method: 'bank_transfer', purpose: 'prepaid', supplyId },
    });
    await scene.deliverPayments(2);
    await scene.workOff(0, 2);
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '-2500.00', advance: '2500.00' });
  });
});

it('money that came by a gateway makes its token once, however often it is told', async () => {
  const { supplyId, customerId, meterNumber } = await scene.addSupply();
  const { handler: payments } = await import('../payments/handler.ts');
  await scene.stack.call(tenant, payments, 'POST', '/api/billing/payments', {
    body: { customerId, amount: '2500', method: 'gateway', externalReference: 'G-1', purpose: 'prepaid', supplyId },
  });
  await scene.deliverPayments(3);
  await scene.workOff(60, 3);
  expect(scene.tokens().filter(({ meter_number }) => meter_number === meterNumber)).toHaveLength(1);
  const { body } = await scene.stack.call(tenant, vends, 'GET', '/api/billing/prepaid/vends', {
    query: { customerId },
  });
  expect(body.data).toMatchObject([{ status: 'vended', parts: { amount: '2500.00' } }]);
});

it('free units are given once a month: with a purchase, or alone', async () => {
  await set({ freeBasicKwh: '20', freeBasicFor: ['residential'] });
  const { supplyId } = await scene.addSupply();
  expect((await scene.buy(supplyId, '1000')).body.data.parts).toMatchObject({
    boughtKwh: '26.0',
    freeKwh: '20.0',
    energyKwh: '46.0',
  });
  expect((await scene.buy(supplyId, '1000')).body.data.parts).toMatchObject({ freeKwh: '0.0' });
  expect(await scene.post('/free-units', { supplyId })).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('no free units') },
  });
  const other = await scene.addSupply();
  const answers = await Promise.all([1, 2].map(() => scene.post('/free-units', { supplyId: other.supplyId })));
  await scene.workOff(60);
  const made = scene.tokens().filter(({ meter_number }) => meter_number === other.meterNumber);
  expect([made.length, ...answers.map(({ status }) => status)]).toEqual([1, 201, 201]);
  expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
  const shop = await scene.addSupply({}, { type: 'commercial' });
  expect((await scene.post('/free-units', { supplyId: shop.supplyId })).status).toBe(422);
});

describe('debt', () => {
  it('is paid in instalments by purchases, at least so much a month, until the agreed sum is reached', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const debt = await owe(customerId, '1000.00');
    const agree = (more: object) =>
      scene.stack.call(tenant, terms, 'POST', `${base}/arrears-agreements`, {
        body: {
          customerId,
          amount: '900',
          instalment: { type: 'share', percent: '20' },
          monthlyMinimum: '400',
          ...more,
        },
      });
    const { id } = (await agree({})).body.data;
    expect((await agree({})).status).toBe(409);
    // 20 % of 1000 is 200, but the month's minimum is 400.
    expect((await scene.buy(supplyId, '1000')).body.data.parts).toMatchObject({ arrearsAmount: '400.00' });
    expect(await scene.balance(customerId)).toMatchObject({ balance: '600.00', advance: '0.00' });
    expect((await scene.buy(supplyId, '1000')).body.data.parts).toMatchObject({ arrearsAmount: '200.00' });
    // 20 % of 2000 is 400, but 300 are left of the agreement.
    expect((await scene.buy(supplyId, '2000')).body.data.parts).toMatchObject({ arrearsAmount: '300.00' });
    expect((await scene.buy(supplyId, '1000')).body.data.parts).toMatchObject({ arrearsAmount: '0.00' });
    const agreement = await scene.stack.call(tenant, terms, 'GET', `${base}/arrears-agreements/${id}`);
    expect(agreement.body.data).toMatchObject({ status: 'fulfilled', recoveredAmount: '900.00' });
    const invoice = await scene.stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${debt.id}`);
    expect(invoice.body.data).toMatchObject({ status: 'partially_paid', dueAmount: '100.00' });
    expect((await agree({ amount: '100' })).status).toBe(201);
    expect((await scene.stack.call('other', terms, 'GET', `${base}/arrears-agreements/${id}`)).status).toBe(404);
  });

  it('that was taken stays paid when the token fails, and the rest is an advance', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    await owe(customerId, '500.00');
    await scene.stack.call(tenant, terms, 'POST', `${base}/arrears-agreements`, {
      body: { customerId, amount: '500', instalment: { type: 'fixed', amount: '150' } },
    });
    scene.provider.providers.setMode('sts', { mode: 'reject', times: 1, method: 'POST' });
    expect((await scene.buy(supplyId, '1000')).body.data).toMatchObject({
      status: 'failed',
      parts: { arrearsAmount: '150.00' },
    });
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '-500.00', advance: '850.00' });
  });
});

describe('a token taken back', () => {
  it('makes the money the customer’s advance, and the month what it was before', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const later = () => scene.stack.advance(1000);
    const first = (await scene.buy(supplyId, '3000')).body.data;
    later();
    const last = (await scene.buy(supplyId, '1000')).body.data;
    later();
    const reverse = (id: string) => scene.post(`/${id}/reversal`, { reason: 'Wrong meter' });
    expect((await reverse(first.id)).status).toBe(409);
    expect((await reverse(last.id)).body.data.status).toBe('reversed');
    expect((await reverse(last.id)).status).toBe(409);
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '-1000.00', advance: '1000.00' });
    expect(JSON.parse(scene.stack.events('prepaid.reversed').at(-1).payload.S)).toMatchObject({
      returnedAmount: '1000.00',
      chargedAmount: last.parts.chargedAmount,
    });
    later();
    // The same again buys the same again.
    expect((await scene.buy(supplyId, '1000')).body.data.parts).toEqual(last.parts);
    const statement = await scene.stack.call(
      tenant,
      customers,
      'GET',
      `/api/billing/customers/${customerId}/statement`,
    );
    const { entries, closing } = statement.body.data;
    const sold = ['prepaid_payment', 'prepaid_sale'];
    expect(entries.map(({ type }: any) => type)).toEqual([...sold, ...sold, 'prepaid_reversal', ...sold]);
    expect(closing).toBe('-1000.00');
  });

  it('stays good when the vendor refuses, and waits when the vendor does not answer', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { id } = (await scene.buy(supplyId, '1000')).body.data;
    scene.provider.providers.setMode('sts', { mode: 'reject', times: 1, method: 'POST' });
    expect((await scene.post(`/${id}/reversal`, { reason: 'x' })).body.data).toMatchObject({ status: 'vended' });
    scene.provider.providers.setMode('sts', { mode: 'lose_answer', times: 1, method: 'POST' });
    expect((await scene.post(`/${id}/reversal`, { reason: 'x' })).body.data.status).toBe('reversing');
    expect((await scene.buy(supplyId, '1000')).body.data.status).toBe('requested');
    await scene.workOff(600, 2);
    expect((await get(id)).status).toBe('reversed');
    expect(await scene.balance(customerId)).toMatchObject({ advance: '1000.00' });
  });
});

describe('an engineering token', () => {
  it('is agreed to by a second person where the settings say so', async () => {
    const { meterId, meterNumber } = await scene.addSupply();
    const body = { kind: 'clear_credit', meterId, reason: 'Moved out' };
    const { id, status } = (await scene.post('/engineering', body)).body.data;
    expect(status).toBe('awaiting_approval');
    expect((await scene.post(`/${id}/approve`)).status).toBe(403);
    expect((await scene.post(`/${id}/approve`, undefined, second)).body.data).toMatchObject({
      status: 'vended',
      tokens: [expect.stringMatching(/^(\d{4} ){4}\d{4}$/)],
    });
    expect((await scene.post(`/${id}/approve`, undefined, second)).status).toBe(409);
    const rejected = (await scene.post('/engineering', body)).body.data;
    expect((await scene.post(`/${rejected.id}/reject`, { reason: 'No' })).body.data.status).toBe('rejected');
    expect(scene.tokens().filter(({ meter_number }) => meter_number === meterNumber)).toMatchObject([
      { kind: 'clear-credit' },
    ]);
  });

  it('sets a power limit, clears tampering, tests, and changes the key with two tokens', async () => {
    await set({ approvalFor: [] });
    const { meterId } = await scene.addSupply();
    const ask = async (body: object) =>
      (await scene.post('/engineering', { meterId, reason: 'Service', ...body })).body.data;
    expect(await ask({ kind: 'power_limit', limitW: 5000 })).toMatchObject({ status: 'vended' });
    expect(await ask({ kind: 'clear_tamper' })).toMatchObject({ status: 'vended' });
    expect(await ask({ kind: 'test', test: 1 })).toMatchObject({ status: 'vended' });
    const key = { supplyGroupCode: '600999', keyRevision: 2, tariffIndex: '02', baseDate: 2014 };
    expect((await ask({ kind: 'key_change', ...key })).tokens).toHaveLength(2);
    const meter = async () =>
      (await scene.stack.call(tenant, meters, 'GET', `/api/billing/prepaid/meters/${meterId}`)).body.data;
    expect(await meter()).toMatchObject({ powerLimitW: 5000, baseDate: 2014, pendingKey: key });
    const confirm = await scene.stack.call(
      tenant,
      meters,
      'POST',
      `/api/billing/prepaid/meters/${meterId}/confirm-key`,
      {
        body: { by: 'customer' },
      },
    );
    expect(confirm.body.data).toMatchObject(key);
    expect((await meter()).pendingKey).toBeUndefined();
  });
});

it('a meter number is checked, and belongs to one meter', async () => {
  const put = (meterId: string, meterNumber: string) =>
    scene.stack.call(tenant, meters, 'PUT', `/api/billing/prepaid/meters/${meterId}`, {
      body: { meterNumber, supplyGroupCode: '600123', keyRevision: 1 },
    });
  await scene.stack.addMeter(tenant, 'NEW-1');
  await scene.stack.addMeter(tenant, 'NEW-2');
  expect((await put('NEW-1', '01234567890')).status).toBe(400);
  expect((await put('NEW-1', '01234567897')).body.data).toMatchObject({ baseDate: 2014, tariffIndex: '01' });
  expect((await put('NEW-2', '01234567897')).status).toBe(409);
  expect((await put('NEW-1', '0001234567897')).status).toBe(200);
  expect((await put('NEW-2', '01234567897')).status).toBe(200);
  expect((await put('NO-METER', '01234567897')).status).toBe(404);
});
