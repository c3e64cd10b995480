/** A day's settlement against the payments recorded here. */
import { beforeEach, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
let [tenant, customer, serial] = ['', '', 0];

beforeEach(async () => {
  tenant = `rec${++serial}`;
  await stack.addTenant(tenant);
  customer = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body
    .data.id;
});

const pay = async (amount: string, externalReference: string, receivedAt = '2026-06-10T10:00:00Z', method = 'wallet') =>
  (
    await stack.call(tenant, handler, 'POST', '/api/billing/payments', {
      body: { customerId: customer, amount, method, externalReference, receivedAt },
    })
  ).body.data;
const reconcile = (body: object) => stack.call(tenant, handler, 'POST', '/api/billing/payments/reconcile', { body });

it('says what both have, what one lacks, and where the amounts differ', async () => {
  const one = await pay('100', 'kuraimi:W1');
  const two = await pay('200', 'W2');
  const three = await pay('300', 'W3');
  // Another day where the utility is, another method, taken back.
  await pay('1', 'W4', '2026-06-10T21:30:00Z');
  await pay('1', 'W5', '2026-06-10T10:00:00Z', 'cheque');
  const gone = await pay('1', 'W6');
  await stack.call(tenant, handler, 'POST', `/api/billing/payments/${gone.id}/reverse`, { body: { reason: 'x' } });
  const line = (reference: string, amount: string) => ({ reference, amount });
  const { status, body } = await reconcile({
    date: '2026-06-10',
    method: 'wallet',
    lines: [line('W1', '100.00'), line('W2', '199'), line('W9', '50'), line('W1', '100')],
  });
  expect(status).toBe(200);
  expect(body.data).toMatchObject({
    matched: [{ reference: 'W1', paymentId: one.id }],
    amountDiffers: [{ reference: 'W2', paymentId: two.id, amount: '199.00', amountHere: '200.00' }],
    missingHere: [line('W9', '50.00'), line('W1', '100.00')],
    missingThere: [{ paymentId: three.id, reference: 'W3', amount: '300.00' }],
    totals: { here: '600.00', there: '449.00', difference: '-151.00' },
  });
});

it.each<[string, object, number]>([
  ['no day', { date: 'yesterday', lines: [] }, 400],
  ['an amount that is none', { date: '2026-06-10', lines: [{ reference: 'a', amount: '0.001' }] }, 422],
])('is refused for %s', async (_, body, status) => {
  expect((await reconcile(body)).status).toBe(status);
});

it('does not see another tenant’s payments', async () => {
  await pay('100', 'W1');
  await stack.addTenant(`${tenant}-x`);
  const { body } = await stack.call(`${tenant}-x`, handler, 'POST', '/api/billing/payments/reconcile', {
    body: { date: '2026-06-10', lines: [] },
  });
  expect(body.data.missingThere).toEqual([]);
});
