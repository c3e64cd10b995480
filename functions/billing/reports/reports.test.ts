/** Reports over all customers: what they add up to, whatever is delivered how often. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { hasProgram } from '../../../test/support/programs.ts';
import { textOfPdf } from '../../../test/support/text-of-pdf.ts';
import { accountEntryEntity } from '../accounts/account-entity.ts';
import { customerEntity, customerShards } from '../customers/customer-entity.ts';
import { type Customer, createCustomerSchema } from '../customers/customer-schema.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDocumentBucket } from '../test-support/buckets.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { countPage } from './count-page.ts';
import { handler as reports } from './handler.ts';
import { readParts, reportPartEntity } from './report-entity.ts';
import type { ReportMessage } from './start-report.ts';

const stack = useBillingStack();
useDocumentBucket();
const tenant = 'reports';
const start = async (body: object) =>
  (await stack.call(tenant, reports, 'POST', '/api/billing/reports', { body })).body;
const read = async (id: string) => (await stack.call(tenant, reports, 'GET', `/api/billing/reports/${id}`)).body.data;
const work = (times = 1) =>
  stack.workOff('billing-reports', (body) => countPage(JSON.parse(body) as ReportMessage), { times });
const run = async (body: object, times?: number) => {
  const { data } = await start(body);
  await work(times);
  return read(data.id);
};

async function addCustomer(more: Partial<Customer> = {}): Promise<string> {
  const id = more.id ?? newId('cus');
  await openSession(tenant).transact('billing', (unit) => {
    const own = { id, accountNumber: id, status: 'active' as const, ...more };
    unit.create(customerEntity, { ...createCustomerSchema.parse({ name: id }), ...own });
  });
  return id;
}

async function pay(customerId: string, amount: string, receivedAt?: string): Promise<string> {
  const body = { customerId, amount, method: 'cash', ...(receivedAt === undefined ? {} : { receivedAt }) };
  const answer = await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body });
  expect(answer.status).toBe(201);
  return answer.body.data.id;
}

/** What the kept balances of all customers come to, in minor units. */
const owed = (): bigint =>
  stack.tables
    .scan('billing')
    .filter((item) => item['_type'].S === 'account totals')
    .reduce((sum, item) => sum + BigInt(item['owed']!.N!), 0n);
const all = (rows: any[], customerType = 'all') => rows.find((row) => row.customerType === customerType);
const amountOf = (row: any, fromDays: number): string =>
  row.overdue.find((one: any) => one.fromDays === fromDays)?.amount;
const minor = (amount: string): bigint => BigInt(amount.replace('.', ''));

beforeAll(async () => {
  await stack.addTenant(tenant);
  await stack.addTenant('foreign');
  // More than a page in one shard, a hundred each, due on 20 June.
  for (let i = 0; i < 60; ) {
    const id = newId('cus');
    if (shardOf(id, customerShards) !== 3) continue;
    i++;
    await addCustomer({ id });
    await oweInvoice(tenant, id, '100.00');
  }
  const shop = await addCustomer({ type: 'commercial' });
  await oweInvoice(tenant, shop, '500.00', { issueDate: '2026-01-05', dueDate: '2026-02-01' });
  const cancelled = await oweInvoice(tenant, shop, '70.00');
  await oweInvoice(tenant, shop, '40.00', { kind: 'late_fee', dueDate: '2026-06-10' });
  await pay(shop, '200.00', '2026-06-02T09:00:00Z');
  const bounced = await pay(shop, '30.00');
  const [cancel, reverse] = [
    await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${cancelled.id}/cancel`, {
      body: { reason: 'wrong' },
    }),
    await stack.call(tenant, payments, 'POST', `/api/billing/payments/${bounced}/reverse`, {
      body: { reason: 'bounced' },
    }),
  ];
  expect([cancel.status, reverse.status]).toEqual([200, 200]);
  await pay(await addCustomer({ type: 'industrial', status: 'closed' }), '25.00');
  // As entries were written that do not hold the day due.
  const farm = await addCustomer({ type: 'agricultural' });
  const old = await oweInvoice(tenant, farm, '9.00', { dueDate: '2026-05-01' });
  const session = openSession(tenant);
  const entry = await session.require(accountEntryEntity, { customerId: farm, date: old.issueDate, id: old.id });
  await session.transact('billing', (unit) => unit.update(accountEntryEntity, entry, { dueDate: null }));
});

it('ages debt, and adds up to the balances, each message delivered three times', async () => {
  const report = await run({ kind: 'ageing', asOf: '2026-06-25' }, 3);
  expect(report).toMatchObject({ status: 'completed', kind: 'ageing', asOf: '2026-06-25', customers: 63 });
  expect(all(report.result, 'residential')).toMatchObject({ customers: 60, balance: '6000.00' });
  expect(amountOf(all(report.result, 'residential'), 1)).toBe('6000.00');
  // 200 were paid of the oldest; the rest of it is 144 days overdue.
  expect(all(report.result, 'commercial')).toMatchObject({
    overdue: [
      { fromDays: 1, toDays: 30, amount: '40.00' },
      { fromDays: 31, toDays: 60, amount: '0.00' },
      { fromDays: 61, toDays: 90, amount: '0.00' },
      { fromDays: 91, toDays: 120, amount: '0.00' },
      { fromDays: 121, amount: '300.00' },
    ],
    current: '0.00',
    credit: '0.00',
    balance: '340.00',
  });
  expect(all(report.result, 'industrial')).toMatchObject({ credit: '-25.00', balance: '-25.00', customers: 1 });
  expect(amountOf(all(report.result, 'agricultural'), 31)).toBe('9.00');
  expect(minor(all(report.result).balance)).toBe(owed());
});

it('ages debt as of a day that has passed, and today where none is named', async () => {
  const past = await run({ kind: 'ageing', asOf: '2026-01-31' });
  expect(past.result).toHaveLength(2);
  expect(all(past.result, 'commercial')).toMatchObject({ current: '500.00', balance: '500.00' });
  expect((await run({ kind: 'ageing' })).asOf).toBe('2026-06-15');
});

it('holds what was collected against what was billed', async () => {
  const { result } = await run({ kind: 'collection_rate', from: '2026-06-01', to: '2026-06-30' }, 2);
  expect(all(result, 'commercial')).toMatchObject({
    invoicedAmount: '110.00',
    creditNoteAmount: '70.00',
    billedAmount: '40.00',
    receivedAmount: '230.00',
    returnedAmount: '30.00',
    collectedAmount: '200.00',
    prepaidAmount: '0.00',
    ratePercent: '500.00',
  });
  expect(all(result, 'industrial')).toMatchObject({ collectedAmount: '25.00', ratePercent: null });
  // 225.00 of 6049.00
  expect(all(result).ratePercent).toBe('3.71');
});

it('sums up what moved, from one balance to the other', async () => {
  const { result } = await run({ kind: 'billing_summary', from: '2026-06-01', to: '2026-06-30' });
  expect(all(result, 'commercial')).toMatchObject({
    openingBalance: '500.00',
    movements: [
      { type: 'invoice', count: 1, amount: '70.00' },
      { type: 'late_fee', count: 1, amount: '40.00' },
      { type: 'credit_note', count: 1, amount: '-70.00' },
      { type: 'payment', count: 2, amount: '-230.00' },
      { type: 'payment_reversal', count: 1, amount: '30.00' },
    ],
    closingBalance: '340.00',
  });
  expect(minor(all(result).closingBalance)).toBe(owed());
});

it('goes on from where it stopped when a message is lost and comes again', async () => {
  const { data } = await start({ kind: 'ageing', asOf: '2026-06-25' });
  const first = { tenantId: tenant, reportId: data.id, part: 3, page: 0 };
  await countPage(first);
  expect(await read(data.id)).toMatchObject({ status: 'running', customers: 50 });
  expect((await read(data.id)).result).toBeUndefined();
  await countPage(first);
  expect((await read(data.id)).customers).toBe(50);
  await work();
  expect(await read(data.id)).toMatchObject({ status: 'completed', customers: 63 });
});

it('is a table for spreadsheets, once it is completed', async () => {
  const { data } = await start({ kind: 'billing_summary', from: '2026-06-01', to: '2026-06-30' });
  const csv = (locale: string) =>
    stack.call(tenant, reports, 'GET', `/api/billing/reports/${data.id}/csv`, {
      headers: { 'accept-language': locale },
    });
  const pdf = (language: string) =>
    stack.call(tenant, reports, 'GET', `/api/billing/reports/${data.id}/pdf`, { query: { language } });
  expect([(await csv('en')).status, (await pdf('en')).status]).toEqual([409, 409]);
  await work();
  const { status, headers, text } = await csv('en');
  expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(text).toContain('Currency,Customer type,Movement,Count,Amount\r\n');
  expect(text).toContain('YER,commercial,payment,2,-230.00\r\n');
  const arabic = (await csv('ar')).text;
  expect(arabic.startsWith('\ufeffالعملة,')).toBe(true);
  expect(arabic).toContain('YER,تجاري,سداد,2,-230.00\r\n');
  expect(arabic).toContain('YER,الكل,الرصيد الافتتاحي,');
  for (const [language, ...words] of [
    ['en', 'Billing summary', 'Commercial', 'Payment', '-230.00', '1 Jun 2026 to 30 Jun 2026'],
    ['ar', '-230.00'],
  ] as const) {
    const { filename, url } = (await pdf(language)).body.data;
    expect(filename).toBe(`billing_summary-${data.id}-${language}.pdf`);
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    if (!hasProgram('pdftotext', 'poppler-utils')) continue;
    const printed = await textOfPdf(bytes);
    for (const said of words) expect(printed).toContain(said);
  }
  for (const order of [{ kind: 'ageing' }, { kind: 'collection_rate', from: '2026-06-01', to: '2026-06-01' }]) {
    const { id, kind } = await run(order);
    const table = await stack.call(tenant, reports, 'GET', `/api/billing/reports/${id}/csv`);
    expect(table.headers['content-disposition']).toBe(`attachment; filename="${kind}-${id}.csv"`);
  }
});

it('is not printed where it is longer than paper is for, and is there for spreadsheets', async () => {
  const { id } = await run({ kind: 'collections', by: 'region', from: '2026-06-01', to: '2026-06-30' });
  const session = openSession(tenant);
  const [part] = await readParts(session, id);
  const totals = Object.fromEntries(Array.from({ length: 2600 }, (_, i) => [`YER/region ${i}/payments`, '1']));
  await session.transact('billing', (unit) => unit.update(reportPartEntity, part!, { totals }));
  const get = (form: string) => stack.call(tenant, reports, 'GET', `/api/billing/reports/${id}/${form}`);
  expect((await get('pdf')).status).toBe(422);
  expect((await get('csv')).text).toContain('region 2599,1,0.00');
});

it.each([
  {},
  { kind: 'other' },
  { kind: 'ageing', asOf: '2026-13-01' },
  { kind: 'ageing', asOf: '2026-02-30' },
  { kind: 'ageing', asOf: 5 },
  { kind: 'collection_rate' },
  { kind: 'collection_rate', from: '2026-06-30', to: '2026-06-01' },
  { kind: 'billing_summary', from: '2026-06-30' },
])('refuses %j', async (body) => {
  expect(await start(body)).toMatchObject({ success: false, code: 'validation_failed' });
});

it('is not there for another tenant, nor for who may not read reports', async () => {
  const { data } = await start({ kind: 'ageing' });
  for (const path of ['', '/csv', '/pdf']) {
    const url = `/api/billing/reports/${data.id}${path}`;
    expect((await stack.call('foreign', reports, 'GET', url)).status).toBe(404);
    expect(
      (await stack.call(tenant, reports, 'GET', url, { as: { permissions: ['billing:customers:*'] } })).status,
    ).toBe(403);
  }
  await work();
});
