/** Reports on money that comes, goes and comes back, at the edges of months, in two currencies, and with workers that die. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { cashierSessionEntity } from '../cashier-sessions/cashier-session-entity.ts';
import type { CashierSession } from '../cashier-sessions/cashier-session-schema.ts';
import { customerEntity, customerShards } from '../customers/customer-entity.ts';
import { type Customer, createCustomerSchema } from '../customers/customer-schema.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { type CrashingWorker, crashingWorker } from '../test-support/crash-everywhere.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { countPage } from './count-page.ts';
import { handler as reports } from './handler.ts';
import type { ReportMessage } from './start-report.ts';

const tenant = 'collections';
const scene = usePrepaidScene(tenant);
const { stack } = scene;
const call = (method: string, path = '', body?: object) =>
  stack.call(tenant, reports, method, `/api/billing/reports${path}`, body === undefined ? {} : { body });
const read = async (id: string) => (await call('GET', `/${id}`)).body.data;
const work = () => stack.workOff('billing-reports', (body) => countPage(JSON.parse(body) as ReportMessage));
const run = async (body: object) => {
  const { id } = (await call('POST', '', body)).body.data;
  await work();
  return read(id);
};
const may = { from: '2026-05-01', to: '2026-05-31' };
const june = { from: '2026-06-01', to: '2026-06-30' };
const all = (rows: any[], currency = 'YER') =>
  rows.find((row) => row.currency === currency && (row.customerType ?? row.method) === 'all');
let serial = 0;

async function addCustomer(more: Partial<Customer> = {}): Promise<string> {
  const id = more.id ?? newId('cus');
  await openSession(tenant).transact('billing', (unit) => {
    const own = { id, accountNumber: `A${++serial}`, status: 'active' as const, ...more };
    unit.create(customerEntity, { ...createCustomerSchema.parse({ name: id }), ...own });
  });
  return id;
}
const pay = async (customerId: string, amount: string, more: object = {}) => {
  const body = { customerId, amount, method: 'cash', ...more };
  const answer = await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.data.id as string;
};
/** Who took a payment, as tills and the field write it. */
const tookIt = async (id: string, how: Partial<Payment>) => {
  const session = openSession(tenant);
  const payment = await session.require(paymentEntity, { id });
  await session.transact('billing', (unit) => unit.update(paymentEntity, payment, how));
};
const openTill = async (cashierId: string): Promise<string> => {
  const id = newId('csh');
  await openSession(tenant).transact('billing', (unit) =>
    unit.create(cashierSessionEntity, { id, cashierId, status: 'open' } as CashierSession),
  );
  return id;
};
const post = async (handler: typeof payments, path: string, body: object) =>
  expect((await stack.call(tenant, handler, 'POST', path, { body })).status).toBe(200);

describe('money at the edges', () => {
  beforeAll(async () => {
    const shop = await addCustomer({ routeId: 'R-1', type: 'commercial', address: { region: 'عدن / المعلا' } });
    // Issued in May, taken back today, in June.
    const wrong = await oweInvoice(tenant, shop, '70.00', { issueDate: '2026-05-20' });
    await oweInvoice(tenant, shop, '100.00', { issueDate: '2026-05-31' });
    await post(invoices, `/api/billing/invoices/${wrong.id}/cancel`, { reason: 'wrong' });
    // Half past midnight of 1 June in Aden, and half past eleven of 31 May.
    const late = await pay(shop, '40.00', { receivedAt: '2026-05-31T21:30:00Z' });
    await pay(shop, '10.00', { receivedAt: '2026-05-31T20:30:00Z', method: 'card' });
    const deposit = await pay(shop, '55.00', { method: 'cheque', purpose: 'deposit' });
    await tookIt(late, { cashierSessionId: await openTill('usr_till') });
    await tookIt(deposit, { externalReference: 'field-usr_walker-op-1' });
    const bounced = await pay(shop, '30.00', { receivedAt: '2026-05-15T09:00:00Z', method: 'cheque' });
    await post(payments, `/api/billing/payments/${bounced}/reverse`, { reason: 'bounced' });
    const abroad = await addCustomer();
    await oweInvoice(tenant, abroad, '8.00', { issueDate: '2026-05-31', currency: 'USD' });
    await pay(abroad, '12.50', { currency: 'USD', receivedAt: '2026-06-01T09:00:00Z' });
    // A token of 1000 that is taken back: the money is an advance.
    const { supplyId } = await scene.addSupply();
    const { body } = await scene.buy(supplyId, '1000');
    expect((await scene.post(`/${body.data.id}/reversal`, { reason: 'wrong meter' })).status).toBeLessThan(300);
  });

  it.each(['collections', 'collection_rate', 'billing_summary'])(
    'of all days there are come to an end: %s',
    async (kind) => {
      const years = await run({ kind, from: '2020-01-01', to: '2030-12-31' });
      for (const from of ['0001-01-01', '1969-12-31']) {
        const ever = await run({ kind, from, to: '9999-12-31' });
        expect(ever).toMatchObject({ status: 'completed', result: years.result });
      }
      expect(await run({ kind, from: '9999-12-31', to: '9999-12-31' })).toMatchObject({ status: 'completed' });
    },
  );

  it('count in the month of the tenant’s own day, each currency by itself', async () => {
    const first = await run({ kind: 'collection_rate', ...may });
    expect(all(first.result)).toMatchObject({
      billedAmount: '170.00',
      receivedAmount: '40.00', // 10 and the cheque
      returnedAmount: '0.00',
      ratePercent: '23.52',
    });
    expect(all(first.result, 'USD')).toMatchObject({ billedAmount: '8.00', collectedAmount: '0.00' });
    const second = await run({ kind: 'collection_rate', ...june });
    expect(all(second.result)).toMatchObject({
      invoicedAmount: '0.00',
      creditNoteAmount: '70.00',
      billedAmount: '-70.00',
      receivedAmount: '1040.00', // 40, and what the token gave back
      fromPrepaidAmount: '1000.00',
      returnedAmount: '30.00',
      ratePercent: null,
    });
    expect(all(second.result, 'USD')).toMatchObject({ billedAmount: '0.00', collectedAmount: '12.50' });
  });

  it('add up from one month’s balance to the next, and to the ages', async () => {
    const [first, second, ages] = [
      await run({ kind: 'billing_summary', ...may }),
      await run({ kind: 'billing_summary', ...june }),
      await run({ kind: 'ageing', asOf: june.to }),
    ];
    for (const currency of ['YER', 'USD']) {
      expect(all(second.result, currency).openingBalance).toBe(all(first.result, currency).closingBalance);
      expect(all(ages.result, currency).balance).toBe(all(second.result, currency).closingBalance);
    }
    expect(all(ages.result, 'USD').balance).toBe('-4.50');
    // 170 - 70 - 40 - 10 of the shop; the cheque came and went; 1000 are the advance of who gave the token back.
    expect(all(ages.result).balance).toBe('-950.00');
  });

  it('by route, region or cashier are the same money, and who is in none has a row', async () => {
    const byRoute = await run({ kind: 'collections', by: 'route', ...june });
    expect(byRoute.result).toMatchObject([
      { currency: 'USD', routeId: null, receivedAmount: '12.50' },
      { currency: 'USD', routeId: 'all' },
      { currency: 'YER', routeId: 'R-1', receivedAmount: '95.00' },
      { currency: 'YER', routeId: null, receivedAmount: '1000.00' },
      { currency: 'YER', routeId: 'all', receivedAmount: '1095.00' },
    ]);
    const rates = await run({ kind: 'collection_rate', by: 'region', ...may });
    expect(rates.result.filter(({ currency }: any) => currency === 'YER')).toMatchObject([
      { region: 'عدن / المعلا', billedAmount: '170.00', ratePercent: '23.52' },
      { region: 'all', billedAmount: '170.00' },
    ]);
    const byCashier = await run({ kind: 'collections', by: 'cashier', ...june });
    expect(byCashier.result.slice(2)).toMatchObject([
      { cashierId: 'usr_till', receivedAmount: '40.00' },
      { cashierId: 'usr_walker', receivedAmount: '55.00' },
      { cashierId: null, receivedAmount: '1000.00' },
      { cashierId: 'all', payments: 3 },
    ]);
    // Nobody says at a till that another one collected it.
    const [{ customerId }] = (await stack.call(tenant, payments, 'GET', '/api/billing/payments')).body.data;
    const forged = { customerId, amount: '1.00', method: 'cash', externalReference: ' field-usr_walker-op-2' };
    expect((await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: forged })).status).toBe(400);
    expect((await call('GET', `/${byCashier.id}/csv`)).text).toContain('\nYER,usr_till,,1,40.00,');
    // An overview is made of others.
    expect(JSON.stringify((await call('GET', '/overview')).body.data)).not.toContain(rates.id);
    expect((await call('POST', '', { kind: 'ageing', by: 'cashier' })).status).toBe(400);
  });

  it('by month, or day, are the rows of each, in the tenant’s own', async () => {
    const both = { from: may.from, to: june.to };
    const rates = await run({ kind: 'collection_rate', per: 'month', ...both });
    const sums = rates.result.filter(({ currency, customerType }: any) => currency === 'YER' && customerType === 'all');
    expect(sums).toMatchObject([
      { period: '2026-05', billedAmount: '170.00', ratePercent: '23.52' },
      { period: '2026-06', billedAmount: '-70.00', ratePercent: null },
    ]);
    const days = await run({ kind: 'collections', per: 'day', by: 'route', ...may });
    expect(days.result).toMatchObject([
      { period: '2026-05-15', routeId: 'R-1', receivedAmount: '30.00' },
      { period: '2026-05-15', routeId: 'all' },
      { period: '2026-05-31', routeId: 'R-1', receivedAmount: '10.00' },
      { period: '2026-05-31', routeId: 'all' },
    ]);
    expect((await call('GET', `/${days.id}/csv`)).text).toContain('\nYER,2026-05-31,R-1,1,10.00,');
    expect(
      (await call('POST', '', { kind: 'collections', per: 'day', from: '2026-01-01', to: '2026-03-04' })).status,
    ).toBe(400);
    expect(JSON.stringify((await call('GET', '/overview')).body.data)).not.toContain(rates.id);
  });

  it('age by the buckets the tenant set, and reports of before keep theirs', async () => {
    const put = (body: object) => call('PUT', '/settings', body);
    const before = await run({ kind: 'ageing', asOf: june.to, by: 'route' });
    for (const ageingDays of [[], [30, 30], [60, 30], [0]]) expect((await put({ ageingDays })).status).toBe(400);
    expect((await put({ ageingDays: [7] })).body.data).toMatchObject({ ageingDays: [7], keepReportsDays: 1830 });
    const after = await run({ kind: 'ageing', asOf: june.to });
    expect(all(after.result)).toMatchObject({
      overdue: [{ fromDays: 1, toDays: 7 }, { fromDays: 8 }],
      balance: '-950.00',
    });
    expect((await call('GET', `/${after.id}/csv`)).text).toContain(',1-7 days,Over 7 days,Credit,');
    expect(await read(before.id)).toEqual(before);
    expect(before.result.at(-1)).toMatchObject({ routeId: 'all', balance: '-950.00' });
    expect(before.result.at(-1).overdue).toHaveLength(5);
    await put({});
  });

  it('by method is what came in, whatever it was for, and what became of it', async () => {
    const { result } = await run({ kind: 'collections', ...may });
    expect(result.find(({ method }: any) => method === 'cheque')).toEqual({
      currency: 'YER',
      method: 'cheque',
      payments: 1,
      receivedAmount: '30.00',
      debtAmount: '30.00',
      prepaidAmount: '0.00',
      depositAmount: '0.00',
      reversedAmount: '30.00',
      refundedAmount: '0.00',
      keptAmount: '0.00',
    });
    expect(all(result)).toMatchObject({ payments: 2, receivedAmount: '40.00', keptAmount: '10.00' });
    const later = await run({ kind: 'collections', ...june });
    expect(later.result.find(({ method }: any) => method === 'cheque')).toMatchObject({ depositAmount: '55.00' });
    expect(all(later.result, 'USD')).toMatchObject({ payments: 1, receivedAmount: '12.50' });
  });

  it('of a route are those of its customers', async () => {
    const report = await run({ kind: 'collection_rate', ...may, routeId: 'R-1' });
    expect(report).toMatchObject({ status: 'completed', routeId: 'R-1', customers: 1 });
    expect(report.result.map(({ currency }: any) => currency)).toEqual(['YER', 'YER']);
    expect(await run({ kind: 'ageing', routeId: 'R-NONE' })).toMatchObject({ status: 'completed', result: [] });
  });
});

it('at a glance are what the newest completed reports say, and nothing where there is none', async () => {
  // A part of a month, a route, and a report that is under way are not what is asked for.
  await run({ kind: 'collection_rate', from: '2026-04-01', to: '2026-04-29' });
  await run({ kind: 'collection_rate', from: '2026-03-01', to: '2026-03-31', routeId: 'R-1' });
  await run({ kind: 'ageing', asOf: '2026-12-31' });
  const ages = await run({ kind: 'ageing' });
  const { id } = await run({ kind: 'collection_rate', ...may });
  await call('POST', '', { kind: 'collection_rate', ...may });
  const { data } = (await call('GET', '/overview')).body;
  expect(data.months.filter(({ currency }: any) => currency === 'YER')).toMatchObject([
    { month: '2026-06', billedAmount: '-70.00', ratePercent: null },
    { month: '2026-05', billedAmount: '170.00', collectedAmount: '40.00', ratePercent: '23.52', reportId: id },
  ]);
  expect(data.overdue.find(({ currency }: any) => currency === 'YER')).toMatchObject({
    asOf: '2026-06-15',
    reportId: ages.id,
    overdueAmount: '0.00',
    balance: all(ages.result).balance,
  });
  const query = { months: '99' };
  expect((await stack.call(tenant, reports, 'GET', '/api/billing/reports/overview', { query })).status).toBe(400);
  await work();
});

describe('a worker that dies', () => {
  let worker: CrashingWorker | undefined;
  afterEach(() => worker?.restore());
  beforeAll(async () => {
    for (let i = 0; i < 55; ) {
      const id = newId('cus');
      if (shardOf(id, customerShards) !== 3) continue;
      i++;
      await addCustomer({ id });
      await oweInvoice(tenant, id, '1.00');
    }
  });
  const order = { kind: 'billing_summary', ...june };

  it('at every write, and whose messages come again, makes the same report', async () => {
    const expected = await run(order);
    const { id } = (await call('POST', '', order)).body.data;
    worker = crashingWorker(7);
    await stack.workOff('billing-reports', (body) =>
      worker!.handle(body, (each) => countPage(JSON.parse(each) as ReportMessage)),
    );
    // Nine pages, and one that is handed on, before and after each.
    expect(worker.crashes).toBe(20);
    expect(await read(id)).toMatchObject({
      status: 'completed',
      customers: expected.customers,
      result: expected.result,
    });
  });

  it('after it did a page leaves it to the other one that did the same', async () => {
    const { id } = (await call('POST', '', order)).body.data;
    worker = crashingWorker(7);
    const work = async (body: string): Promise<void> => {
      const message = JSON.parse(body) as ReportMessage;
      if (message.part === 3 && message.page === 0) {
        worker!.dieAt('send before');
        const ends = await Promise.allSettled([countPage(message), countPage(message)]);
        expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      } else await countPage(message);
    };
    await stack.workOff('billing-reports', work, { seconds: 60 });
    expect(await read(id)).toMatchObject({ status: 'completed' });
  });

  it('before the first message is found in the list, and is gone on with', async () => {
    worker = crashingWorker(7);
    worker.dieAt('send before');
    expect((await call('POST', '', order)).status).toBe(500);
    const [lost] = (await call('GET')).body.data;
    expect(lost).toMatchObject({ status: 'running', kind: 'billing_summary' });
    expect((await call('POST', `/${lost.id}/resume`)).status).toBe(202);
    await work();
    expect(await read(lost.id)).toMatchObject({ status: 'completed' });
    expect((await call('GET')).body.data[0]).toMatchObject({ id: lost.id, status: 'completed' });
    expect((await call('POST', `/${lost.id}/resume`)).status).toBe(202);
    await work();
  });
});
