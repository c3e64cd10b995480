/** From readings to an invoice, over the handlers and on real tables. */
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'inv';
const base = '/api/billing/invoices';
const { addTariff, setUp, bill, balance } = meteredCustomers(stack, tenant);
let tariffId: string;
beforeAll(async () => {
  await stack.addTenant(tenant);
  tariffId = await addTariff('RES');
});

const generate = (body: object) => stack.call(tenant, handler, 'POST', `${base}/generate`, { body });
const get = (path: string, query: Record<string, string> = {}) =>
  stack.call(tenant, handler, 'GET', `${base}${path}`, { query });
const pay = (customerId: string, amount: string, more: object = {}) =>
  stack.call(tenant, payments, 'POST', '/api/billing/payments', {
    body: { customerId, amount, method: 'cash', ...more },
  });

describe('an invoice', () => {
  it('follows from readings, explained line by line, and is owed', async () => {
    const { customerId } = await setUp(aprilReadings);
    const { invoices, problems } = await bill(customerId);
    expect(problems).toEqual([]);
    expect(invoices).toHaveLength(1);
    // 300 + 100 × 5 + 50 × 8 = 1200
    expect(invoices[0]).toMatchObject({
      totalAmount: '1200.00',
      dueAmount: '1200.00',
      fixedCharges: '300.00',
      status: 'issued',
      period: april,
      issueDate: '2026-06-15',
      dueDate: '2026-06-29',
      estimated: false,
    });
    expect(invoices[0].bills[0].bill.lines.map(({ formula }: any) => formula)).toEqual([
      '300',
      '100 kWh × 5',
      '50 kWh × 8',
    ]);
    expect(await balance(customerId)).toBe('1200.00');
    const created = stack.events('invoice.created').filter(({ aggregateId }) => aggregateId.S === invoices[0].id);
    expect(created).toHaveLength(1);
    expect((await get(`/${invoices[0].id}`)).body.data.invoiceNumber).toBe(invoices[0].invoiceNumber);
  });

  it('is one, however often and by however many it is made at once', async () => {
    const { customerId } = await setUp(aprilReadings);
    const answers = await Promise.all([1, 2, 3, 4].map(() => generate({ customerId, period: april })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.flatMap(({ body }) => body.data.invoices)).toHaveLength(1);
    const [{ id, invoiceNumber }] = answers.flatMap(({ body }) => body.data.invoices);
    expect(await bill(customerId)).toMatchObject({ invoices: [], existing: [{ id, invoiceNumber, period: april }] });
    // None of another period, nor one that does not stand.
    expect((await bill(customerId, may)).existing).toEqual([]);
    await stack.call(tenant, handler, 'POST', `${base}/${id}/cancel`, { body: { reason: 'Wrong' } });
    expect(await bill(customerId)).toMatchObject({ invoices: [{ totalAmount: '1200.00' }], existing: [] });
    expect(await balance(customerId)).toBe('1200.00');
  });

  it('begins where the last one ended, and counts a register that went on', async () => {
    const { customerId } = await setUp([...aprilReadings, ['2026-06-01T00:00', 1250]]);
    await bill(customerId);
    const { invoices } = await bill(customerId, may);
    expect(invoices[0]).toMatchObject({ period: may, totalAmount: '800.00' });
    expect(await balance(customerId)).toBe('2000.00');
  });

  it('bills the days a customer was there, and the next customer the rest', async () => {
    const { customerId, meterId, supplyId } = await setUp(aprilReadings);
    await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body: { to: '2026-04-16' } });
    const second = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Second' } }))
      .body.data.id;
    await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
      body: { customerId: second, meterId, tariffId, from: '2026-04-16' },
    });
    const [first] = (await bill(customerId)).invoices;
    const [rest] = (await bill(second)).invoices;
    expect([first.bills[0].bill.importKwh, rest.bills[0].bill.importKwh]).toEqual(['75', '75']);
    // 150 for half a month; 50 kWh of the first block and 25 of the second.
    expect([first.totalAmount, rest.totalAmount]).toEqual(['600.00', '600.00']);
    expect((await bill(customerId, may)).invoices).toEqual([]);
  });

  it('follows an exchange of the meter in mid-month', async () => {
    const { customerId, meterId } = await setUp(aprilReadings.slice(0, 11), {
      meter: { initialRegisterKwh: '1000', installedAt: '2026-03-31T21:00:00Z' },
    });
    const { handler: meters } = await import('../../metering/meters/handler.ts');
    const exchange = await stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, {
      as: { permissions: ['metering:*'] },
      body: {
        at: '2026-04-11T00:00:00+03:00',
        finalRegisterKwh: '1052',
        newSerialNumber: `NEW-${meterId}`,
        newInitialRegisterKwh: '7',
      },
    });
    expect(exchange.status).toBe(200);
    await stack.read(tenant, meterId, [['2026-05-01T00:00', 107]]);
    const { invoices } = await bill(customerId);
    expect(invoices[0].bills[0].bill.importKwh).toBe('152');
  });

  it('prices hours where the tariff does', async () => {
    const peak = {
      defaultBucket: 'off',
      windows: [
        {
          bucket: 'peak',
          days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'],
          from: '18:00',
          to: '21:00',
        },
      ],
    };
    const prices = ['peak', 'off'].map((bucket) => ({
      kind: 'energy',
      code: bucket,
      label: label(bucket),
      bucket,
      blocks: [{ rate: bucket === 'peak' ? '10' : '4' }],
    }));
    const tariff = await addTariff('TOU', prices, { timeOfUse: peak });
    const { customerId } = await setUp(
      [
        ['2026-04-01T00:00', 0],
        ['2026-04-01T18:00', 0],
        ['2026-04-01T21:00', 6],
        ['2026-04-02T00:00', 8],
        ['2026-05-01T00:00', 8],
      ],
      { tariff },
    );
    const { invoices } = await bill(customerId);
    expect(invoices[0]).toMatchObject({ totalAmount: '68.00' });
  });
});

describe('what cannot be billed', () => {
  it('is said with the reason, and billed once the readings are there', async () => {
    const { customerId, meterId } = await setUp([]);
    expect(await bill(customerId)).toMatchObject({ invoices: [], problems: [{ meterId, reason: 'no_readings' }] });
    await stack.read(tenant, meterId, aprilReadings);
    expect((await bill(customerId)).invoices).toHaveLength(1);
  });

  it('is estimated by earlier bills where that is allowed, marked, and put right by the next reading', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    await bill(customerId);
    expect((await bill(customerId, may)).problems[0].reason).toBe('no_readings');
    const [estimated] = (await bill(customerId, may, { mayEstimate: true })).invoices;
    // 5 kWh a day for 31 days.
    expect(estimated).toMatchObject({ estimated: true, bills: [{ estimatedKwh: '155' }] });
    await stack.read(tenant, meterId, [['2026-06-01T00:00', 1290]]);
    const path = `/api/billing/customers/${customerId}`;
    expect((await stack.call(tenant, customers, 'PUT', path, { body: { type: 'commercial' } })).status).toBe(200);
    const { body } = await stack.call(tenant, handler, 'POST', `${base}/${estimated.id}/rebill`, { body: {} });
    // 140 kWh were used: 15 × 8 less.
    expect(body.data.note).toMatchObject({
      kind: 'difference_note',
      totalAmount: '-120.00',
      corrects: estimated.id,
      estimated: false,
    });
    // What it takes back was sold to a customer of the type he was then.
    const events = stack.events('invoice.created').map(({ payload }) => JSON.parse(payload.S));
    expect(events.findLast(({ invoiceId }) => invoiceId === body.data.note.id)).toMatchObject({
      customerType: 'residential',
    });
    expect(
      (await stack.call(tenant, handler, 'POST', `${base}/${estimated.id}/rebill`, { body: {} })).body.data.note,
    ).toBeNull();
    expect(await balance(customerId)).toBe('2320.00');
  });

  it('is a stretch longer than a bill, until it is billed in parts', async () => {
    const { customerId } = await setUp(
      [
        ['2024-12-01T00:00', 0],
        ['2026-01-01T00:00', 3960],
        ['2026-05-01T00:00', 5160],
      ],
      { from: '2024-12-01' },
    );
    expect((await bill(customerId)).problems).toMatchObject([
      { reason: 'not_priced', details: [expect.stringContaining('516 days')] },
    ]);
    const first = { from: '2025-01-01', to: '2026-01-01' };
    expect((await bill(customerId, first, { mayEstimate: true })).invoices).toMatchObject([
      { period: { from: '2024-12-01', to: '2026-01-01' } },
    ]);
    expect((await bill(customerId, april, { mayEstimate: true })).invoices).toHaveLength(1);
  });

  it('cannot be estimated without history', async () => {
    const { customerId } = await setUp([]);
    expect((await bill(customerId, april, { mayEstimate: true })).problems[0].reason).toBe('estimation_impossible');
  });

  it.each<[string, object]>([
    ['an issue before the days are over', { period: april, issueDate: '2026-04-30' }],
    ['an issue in the future', { period: april, issueDate: '2026-06-16' }],
    ['a period that has not passed', { period: { from: '2026-06-01', to: '2026-07-01' } }],
    ['a period without days', { period: { from: '2026-04-01', to: '2026-04-01' } }],
    ['a customer and a route', { period: april, routeId: 'R', customerId: `cus_${'0'.repeat(26)}` }],
  ])('is %s', async (_, body) => {
    expect(await generate(body)).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
  });
});

describe('cancelling', () => {
  it('gives the amount back, keeps what was paid as an advance, and lets the days be billed again', async () => {
    const { customerId } = await setUp(aprilReadings);
    const [invoice] = (await bill(customerId)).invoices;
    await pay(customerId, '500');
    const cancel = () =>
      stack.call(tenant, handler, 'POST', `${base}/${invoice.id}/cancel`, { body: { reason: 'Wrong tariff' } });
    const outcomes = await Promise.all([cancel(), cancel()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await balance(customerId)).toBe('-500.00');
    const [again] = (await bill(customerId)).invoices;
    expect(again.id).not.toBe(invoice.id);
    expect(again.invoiceNumber).toBe(`${invoice.invoiceNumber}-R1`);
    expect(again).toMatchObject({
      totalAmount: '1200.00',
      paidAmount: '500.00',
      dueAmount: '700.00',
      status: 'partially_paid',
    });
    expect(await balance(customerId)).toBe('700.00');
    expect(stack.events('invoice.cancelled').filter(({ aggregateId }) => aggregateId.S === invoice.id)).toHaveLength(1);
  });

  it('of an invoice in the middle is refused', async () => {
    const { customerId } = await setUp([...aprilReadings, ['2026-06-01T00:00', 1250]]);
    const [first] = (await bill(customerId)).invoices;
    await bill(customerId, may);
    expect(
      await stack.call(tenant, handler, 'POST', `${base}/${first.id}/cancel`, { body: { reason: 'x' } }),
    ).toMatchObject({ status: 409 });
  });
});

describe('lists', () => {
  it('hold what is owed until it is paid, the longest due first', async () => {
    const { customerId } = await setUp([...aprilReadings, ['2026-06-01T00:00', 1250]]);
    await bill(customerId, april, { issueDate: '2026-05-02' });
    await bill(customerId, may, { issueDate: '2026-06-02' });
    const numbers = async (path: string) =>
      (await get(path, { customerId })).body.data.map(({ issueDate }: any) => issueDate);
    expect(await numbers('/unpaid')).toEqual(['2026-05-02', '2026-06-02']);
    expect(await numbers('/overdue')).toEqual(['2026-05-02']);
    await pay(customerId, '1200');
    expect(await numbers('/unpaid')).toEqual(['2026-06-02']);
    expect((await get('', { customerId })).body.data).toHaveLength(2);
    expect((await get('', { status: 'paid', from: '2026-05-02', to: '2026-05-02' })).body.data.length).toBeGreaterThan(
      0,
    );
  });

  it('of another tenant are empty, and its invoices do not exist', async () => {
    const { customerId } = await setUp(aprilReadings);
    const [{ id }] = (await bill(customerId)).invoices;
    await stack.addTenant('foreign');
    const foreign = (method: string, path: string, body?: object) =>
      stack.call('foreign', handler, method, `${base}${path}`, body ? { body } : {});
    expect((await foreign('GET', '')).body.data).toEqual([]);
    expect((await foreign('GET', `/${id}`)).status).toBe(404);
    expect((await foreign('POST', `/${id}/cancel`, { reason: 'x' })).status).toBe(404);
    expect((await foreign('POST', `/${id}/rebill`, {})).status).toBe(404);
    expect((await foreign('POST', '/generate', { customerId, period: april })).status).toBe(404);
  });
});
