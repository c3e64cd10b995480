/** The sheet on top of one customer's invoices of a run: what they come to, what the account has to pay, each meter. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { hasProgram, run as runProgram } from '../../../test/support/programs.ts';
import { collectiveBillRef } from '../documents/document-schema.ts';
import { makeDocument } from '../documents/make-document.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'collective';
const { setUp, addSupply, bill } = meteredCustomers(stack, tenant);
const few = aprilReadings.filter((_, i) => i % 30 === 0);
let [runId, customerId, other] = ['', '', ''];
const meters: string[] = [];

const call = (method: string, path: string, body?: object, as = tenant) =>
  stack.call(as, handler, method, `/api/billing/invoices${path}`, body ? { body } : {});
const sheet = async () => (await call('GET', `/runs/${runId}/customers/${customerId}`)).body.data;

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

it('is nobody else’s, and of no run that made nothing for the customer', async () => {
  await stack.addTenant('collective-b');
  const path = `/runs/${runId}/customers/`;
  expect((await call('GET', `${path}${customerId}`, undefined, 'collective-b')).status).toBe(404);
  expect((await call('GET', `${path}${other}`)).status).toBe(404);
  expect((await call('GET', `${path}${other}/pdf`)).status).toBe(404);
  await bill(other);
  expect((await call('GET', `${path}${other}`)).status).toBe(404);
});

it.skipIf(!hasProgram('pdftotext', 'poppler-utils'))(
  'has every invoice and every meter on paper, in both languages',
  async () => {
    for (const language of ['en', 'ar'] as const) {
      const file = join(mkdtempSync(join(tmpdir(), 'collective-')), 'x.pdf');
      writeFileSync(file, await makeDocument(openSession(tenant), collectiveBillRef(runId, customerId), language));
      const { stdout } = await runProgram('pdftotext', ['-layout', file, '-']);
      rmSync(dirname(file), { recursive: true });
      const { invoices, paymentReference } = await sheet();
      for (const said of [...meters, ...invoices.map((each: any) => each.invoiceNumber), paymentReference, '3,600.00'])
        expect(stdout, language).toContain(said);
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
