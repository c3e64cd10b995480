/** Cancelling an invoice below zero: what it credited is taken back, unless it is used already. */
import { beforeAll, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'credit';
beforeAll(() => stack.addTenant(tenant));

it('a credit that later invoices have used is not cancelled before them', async () => {
  const made = await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } });
  const customerId = made.body.data.id;
  const cancel = async (id: string) =>
    (await stack.call(tenant, handler, 'POST', `/api/billing/invoices/${id}/cancel`, { body: { reason: 'Wrong' } }))
      .status;
  const credit = await oweInvoice(tenant, customerId, '-100.00', { kind: 'difference_note' });
  const user = await oweInvoice(tenant, customerId, '60.00', { kind: 'late_fee' });
  expect(await cancel(credit.id)).toBe(409);
  expect(await cancel(user.id)).toBe(200);
  expect(await cancel(credit.id)).toBe(200);
  const { body } = await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`);
  expect(body.data[0]).toMatchObject({ balance: '0.00', advance: '0.00' });
});
