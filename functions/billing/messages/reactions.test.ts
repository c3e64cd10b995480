/** What customers are told by itself: of a debt, of money taken back, of their meter, of all invoices of a run; and of messages that got lost. */
import { beforeEach, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { handler as customers } from '../customers/handler.ts';
import { dunInvoice } from '../dunning/dun-invoice.ts';
import { dunningPolicySchema } from '../dunning/policy.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { startRun } from '../runs/start-run.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { handler as settings } from './handler.ts';
import { longestQueuedMs } from './message-outcome.ts';
import { handler as onBillingEvents } from './on-billing-events.ts';
import { sendingQueue, sendPage, startSending } from './send-invoice.ts';

const stack = useBillingStack();
const told = new Set<string>();
let tenants = 0;
let tenant = '';
let customerId = '';

beforeEach(async () => {
  tenant = `reactions-${++tenants}`;
  await stack.addTenant(tenant);
  customerId = await addCustomer();
});

async function addCustomer(more: object = {}): Promise<string> {
  const body = { name: 'Ahmed', phone: '+967771234567', ...more };
  return (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body })).body.data.id;
}

const messagesOf = async (id = customerId): Promise<any[]> =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${id}/messages`)).body.data;
const templatesOf = async (id = customerId) => (await messagesOf(id)).map(({ template }) => template).sort();

const happen = (type: string, payload: object) =>
  onBillingEvents(busBatch([makeEvent({ type, tenantId: tenant, payload: payload as Record<string, unknown> })]));

/** Brings what billing wrote of a type since, twice as the bus may. */
async function bring(...types: string[]): Promise<void> {
  for (const item of types.flatMap((type) => stack.events(type))) {
    if (item.tenantId.S !== tenant || told.has(item.id.S)) continue;
    told.add(item.id.S);
    for (let time = 0; time < 2; time++) await happen(item.type.S, JSON.parse(item.payload.S));
  }
}

const remind = { id: 'first', afterDays: 0, action: 'remind', channels: ['sms'] };
const dun = async (id: string, steps: object[]) => {
  await dunInvoice(openSession(tenant), id, dunningPolicySchema.parse({ isActive: true, steps }), '2026-06-21');
  await bring('invoice.overdue', 'invoice.reminder');
};

it('an invoice that becomes overdue is told of unless settings say otherwise, once', async () => {
  const { id } = await oweInvoice(tenant, customerId, '10.00');
  await dun(id, []);
  expect(await templatesOf()).toEqual(['invoice_overdue']);
  const other = await addCustomer();
  await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', { body: { automatic: [] } });
  await dun((await oweInvoice(tenant, other, '10.00')).id, [remind]);
  expect(await templatesOf(other)).toEqual([]);
});

it('a customer whose credit covers the invoice is told of no debt', async () => {
  const other = await addCustomer();
  const [open, paid] = [await oweInvoice(tenant, other, '10.00'), await oweInvoice(tenant, other, '10.00')];
  const money = { customerId: other, amount: '10.00', method: 'cash', invoiceIds: [paid.id] };
  expect((await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: money })).status).toBe(201);
  const why = { body: { reason: 'Wrong' } };
  expect((await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${paid.id}/cancel`, why)).status).toBe(200);
  await dun(open.id, []);
  expect(await templatesOf(other)).not.toContain('invoice_overdue');
});

it('credit that covers one of two invoices covers not both: what is left is told of', async () => {
  const other = await addCustomer();
  const debts = [];
  for (const dueDate of ['2026-06-20', '2026-06-20', '2026-06-20', '2026-06-22'])
    debts.push(await oweInvoice(tenant, other, '10.00', { dueDate }));
  const money = { customerId: other, amount: '10.00', method: 'cash', invoiceIds: [debts[0]!.id] };
  expect((await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body: money })).status).toBe(201);
  const why = { body: { reason: 'Wrong' } };
  await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${debts[0]!.id}/cancel`, why);
  for (const { id } of debts.slice(1, 3)) await dun(id, []);
  expect(await templatesOf(other)).toContain('invoice_overdue');
  await dun(debts[3]!.id, [{ ...remind, afterDays: -3 }]);
  expect(await templatesOf(other)).toContain('invoice_reminder');
});

it('a step of dunning reminds by itself, and then nothing else is said of the same debt on that day', async () => {
  const { id } = await oweInvoice(tenant, customerId, '10.00');
  await dun(id, [remind]);
  expect(await templatesOf()).toEqual(['invoice_reminder']);
  const other = await addCustomer();
  await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', {
    body: { automatic: ['invoice_overdue'] },
  });
  await dun((await oweInvoice(tenant, other, '10.00')).id, [remind]);
  expect(await templatesOf(other)).toEqual(['invoice_overdue']);
});

it('word of a debt that comes after its money is not written at all', async () => {
  const late = await addCustomer();
  const { id } = await oweInvoice(tenant, late, '10.00');
  await dunInvoice(
    openSession(tenant),
    id,
    dunningPolicySchema.parse({ isActive: true, steps: [remind] }),
    '2026-06-21',
  );
  await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
    body: { customerId: late, amount: '10', method: 'cash' },
  });
  await bring('invoice.overdue', 'invoice.reminder');
  expect(await templatesOf(late)).toEqual([]);
});

it('who was given time is not pressed', async () => {
  const graced = await addCustomer();
  await stack.call(tenant, customers, 'PUT', `/api/billing/customers/${graced}`, {
    body: { graceUntil: '2026-07-01' },
  });
  await dun((await oweInvoice(tenant, graced, '10.00')).id, [remind]);
  expect(await templatesOf(graced)).toEqual([]);
});

it('a payment that is taken back is told of where settings say so, with the words of its code and none of the cashier’s', async () => {
  await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', {
    body: { automatic: ['payment_reversed'] },
  });
  await oweInvoice(tenant, customerId, '10.00');
  const body = { customerId, amount: '25', method: 'cheque' };
  const { id } = (await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body })).body.data;
  const reverse = await stack.call(tenant, payments, 'POST', `/api/billing/payments/${id}/reverse`, {
    body: { reason: 'Cheque bounced, he lied again', reasonCode: 'returned_by_bank' },
  });
  expect(reverse.status).toBe(200);
  await bring('payment.received', 'payment.reversed');
  const messages = await messagesOf();
  expect(messages).toMatchObject([
    { template: 'payment_reversed', status: 'queued', document: { kind: 'receipt', id } },
  ]);
  expect(messages[0].text).toMatch(/the bank did not honour it|لم يصرفه البنك/);
  expect(messages[0].text).not.toContain('lied');
});

it('a meter that is cut and connected again is told of at each step, once', async () => {
  await oweInvoice(tenant, customerId, '10.00', { dueDate: '2026-06-10' });
  const command = { meterId: 'MTR-1', customerId };
  const cut = { ...command, id: 'cmd_1', command: 'disconnect', requestedBy: 'dunning' };
  // Paid before the warning was written: nobody is asked for nothing.
  const paid = {
    ...command,
    id: 'cmd_0',
    command: 'disconnect',
    requestedBy: 'dunning',
    customerId: await addCustomer(),
  };
  await happen('meter.command_changed', { ...paid, status: 'approved' });
  expect(await templatesOf(paid.customerId)).toEqual([]);
  for (const status of ['requested', 'approved', 'sent', 'confirmed', 'confirmed'])
    await happen('meter.command_changed', { ...cut, status });
  // A person's order is not preceded by a warning: that person speaks to the customer.
  await happen('meter.command_changed', { ...cut, id: 'cmd_2', requestedBy: 'usr_1', status: 'requested' });
  for (const status of ['requested', 'sent', 'confirmed'])
    await happen('meter.command_changed', {
      ...command,
      id: 'cmd_3',
      command: 'reconnect',
      requestedBy: 'dunning',
      status,
    });
  expect(await templatesOf()).toEqual(['disconnection_warning', 'meter_disconnected', 'meter_reconnected']);
  const warning = (await messagesOf()).find(({ template }) => template === 'disconnection_warning');
  expect(warning.text).toMatch(/10\.00[\s\S]*MTR-1|MTR-1[\s\S]*10\.00/);
});

it('who is cut off by a person’s order, or owes nothing by then, is not told that paying brings the supply back', async () => {
  const cut = { meterId: 'MTR-1', customerId, command: 'disconnect', status: 'confirmed' };
  await happen('meter.command_changed', { ...cut, id: 'cmd_4', requestedBy: 'dunning' });
  await oweInvoice(tenant, customerId, '10.00', { dueDate: '2026-06-10' });
  await happen('meter.command_changed', { ...cut, id: 'cmd_5', requestedBy: 'usr_1' });
  await happen('meter.command_changed', { ...cut, id: 'cmd_4', requestedBy: 'dunning' });
  const messages = await messagesOf();
  expect(messages.map(({ template }) => template)).toEqual(['meter_switched_off', 'meter_switched_off']);
  for (const { text } of messages) expect(text).not.toMatch(/\d\.00|paid|السداد/);
});

/** A run that has ended, with an invoice each for so many customers. */
async function runWith(customers: number) {
  const run = await startRun(openSession(tenant), {
    period: { from: '2026-04-01', to: '2026-05-01' },
    issueDate: '2026-06-01',
    dueDays: 14,
    mayEstimate: false,
  } as never);
  await stack.workOffRuns();
  const owners: string[] = [];
  for (let i = 0; i < customers; i++) {
    owners.push(await addCustomer());
    await oweInvoice(tenant, owners[i]!, '10.00', { runId: run.id } as object);
  }
  return { run, owners };
}

it('all invoices of a run are sent page by page, once, and nobody else’s', async () => {
  const { run, owners } = await runWith(8);
  await oweInvoice(tenant, customerId, '10.00');
  const cancelled = await addCustomer();
  const wrong = await oweInvoice(tenant, cancelled, '10.00', { runId: run.id } as object);
  await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${wrong.id}/cancel`, { body: { reason: 'Wrong' } });
  for (let time = 0; time < 2; time++) {
    const answer = await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/runs/${run.id}/send`, {
      body: { channels: ['sms'] },
    });
    expect(answer.status).toBe(202);
    await stack.workOff(sendingQueue, (body) => sendPage(JSON.parse(body), 1), { times: 2 });
  }
  for (const owner of owners) expect(await templatesOf(owner)).toEqual(['invoice_issued']);
  expect([await templatesOf(), await templatesOf(cancelled)]).toEqual([[], []]);
  const asked = stack.events('message.requested').filter((item) => item.tenantId.S === tenant);
  expect(asked).toHaveLength(8);
  await stack.addTenant(`${tenant}-x`);
  const foreign = await stack.call(`${tenant}-x`, invoices, 'POST', `/api/billing/invoices/runs/${run.id}/send`, {
    body: {},
  });
  expect(foreign.status).toBe(404);
});

it('an invoice of a run that cannot be sent holds up no other, and stays asked for by itself', async () => {
  const { run, owners } = await runWith(6);
  const lost = await oweInvoice(tenant, 'cus_00000000000000000000000000', '10.00', { runId: run.id } as object);
  await startSending(openSession(tenant), run.id, ['sms']);
  const failed: string[] = [];
  await stack.workOff(sendingQueue, (body) =>
    sendPage(JSON.parse(body), 1).catch(() => void failed.push(JSON.parse(body).invoiceId)),
  );
  for (const owner of owners) expect(await templatesOf(owner)).toEqual(['invoice_issued']);
  expect(failed).toEqual([lost.id]);
});

it('a message whose sender died at every try has failed by its age, and goes out when asked for again', async () => {
  const { id } = await oweInvoice(tenant, customerId, '10.00');
  const send = async () =>
    (await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/send`, { body: {} })).body.data;
  await send();
  stack.advance(longestQueuedMs);
  expect(await send()).toMatchObject([{ status: 'queued' }]);
  stack.advance(1);
  expect(await messagesOf()).toMatchObject([{ status: 'failed', reason: 'unreachable', tries: 0 }]);
  expect(await send()).toMatchObject([{ status: 'queued' }]);
  expect(await messagesOf()).toMatchObject([{ status: 'queued', tries: 1 }]);
});
