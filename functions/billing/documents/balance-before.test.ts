/** Papers of invoices that were made together: what they ask for adds up to what the account owes, each amount once. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { invoiceContent, toPay } from './invoice-content.ts';

const stack = useBillingStack();
const tenant = 'papers';
const { setUp, addSupply, bill, balance } = meteredCustomers(stack, tenant);
/** 10 kWh, 350 a month. */
const readings: [string, number][] = [
  ['2026-04-01T00:00', 0],
  ['2026-05-01T00:00', 10],
  ['2026-06-01T00:00', 20],
];
let customerId = '';

const call = async (handler: typeof invoices, path: string, body: object) =>
  expect((await stack.call(tenant, handler, 'POST', path, { body })).status).toBeLessThan(300);
const pay = (amount: string) =>
  call(payments, '/api/billing/payments', { customerId, amount, currency: 'YER', method: 'cash' });
/** Balance before and what is to pay, as on the papers of these invoices, in the order they were made. */
const papers = async (made: any[]) => {
  const contents = await Promise.all(made.map((invoice) => invoiceContent(openSession(tenant), invoice)));
  return contents.map((content) => [content.previousBalance, toPay(content)]).sort();
};

beforeAll(() => stack.addTenant(tenant));
beforeEach(async () => {
  ({ customerId } = await setUp(readings, { supply: { invoiceGroup: 'A' } }));
  for (const invoiceGroup of ['B', 'C']) await addSupply(customerId, readings, { supply: { invoiceGroup } });
});

it('what was owed before is on one of them', async () => {
  expect(await papers((await bill(customerId, april)).invoices)).toEqual([
    ['0.00', '350.00'],
    ['0.00', '350.00'],
    ['0.00', '350.00'],
  ]);
  stack.advance(86_400_000);
  expect(await papers((await bill(customerId, may)).invoices)).toEqual([
    ['0.00', '350.00'],
    ['0.00', '350.00'],
    ['1050.00', '1400.00'],
  ]);
});

it('what was paid ahead goes from one to the next, as far as it lasts', async () => {
  await pay('500');
  stack.advance(1000);
  expect(await papers((await bill(customerId, april)).invoices)).toEqual([
    ['-150.00', '200.00'],
    ['-500.00', '-150.00'],
    ['0.00', '350.00'],
  ]);
  expect(await balance(customerId)).toBe('550.00');
});

it('of those that are made again after they were cancelled one has it, too', async () => {
  await bill(customerId, april);
  stack.advance(86_400_000);
  for (const { id } of (await bill(customerId, may)).invoices)
    await call(invoices, `/api/billing/invoices/${id}/cancel`, { reason: 'Wrong' });
  stack.advance(1000);
  expect(await papers((await bill(customerId, may)).invoices)).toEqual([
    ['0.00', '350.00'],
    ['0.00', '350.00'],
    ['1050.00', '1400.00'],
  ]);
});
