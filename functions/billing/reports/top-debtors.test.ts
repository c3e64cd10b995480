/** Who owes most that is overdue: over the handler, page by page, and what is kept of many. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { countPage } from './count-page.ts';
import { handler } from './handler.ts';
import type { ReportMessage } from './start-report.ts';
import { type Debtor, largest } from './top-debtors.ts';

const stack = useBillingStack();
const tenant = 'debtors';
const base = '/api/billing/reports';
const run = async (body: object): Promise<any> => {
  const { id } = (await stack.call(tenant, handler, 'POST', base, { body })).body.data;
  await stack.workOff('billing-reports', (message) => countPage(JSON.parse(message) as ReportMessage), { times: 2 });
  return (await stack.call(tenant, handler, 'GET', `${base}/${id}`)).body.data;
};
const addCustomer = async (name: string, more: object = {}): Promise<string> =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name, ...more } })).body.data.id;

beforeAll(async () => {
  await stack.addTenant(tenant);
  const [small, large, paid, later] = [
    await addCustomer('Small', { routeId: 'R1' }),
    await addCustomer('=Large', { type: 'commercial' }),
    await addCustomer('Paid'),
    await addCustomer('Later'),
  ];
  await oweInvoice(tenant, small, '50.00', { dueDate: '2026-06-01' });
  await oweInvoice(tenant, small, '8.00', { dueDate: '2026-06-01', currency: 'USD' });
  await oweInvoice(tenant, large, '300.00', { dueDate: '2026-03-01' });
  await oweInvoice(tenant, large, '400.00', { dueDate: '2026-05-01' });
  await oweInvoice(tenant, large, '70.00', { dueDate: '2026-07-01' });
  await oweInvoice(tenant, paid, '900.00', { dueDate: '2026-05-01' });
  await oweInvoice(tenant, later, '950.00', { dueDate: '2026-06-10' });
  const pay = (customerId: string, amount: string) =>
    stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: { customerId, amount, method: 'cash' } });
  await pay(paid, '900');
  // Settles the oldest, and a part of the next.
  await pay(large, '350');
});

it('is told for each currency, the largest debt that is overdue first, with how long', async () => {
  const { result, customers: walked } = await run({ kind: 'top_debtors', asOf: '2026-06-15' });
  expect(walked).toBe(4);
  expect(result).toMatchObject([
    { currency: 'USD', rank: 1, name: 'Small', overdueAmount: '8.00', daysOverdue: 14 },
    { currency: 'YER', rank: 1, name: 'Later', overdueAmount: '950.00', oldestDueDate: '2026-06-10', daysOverdue: 5 },
    {
      currency: 'YER',
      rank: 2,
      name: '=Large',
      customerType: 'commercial',
      overdueAmount: '350.00', // 300 + 400 - 350
      balance: '420.00', // and 70 that are not due yet
      oldestDueDate: '2026-05-01',
      daysOverdue: 45,
    },
    { currency: 'YER', rank: 3, name: 'Small', routeId: 'R1', overdueAmount: '50.00' },
  ]);
});

it('is told as of another day, of a route, and as a table that runs no formula', async () => {
  const debt = await run({ kind: 'top_debtors', asOf: '2026-06-10' });
  // Due on that day is not overdue.
  expect(debt.result.map(({ name }: any) => name)).not.toContain('Later');
  expect((await run({ kind: 'top_debtors', asOf: '2026-06-15', routeId: 'R1' })).result).toHaveLength(2);
  const csv = await stack.call(tenant, handler, 'GET', `${base}/${debt.id}/csv`, {
    headers: { 'accept-language': 'ar' },
  });
  expect(csv.text).toContain('الترتيب');
  expect(csv.text).toContain(`'=Large`);
  expect(csv.text).toContain('تجاري');
});

it('keeps the hundred largest, however they come in pages', () => {
  const debtor = (n: number): Debtor => ({
    customerId: `cus_${n}`,
    currency: n % 3 === 0 ? 'USD' : 'YER',
    overdue: String((shardOf(String(n), 1000) + 1) * 10 ** (n % 4)),
    balance: '0',
    due: '2026-01-01',
  });
  const all = Array.from({ length: 500 }, (_, n) => debtor(n));
  const whole = largest(all);
  expect(whole).toHaveLength(200);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), (size) => {
      let kept: Debtor[] = [];
      for (let start = 0; start < all.length; start += size)
        kept = largest([...kept, ...all.slice(start, start + size)]);
      expect(kept).toEqual(whole);
    }),
    { numRuns: 20 },
  );
});
