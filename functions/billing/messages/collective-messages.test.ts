/** One message for all invoices of a customer who wants it so, of a run and of a period, and one amount in reminders. */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { handler as customers } from '../customers/handler.ts';
import { dunInvoice } from '../dunning/dun-invoice.ts';
import { dunningPolicySchema } from '../dunning/policy.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { billPage } from '../runs/bill-page.ts';
import { billingQueue } from '../runs/start-run.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler as settings } from './handler.ts';
import { isOutdated } from './is-outdated.ts';
import { customerMessageEntity } from './message-entity.ts';
import { handler as onBillingEvents } from './on-billing-events.ts';
import { sendingQueue, sendPage } from './send-invoice.ts';

const stack = useBillingStack();
const tenant = 'together';
const { setUp, addSupply, bill, invoicesOf } = meteredCustomers(stack, tenant);
const few = aprilReadings.filter((_, i) => i % 30 === 0);
const told = new Set<string>();
let routes = 0;
let [routeId, customerId] = ['', ''];

const call = (method: string, path: string, body?: object) =>
  stack.call(tenant, invoices, method, `/api/billing/invoices${path}`, body ? { body } : {});
const messagesOf = async (id = customerId): Promise<any[]> =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${id}/messages`)).body.data;

/** Brings what billing wrote since, the newest first and each twice. */
async function bring(): Promise<void> {
  const types = ['invoice.created', 'invoice.overdue', 'invoice.reminder', 'collective_bill.completed'];
  for (const item of stack.events(...types).toReversed()) {
    if (told.has(item.id.S)) continue;
    told.add(item.id.S);
    const event = makeEvent({ type: item.type.S, tenantId: tenant, payload: JSON.parse(item.payload.S) });
    for (let time = 0; time < 2; time++) await onBillingEvents(busBatch([event]));
  }
}

beforeAll(async () => {
  await stack.addTenant(tenant);
  const automatic = ['invoice_issued', 'invoice_reminder', 'invoice_overdue'];
  await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', { body: { automatic } });
});

/** Of two groups, so of two invoices. */
beforeEach(async () => {
  routeId = `R${++routes}`;
  const customer = { routeId, name: 'Ministry', phone: '+967771234567', language: 'en', collectiveBill: true };
  customerId = (await setUp(few, { customer, supply: { invoiceGroup: 'North' } })).customerId;
  await addSupply(customerId, few, { supply: { invoiceGroup: 'South' } });
});

const runOver = async (work: () => Promise<void> = () => stack.workOffRuns(2)) => {
  const { run } = (await call('POST', '/generate', { period: april, routeId })).body.data;
  await work();
  return run.id as string;
};

it('a run tells of all its invoices once, however often events come and whoever sends it besides', async () => {
  const single = (await setUp(few, { customer: { routeId, phone: '+967771234568' } })).customerId;
  const runId = await runOver();
  await bring();
  const send = async () => {
    expect((await call('POST', `/runs/${runId}/send`, {})).status).toBe(202);
    await stack.workOff(sendingQueue, (body) => sendPage(JSON.parse(body), 1));
  };
  await Promise.all([send(), send()]);
  expect((await invoicesOf(customerId)).length).toBe(2);
  const [message, ...more] = await messagesOf();
  expect(more).toEqual([]);
  expect(message).toMatchObject({ template: 'collective_bill_issued', status: 'queued' });
  expect(message.document).toEqual({ kind: 'collective_bill', id: `${runId}_${customerId}` });
  expect(message.text).toContain('2,400.00 YER');
  // Who did not ask for it has a message for each invoice, as ever.
  expect(await messagesOf(single)).toMatchObject([{ template: 'invoice_issued' }]);
});

it('a customer of more meters than a page bills hears when the last of them is billed', async () => {
  await runOver(() => stack.workOff(billingQueue, (body) => billPage(JSON.parse(body), 1)));
  expect(stack.events('collective_bill.completed').filter((item) => item.payload.S.includes(customerId))).toHaveLength(
    1,
  );
  await bring();
  expect(await messagesOf()).toMatchObject([{ text: expect.stringContaining('2,400.00 YER') }]);
});

it('who is billed alone hears once of what there is, and again only of what was made since', async () => {
  await bill(customerId);
  await bill(customerId);
  await bring();
  expect((await messagesOf()).map(({ text }) => text)).toEqual([expect.stringContaining('2,400.00 YER')]);
  await addSupply(customerId, few);
  // Of invoices of one moment the last by its id, which is random, would be it.
  stack.advance(60_000);
  await bill(customerId);
  await bring();
  expect((await messagesOf()).map(({ text }) => text)).toEqual([
    expect.stringContaining('3,600.00 YER'),
    expect.stringContaining('2,400.00 YER'),
  ]);
});

it('nothing is told of what was cancelled before', async () => {
  await bill(customerId);
  for (const { id } of await invoicesOf(customerId)) await call('POST', `/${id}/cancel`, { reason: 'Wrong' });
  await bring();
  expect((await messagesOf()).map(({ template }) => template)).toEqual([]);
});

it('a reminder names one amount, once for a step, as long as any of it is owed', async () => {
  await runOver();
  const { dueDate } = (await invoicesOf(customerId))[0];
  const remind = { id: 'first', afterDays: 0, action: 'remind', channels: ['sms'] };
  const policy = dunningPolicySchema.parse({ isActive: true, steps: [remind] });
  for (const { id } of await invoicesOf(customerId)) await dunInvoice(openSession(tenant), id, policy, dueDate);
  await bring();
  const [reminder, ...more] = (await messagesOf()).filter(({ template }) => template !== 'collective_bill_issued');
  expect(more).toEqual([]);
  expect(reminder).toMatchObject({
    template: 'collective_bill_reminder',
    text: expect.stringContaining('2,400.00 YER'),
  });
  const outdated = async () => {
    const session = openSession(tenant);
    return isOutdated(session, await session.require(customerMessageEntity, { id: reminder.id }));
  };
  const pay = (amount: string) =>
    stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount, currency: 'YER', method: 'cash', invoiceIds: [reminder.aboutId] },
    });
  expect((await pay('1200.00')).status).toBe(201);
  expect(await outdated()).toBe(false);
  const [other] = (await invoicesOf(customerId)).filter(({ status }) => status !== 'paid');
  const rest = { customerId, amount: '1200.00', currency: 'YER', method: 'cash', invoiceIds: [other.id] };
  expect((await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: rest })).status).toBe(201);
  expect(await outdated()).toBe(true);
});
