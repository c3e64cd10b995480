/** A difference note that credited is cancelled after its money was used: what had it is owed again, once. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as payments } from '../payments/handler.ts';
import { setOffAdvance } from '../payments/set-off-advance.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { aprilReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'note';
const { addTariff, setUp, bill, balance } = meteredCustomers(stack, tenant);
beforeAll(async () => {
  await stack.addTenant(tenant);
  await addTariff('RES');
});

const onInvoice = (id: string, action: string, body: object = {}) =>
  stack.call(tenant, handler, 'POST', `/api/billing/invoices/${id}/${action}`, { body });

it('also where the invoice that it corrects had it', async () => {
  const { customerId, meterId } = await setUp(aprilReadings);
  await bill(customerId);
  const paid = { customerId, amount: '1200', method: 'cash' };
  await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: paid });
  const [estimated] = (await bill(customerId, may, { mayEstimate: true })).invoices;
  const { totalAmount } = estimated;
  await stack.read(tenant, meterId, [['2026-06-01T00:00', 1290]]);
  const { note } = (await onInvoice(estimated.id, 'rebill')).body.data;
  const { settled } = await setOffAdvance(openSession(tenant), { customerId, currency: 'YER' });
  expect(settled).toMatchObject([{ invoiceId: estimated.id, amount: '120.00' }]);
  expect((await onInvoice(note.id, 'cancel', { reason: 'Wrong' })).status).toBe(200);
  const { body } = await stack.call(tenant, handler, 'GET', `/api/billing/invoices/${estimated.id}`);
  expect(body.data).toMatchObject({ dueAmount: totalAmount, status: 'issued' });
  expect(await balance(customerId)).toBe(totalAmount);
  // Made anew it credits the same again.
  const again = await onInvoice(estimated.id, 'rebill');
  expect(again.body.data.note).toMatchObject({ totalAmount: '-120.00' });
});
