/** The sheet on top of one customer's invoices of a run: what they come to, what the account has to pay, each meter. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { hasProgram } from '../../../test/support/programs.ts';
import { textOfPdf } from '../../../test/support/text-of-pdf.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { collectiveBillRef } from '../documents/collective-bill-ref.ts';
import { makeDocument } from '../documents/make-document.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { collectiveBillOf } from './collective-bill.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'collective';
const { setUp, addSupply, addTariff, bill } = meteredCustomers(stack, tenant);
const few = aprilReadings.filter((_, i) => i % 30 === 0);
let [runId, customerId, other] = ['', '', ''];
const meters: string[] = [];

const call = (method: string, path: string, body?: object, as = tenant) =>
  stack.call(as, handler, method, `/api/billing/invoices${path}`, body ? { body } : {});
const sheet = async () => (await call('GET', `/runs/${runId}/customers/${customerId}`)).body.data;
/** What somebody has of a run over a route of their own. */
const runOver = async (routeId: string, whose: string) => {
  const { run } = (await call('POST', '/generate', { period: april, routeId })).body.data;
  await stack.workOffRuns();
  const again = async () => {
    const session = openSession(tenant);
    return collectiveBillOf(session, { runId: run.id }, await session.require(customerEntity, { id: whose }));
  };
  return { ...(await again()), again };
};

beforeAll(async () => {
  await stack.addTenant(tenant);
  const first = await setUp(few, { customer: { routeId: 'R', name: 'Ministry' }, supply: { invoiceGroup: 'North' } });
  customerId = first.customerId;
  meters.push(first.meterId);
  for (const invoiceGroup of ['North', 'South'])
    meters.push((await addSupply(customerId, few, { supply: { invoiceGroup } })).meterId);
  other = (await setUp(few)).customerId;
  const { run } = (await call('POST', '/generate', { period: april, routeId: 'R' })).body.data;
  runId = run.id;
  await stack.workOffRuns();
});

it('adds up to its invoices, and to the account with what else it owes', async () => {
  const made = await sheet();
  expect(made).toMatchObject({
    ...{ runId, customerId, period: april },
    totals: [
      {
        ...{ currency: 'YER', invoices: 2, meters: 3 },
        ...{ totalAmount: '3600.00', dueAmount: '3600.00', otherBalance: '0.00', balance: '3600.00' },
      },
    ],
    invoices: [
      { group: 'North', meters: 2, kwh: '300', totalAmount: '2400.00' },
      { group: 'South', meters: 1, kwh: '150', totalAmount: '1200.00' },
    ],
  });
  // One transfer with the account's number settles all of it.
  const body = { customerId, amount: '3600.00', currency: 'YER', method: 'bank_transfer', externalReference: 'T-1' };
  expect((await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body })).status).toBe(201);
  expect(await sheet()).toMatchObject({
    totals: [{ dueAmount: '0.00', balance: '0.00' }],
    invoices: [{ status: 'paid' }, { status: 'paid' }],
  });
});

it('is said to be too long where a period has more bills than its function has memory for; a run’s is not', async () => {
  const session = openSession(tenant);
  const customer = await session.require(customerEntity, { id: customerId });
  expect((await collectiveBillOf(session, april, customer, 3)).meters).toHaveLength(3);
  await expect(collectiveBillOf(session, april, customer, 2)).rejects.toMatchObject({ code: 'unprocessable' });
  expect((await collectiveBillOf(session, { runId }, customer, 2)).meters).toHaveLength(3);
});

it('is nobody else’s, and of no run that made nothing for the customer', async () => {
  await stack.addTenant('collective-b');
  const path = `/runs/${runId}/customers/`;
  expect((await call('GET', `${path}${customerId}`, undefined, 'collective-b')).status).toBe(404);
  expect((await call('GET', `${path}${other}`)).status).toBe(404);
  expect((await call('GET', `${path}${other}/pdf`)).status).toBe(404);
  await bill(other);
  expect((await call('GET', `${path}${other}`)).status).toBe(404);
});

it('is there of a period too, however its invoices were made: each of one that follows another is on one of them', async () => {
  const of = (whose: string, from: string, to: string, as = tenant) =>
    stack.call(as, handler, 'GET', `/api/billing/invoices/customers/${whose}/collective`, { query: { from, to } });
  await bill(other);
  const { body } = await of(other, april.from, april.to);
  expect(body.data).toMatchObject({ customerId: other, period: april, totals: [{ invoices: 1, meters: 1 }] });
  expect(body.data).not.toHaveProperty('runId');
  // Those of a run as well; days that do not end within the period are on the bill of another.
  const made = (await of(customerId, '2026-04-30', '2026-05-02')).body.data;
  expect(made.invoices).toEqual((await sheet()).invoices);
  for (const [from, to] of [
    ['2026-03-01', '2026-04-30'],
    ['2026-05-01', '2026-06-01'],
  ] as const)
    expect((await of(customerId, from, to)).status).toBe(404);
  expect((await of(customerId, april.from, april.to, 'collective-b')).status).toBe(404);
  for (const [from, to] of [
    ['2026-05-01', '2026-05-01'],
    ['2025-01-01', '2026-05-01'],
  ] as const)
    expect((await of(customerId, from, to)).status).toBe(422);
});

it.skipIf(!hasProgram('pdftotext', 'poppler-utils'))(
  'has every invoice and every meter on paper, in both languages',
  async () => {
    for (const language of ['en', 'ar'] as const) {
      const bytes = await makeDocument(openSession(tenant), collectiveBillRef({ runId }, customerId), language);
      const text = await textOfPdf(bytes);
      const { invoices, paymentReference } = await sheet();
      for (const said of [...meters, ...invoices.map((each: any) => each.invoiceNumber), paymentReference, '3,600.00'])
        expect(text, language).toContain(said);
    }
  },
);

it('leaves out what was cancelled since', async () => {
  const { invoices } = await sheet();
  const [north] = invoices;
  expect((await call('POST', `/${north.id}/cancel`, { reason: 'Wrong' })).status).toBe(200);
  expect(await sheet()).toMatchObject({
    totals: [{ invoices: 1, totalAmount: '1200.00', dueAmount: '0.00', otherBalance: '-2400.00', balance: '-2400.00' }],
  });
});

it('has days of long ago that nobody billed before', async () => {
  const old: [string, number][] = [
    ['2025-01-01T00:00', 10],
    ['2025-01-11T00:00', 60],
  ];
  const { customerId: whose, supplyId } = await setUp(old, { customer: { routeId: 'OLD' }, from: '2025-01-01' });
  const body = { to: '2025-01-11' };
  expect((await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body })).status).toBe(
    200,
  );
  await addSupply(whose, few);
  const { bill: made } = await runOver('OLD', whose);
  expect(made.totals.map(({ balance, otherBalance }) => ({ balance, otherBalance }))).toEqual([
    { balance: made.totals[0]!.totalAmount, otherBalance: '0.00' },
  ]);
  expect(made.invoices.map(({ kwh }) => kwh)).toEqual(['50', '150']);
});

it('counts a meter once that changed its supply within the days, and says which days are whose', async () => {
  const twice = aprilReadings.filter((_, i) => i % 15 === 0);
  const { customerId: whose, supplyId, meterId } = await setUp(twice, { customer: { routeId: 'TWICE' } });
  const { tariffId } = (await stack.call(tenant, supplies, 'GET', `/api/billing/supplies/${supplyId}`)).body.data;
  const to = '2026-04-16';
  await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body: { to } });
  const body = { customerId: whose, meterId, tariffId, from: to };
  expect((await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', { body })).status).toBe(201);
  const { bill: made, meters: lines } = await runOver('TWICE', whose);
  expect([made.totals[0]!.meters, made.invoices[0]!.meters]).toEqual([1, 1]);
  expect(lines.map(({ period }) => period)).toEqual([
    { from: april.from, to },
    { from: to, to: april.to },
  ]);
});

it('has the bills that were made anew since, and what their invoice comes to with its notes', async () => {
  const { customerId: whose, supplyId } = await setUp(few, { customer: { routeId: 'ANEW' } });
  const { bill: before, again } = await runOver('ANEW', whose);
  expect(before.invoices[0]).not.toHaveProperty('correctedAmount');
  const dearer = await addTariff('DEARER', [
    { kind: 'energy', code: 'energy', label: { en: 'Energy', ar: 'طاقة' }, blocks: [{ rate: '10' }] },
  ]);
  const body = { tariffId: dearer, tariffFrom: april.from };
  expect((await stack.call(tenant, supplies, 'PUT', `/api/billing/supplies/${supplyId}`, { body })).status).toBe(200);
  expect((await call('POST', `/${before.invoices[0]!.id}/rebill`, {})).body.data.note.totalAmount).toBe('300.00');
  const { bill: made, meters: lines } = await again();
  expect(lines.map(({ amount }) => amount)).toEqual(['1500.00']);
  expect(made.invoices).toMatchObject([{ totalAmount: '1200.00', correctedAmount: '1500.00', dueAmount: '1200.00' }]);
  expect(made.totals).toMatchObject([{ totalAmount: '1200.00', otherBalance: '300.00', balance: '1500.00' }]);
});
