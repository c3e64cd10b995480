/** Lists of invoices read what they show: what others owe, and what was issued on other days, costs them nothing. */
import { beforeAll, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'lists';
beforeAll(() => stack.addTenant(tenant));

const addCustomer = async (): Promise<string> =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Owing' } })).body.data.id;
const dueOf = (day: number): string => `2026-04-${String(day).padStart(2, '0')}`;

async function read(path: string, query: Record<string, string>) {
  const { meter } = stack.tables.dynamodb;
  const units = () => meter.bill().lines.find(({ key }) => key.includes('readRequestUnit'))!.units;
  const before = units();
  const { status, body } = await stack.call(tenant, handler, 'GET', `/api/billing/invoices${path}`, { query });
  expect(status).toBe(200);
  return { ids: body.data.map(({ id }: any) => id), next: body.pagination.nextCursor, units: units() - before };
}

it('cost the same when there is much more of others', async () => {
  const customerId = await addCustomer();
  const made: string[] = [];
  for (const day of [3, 1, 2])
    made.push((await oweInvoice(tenant, customerId, '10.00', { dueDate: dueOf(day), issueDate: dueOf(day) })).id);
  const [third, first, second] = made;
  const asked: { path: string; query: Record<string, string>; ids: unknown[] }[] = [
    { path: '/unpaid', query: { customerId }, ids: [first, second, third] },
    { path: '/overdue', query: { customerId }, ids: [first, second, third] },
    { path: '', query: { from: dueOf(1), to: dueOf(2) }, ids: [second, first] },
  ];
  // What is kept in memory is read once.
  await read('/overdue', {});
  const before: number[] = [];
  for (const { path, query, ids } of asked) {
    const list = await read(path, query);
    expect(list.ids).toEqual(ids);
    before.push(list.units);
  }
  const other = await addCustomer();
  for (let i = 0; i < 40; i++)
    await oweInvoice(tenant, other, '10.00', { dueDate: '2026-07-01', issueDate: '2026-06-15' });
  for (const [i, { path, query, ids }] of asked.entries()) {
    const list = await read(path, query);
    expect(list).toMatchObject({ ids, next: null });
    expect(list.units, path).toBe(before[i]);
  }
  // The ones that are not due yet are neither overdue nor read for it.
  expect((await read('/overdue', {})).ids).toEqual([first, second, third]);
  expect((await read('/overdue', { customerId: other })).ids).toEqual([]);
  expect((await read('', { from: dueOf(2), to: dueOf(1) })).ids).toEqual([]);
});

it('of what one customer owes go on page by page', async () => {
  const customerId = await addCustomer();
  const made: string[] = [];
  for (let day = 1; day <= 5; day++)
    made.push((await oweInvoice(tenant, customerId, '10.00', { dueDate: dueOf(day) })).id);
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await read('/unpaid', { customerId, limit: '2', ...(cursor === null ? {} : { cursor }) });
    found.push(...page.ids);
    cursor = page.next;
  } while (cursor !== null);
  expect(found).toEqual(made);
});

it('of an open status cost what is open, however much was paid', async () => {
  const customerId = await addCustomer();
  const partly = { status: 'partially_paid', paidAmount: '4.00', dueAmount: '6.00' } as const;
  const made: string[] = [];
  for (const day of [11, 12])
    made.unshift((await oweInvoice(tenant, customerId, '10.00', { ...partly, dueDate: dueOf(day) })).id);
  const before = await read('', { status: 'partially_paid' });
  expect(before).toMatchObject({ ids: made, next: null });
  for (let i = 0; i < 40; i++)
    await oweInvoice(tenant, customerId, '10.00', { status: 'paid', paidAmount: '10.00', dueAmount: '0.00' });
  expect(await read('', { status: 'partially_paid' })).toEqual(before);
  // Days say where to look.
  expect((await read('', { status: 'partially_paid', from: '2026-06-01' })).ids.sort()).toEqual(made.toSorted());
});
