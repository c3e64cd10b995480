/** The largest transaction of a payment: cash in the field for very many invoices, into a till, fits into what DynamoDB takes. */
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it, vi } from 'vitest';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { maxSteps } from '../../../layers/kernel/data/unit-of-work.ts';
import { handler as tills } from '../cashier-sessions/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { fieldWork, reader } from '../test-support/field-work.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';

const stack = useBillingStack();
const field = fieldWork(stack);
const tenant = 'steps';

it('has room for what else may come with it', async () => {
  await stack.addTenant(tenant);
  await field.addUser(tenant, 1);
  await field.addTariff(tenant);
  const customerId = await field.addSupplied(tenant, 'S-1');
  const routeId = await field.addRoute(tenant, 1, ['S-1']);
  await stack.call(tenant, tills, 'POST', '/api/billing/cashier-sessions', {
    body: { desk: 'Van' },
    as: { subject: reader(1) },
  });
  for (let i = 0; i < 16; i++) await oweInvoice(tenant, customerId, '10.00');
  const sent = vi.spyOn(documentClient(), 'send');
  const time = new Date().toISOString();
  const operation = { type: 'collection', id: 'operation-1', time, routeId, meterId: 'S-1', customerId, amount: '160' };
  const { status, body } = await field.call(tenant, 1, 'POST', '/sync', {
    body: { deviceTime: time, operations: [{ ...operation, receiptNumber: 'R-1' }] },
    headers: { 'idempotency-key': 'once' },
  });
  expect([status, body.data.results]).toMatchObject([200, [{ status: 'applied' }]]);
  const sizes = sent.mock.calls.flatMap(([command]) =>
    command instanceof TransactWriteCommand ? (command.input.TransactItems ?? []).length : [],
  );
  sent.mockRestore();
  expect(Math.max(...sizes)).toBeGreaterThan(80);
  expect(Math.max(...sizes)).toBeLessThan(maxSteps - 1);
});
