/** Bills while functions die and messages come twice: each day is billed once, and what comes late is charged once. */
import { beforeAll, expect, it } from 'vitest';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDisturbance } from '../test-support/disturb-flow.ts';
import { april, aprilReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';

const tenant = 'broken-bills';
const stack = useBillingStack();
const { setUp, bill } = meteredCustomers(stack, tenant);
const { billing, everyWay } = useDisturbance(stack, { without: ['send-customer-messages'] });
const generate = (customerId: string, period = april) =>
  billing.ask(tenant, handler, 'POST', '/api/billing/invoices/generate', { body: { customerId, period } });

beforeAll(() => stack.addTenant(tenant));

it('a customer who moves out, and the last bill', async () => {
  const { customerId, supplyId } = await setUp(aprilReadings);
  await billing.calmDown(1000);
  const told = await everyWay({
    async act() {
      const body = { to: '2026-04-20' };
      await billing.ask(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body });
      await generate(customerId, { from: '2026-04-01', to: '2026-04-20' });
      await billing.calmDown(1000);
    },
  });
  expect(told).toMatchObject({ 'supply.ended': 1, 'invoice.created': 1 });
});

it('a bill whose readings are corrected twice, and whose customer had moved out before its end', async () => {
  const { customerId, supplyId, meterId } = await setUp(aprilReadings);
  await bill(customerId);
  await billing.calmDown(1000);
  const correct = (newRegisterKwh: string, time: string) =>
    billing.ask(tenant, edits, 'POST', '/api/billing/reading-edits', {
      body: { meterId, reason: 'Photo', action: 'correct', time, registerKwh: '1150', newRegisterKwh },
      as: { permissions: ['metering:*'] },
    });
  const told = await everyWay({
    async act() {
      await correct('1140', new Date('2026-05-01T00:00:00+03:00').toISOString());
      await billing.calmDown(1000);
      const body = { to: '2026-04-20' };
      await billing.ask(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body });
      await billing.calmDown(1000);
    },
  });
  // Each a difference.
  expect(told).toMatchObject({ 'invoice.created': 2 });
});
