/** Bills while functions die and messages come twice: each day is billed once, and what comes late is charged once. */
import { beforeAll, expect, it } from 'vitest';
import { handler as meters } from '../../metering/meters/handler.ts';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as usageEdits } from '../../metering/usage-edits/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDisturbance } from '../test-support/disturb-flow.ts';
import { april, aprilReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';

const tenant = 'broken-bills';
const stack = useBillingStack();
const { setUp, addSupply, bill } = meteredCustomers(stack, tenant);
const { billing, everyWay } = useDisturbance(stack, { without: ['send-customer-messages'] });
const utc = (local: string) => new Date(`${local}:00+03:00`).toISOString();
const generate = (customerId: string, period = april) =>
  billing.ask(tenant, handler, 'POST', '/api/billing/invoices/generate', { body: { customerId, period } });

beforeAll(() => stack.addTenant(tenant));

it('a customer who moves out, and the last bill', async () => {
  const { customerId, supplyId } = await setUp(aprilReadings);
  await billing.calmDown(2000);
  const told = await everyWay({
    async act() {
      const body = { to: '2026-04-20' };
      await billing.ask(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body });
      await generate(customerId, { from: '2026-04-01', to: '2026-04-20' });
      await billing.calmDown(2000);
    },
  });
  expect(told).toMatchObject({ 'supply.ended': 1, 'invoice.created': 1 });
});

it('two invoices that one request makes', async () => {
  const { customerId } = await setUp(aprilReadings, { supply: { invoiceGroup: 'North' } });
  await addSupply(customerId, aprilReadings, { supply: { invoiceGroup: 'South' } });
  const told = await everyWay({
    breakages: ['died'],
    breaks: 8,
    async act() {
      await generate(customerId);
    },
  });
  expect(told).toMatchObject({ 'invoice.created': 2 });
});

it('a bill whose reading is corrected', async () => {
  const { customerId, meterId } = await setUp(aprilReadings);
  await bill(customerId);
  await billing.calmDown(2000);
  const correction = { time: utc('2026-05-01T00:00'), registerKwh: '1150', newRegisterKwh: '1140' };
  const body = { meterId, reason: 'Photo', action: 'correct', ...correction };
  const told = await everyWay({
    async act() {
      const as = { permissions: ['metering:*'] };
      await billing.ask(tenant, edits, 'POST', '/api/billing/reading-edits', { body, as });
      await billing.calmDown(2000);
    },
  });
  expect(told).toMatchObject({ 'invoice.created': 1 });
});

it('a customer who had moved out before a bill that is made already', async () => {
  const { customerId, supplyId } = await setUp(aprilReadings);
  await bill(customerId);
  await billing.calmDown(2000);
  const told = await everyWay({
    async act() {
      const body = { to: '2026-04-20' };
      await billing.ask(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body });
      await billing.calmDown(2000);
    },
    // What a request does before it takes effect is not its effect: it is gone on with when it is repeated.
    breakages: ['died'],
    breaks: 12,
  });
  expect(told).toMatchObject({ 'supply.ended': 1, 'invoice.created': 1 });
});

it('a bill after which an exchange of the meter is told, and an edit of what it used', async () => {
  const meter = { installedAt: utc('2026-04-01T00:00'), initialRegisterKwh: '1000' };
  const { customerId, meterId } = await setUp(aprilReadings.slice(0, 11), { meter });
  await bill(customerId, { from: '2026-04-01', to: '2026-04-09' });
  await billing.calmDown(2000);
  const as = { permissions: ['metering:*'] };
  const told = await everyWay({
    async act() {
      const exchange = { at: utc('2026-04-12T00:00'), finalRegisterKwh: '1055', newSerialNumber: `NEW-${meterId}` };
      await billing.ask(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, { body: exchange, as });
      // The wait for what else may come, also where its message comes again.
      await billing.calmDown(2000);
      const stretch = { from: utc('2026-04-02T00:00'), to: utc('2026-04-04T00:00'), reason: 'A phase was off' };
      const body = { meterId, ...stretch, method: 'linear', totalKwh: '30' };
      await billing.ask(tenant, usageEdits, 'POST', '/api/billing/usage-edits', { body, as });
      await billing.calmDown(2000);
    },
  });
  expect(told).toMatchObject({ 'meter.exchanged': 1, 'meter.usage_edited': 1, 'invoice.created': 1 });
});
