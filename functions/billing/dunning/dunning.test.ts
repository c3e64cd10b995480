/** Dunning on real tables, day by day: each step once, nobody protected is touched, and who pays gets light back. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { confirmCommand } from '../commands/confirm-command.ts';
import { handler as commands } from '../commands/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { dueSteps } from './due-steps.ts';
import { handler } from './handler.ts';
import { dunningPolicySchema } from './policy.ts';
import { reconnectWhenPaid } from './reconnect-when-paid.ts';

const stack = useBillingStack();
const tenant = 'dun';
const steps = [
  { id: 'before', afterDays: -3, action: 'remind', channels: ['sms'] },
  { id: 'first', afterDays: 3, action: 'remind', channels: ['sms', 'whatsapp'] },
  { id: 'fee', afterDays: 10, action: 'late_fee', fee: { type: 'percent', percent: '5' } },
  { id: 'cut', afterDays: 20, action: 'disconnect', minimumDue: '100' },
];
let tariffId: string;
let serial = 1;

beforeAll(async () => {
  await stack.addTenant(tenant);
  tariffId = (await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', { body: { code: 'T', name: 'T' } }))
    .body.data.id;
  await stack.call(tenant, commands, 'PUT', '/api/billing/meter-commands/settings', {
    body: { disconnectNeedsApproval: false },
  });
});
const setPolicy = (policy: object) =>
  stack.call(tenant, handler, 'PUT', '/api/billing/dunning-policy', { body: policy });
beforeEach(() => setPolicy({ isActive: true, steps }));

/** A customer at a meter who owes 1,000 since so many days; today is 15 June. */
async function debtor(daysOverdue: number, customer: object = {}, amount = '1000.00') {
  const meterId = `D-${serial++}`;
  await stack.addMeter(tenant, meterId);
  const customerId = (
    await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: meterId, ...customer } })
  ).body.data.id;
  await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
    body: { customerId, meterId, tariffId, from: '2026-01-01' },
  });
  const dueDate = new Date(Date.UTC(2026, 5, 15 - daysOverdue)).toISOString().slice(0, 10);
  const invoice = await oweInvoice(tenant, customerId, amount, {
    invoiceNumber: meterId,
    issueDate: '2026-05-02',
    dueDate,
  });
  return { customerId, meterId, id: invoice.id };
}

const invoiceOf = async (id: string) =>
  (await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${id}`)).body.data;
const ofCustomer = async (customerId: string) =>
  (await stack.call(tenant, invoices, 'GET', '/api/billing/invoices', { query: { customerId } })).body.data;
const commandsOf = async (meterId: string) =>
  (await stack.call(tenant, commands, 'GET', '/api/billing/meter-commands', { query: { meterId } })).body.data;
const saysOff = (meterId: string) =>
  confirmCommand({
    tenantId: tenant,
    meterId,
    newStatus: 'disconnected',
    time: new Date().toISOString(),
    by: 'status',
  });
const count = (type: string, id: string): number =>
  stack.events(type).filter(({ aggregateId }) => aggregateId.S === id).length;

describe('a policy', () => {
  it('is empty and asleep until it is set', async () => {
    await stack.addTenant('dun-new');
    expect((await stack.call('dun-new', handler, 'GET', '/api/billing/dunning-policy')).body.data).toEqual({
      isActive: false,
      steps: [],
      reconnectWhen: 'all_paid',
    });
  });

  it('takes no two steps of one name, no unknown action, no fee below zero', async () => {
    for (const wrong of [
      [steps[0], steps[0]],
      [{ ...steps[0], action: 'shout' }],
      [{ ...steps[2], fee: { type: 'amount', amount: '-1' } }],
    ])
      expect((await setPolicy({ isActive: true, steps: wrong })).status).toBe(400);
  });

  it('sends one reminder where several fell due unseen', () => {
    const policy = dunningPolicySchema.parse({ isActive: true, steps });
    const names = (dunning: string[], today: string) =>
      dueSteps({ kind: 'invoice', dueDate: '2026-06-01', dunning }, policy, today).map(({ id }) => id);
    expect(names([], '2026-05-28')).toEqual([]);
    expect(names([], '2026-05-29')).toEqual(['before']);
    expect(names([], '2026-06-30')).toEqual(['first', 'fee', 'cut']);
    expect(names(['first', 'fee'], '2026-06-12')).toEqual([]);
    expect(dueSteps({ kind: 'late_fee', dueDate: '2026-06-01' }, policy, '2026-06-12').map(({ id }) => id)).toEqual([
      'first',
    ]);
  });
});

describe('an invoice', () => {
  it('before its day is reminded of once, and not overdue', async () => {
    const { id } = await debtor(-3);
    await stack.dun(tenant);
    await stack.dun(tenant);
    expect(count('invoice.reminder', id)).toBe(1);
    expect(await invoiceOf(id)).toMatchObject({ status: 'issued', dunning: ['before'] });
  });

  it('past its day is overdue, once, also without a policy', async () => {
    await setPolicy({});
    const { id } = await debtor(1);
    await Promise.all([stack.dun(tenant), stack.dun(tenant)]);
    await stack.dun(tenant);
    expect((await invoiceOf(id)).status).toBe('overdue');
    expect(count('invoice.overdue', id)).toBe(1);
  });

  it('on its very day is not overdue', async () => {
    const { id } = await debtor(0);
    await stack.dun(tenant);
    expect((await invoiceOf(id)).status).toBe('issued');
  });

  it('costs a late fee once, which costs none itself', async () => {
    const { id, customerId } = await debtor(12);
    await Promise.all([stack.dun(tenant), stack.dun(tenant)]);
    const fees = (await ofCustomer(customerId)).filter(({ kind }: any) => kind === 'late_fee');
    expect(fees).toMatchObject([{ totalAmount: '50.00', corrects: id, dueDate: '2026-06-29' }]);
    stack.advance(30 * 86_400_000);
    await stack.dun(tenant);
    expect((await ofCustomer(customerId)).filter(({ kind }: any) => kind === 'late_fee')).toHaveLength(1);
    stack.advance(-30 * 86_400_000);
  });
});

describe('a customer in credit', () => {
  const post = (path: string, body: object) =>
    stack.call(tenant, path.includes('/invoices') ? invoices : payments, 'POST', path, { body });

  /** Somebody who paid another invoice that is cancelled then: its money waits. */
  async function withAdvance(daysOverdue: number, amount: string) {
    const debt = await debtor(daysOverdue);
    const other = await oweInvoice(tenant, debt.customerId, amount, { invoiceNumber: `${debt.meterId}-C` });
    const money = { customerId: debt.customerId, amount, method: 'cash', invoiceIds: [other.id] };
    expect((await post('/api/billing/payments', money)).status).toBe(201);
    expect((await post(`/api/billing/invoices/${other.id}/cancel`, { reason: 'Wrong' })).status).toBe(200);
    return debt;
  }
  const feesOf = async (customerId: string) =>
    (await ofCustomer(customerId)).filter(({ kind }: any) => kind === 'late_fee');

  it('is neither reminded, charged nor switched off for what the credit covers', async () => {
    const [early, late] = [await withAdvance(-2, '1000.00'), await withAdvance(25, '1000.00')];
    await stack.dun(tenant);
    for (const { id, customerId, meterId } of [early, late]) {
      expect(count('invoice.reminder', id)).toBe(0);
      expect(await feesOf(customerId)).toEqual([]);
      expect(await commandsOf(meterId)).toEqual([]);
    }
  });

  it('is dunned where the credit falls short, and not switched off for less than the least debt', async () => {
    const { id, customerId, meterId } = await withAdvance(25, '900.01');
    await stack.dun(tenant);
    expect(count('invoice.reminder', id)).toBe(1);
    expect(await feesOf(customerId)).toHaveLength(1);
    expect(await commandsOf(meterId)).toEqual([]);
  });
});

describe('the collection log', () => {
  const logOf = (query: Record<string, string>) =>
    stack.call(tenant, handler, 'GET', '/api/billing/dunning-policy/actions', { query });

  it('says what was done about a debt, once, and what must be done by hand', async () => {
    const { id, customerId, meterId } = await debtor(25);
    const other = `D-${serial++}`;
    await stack.addMeter(tenant, other, { type: 'manual' });
    await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
      body: { customerId, meterId: other, tariffId, from: '2026-01-01' },
    });
    await Promise.all([stack.dun(tenant), stack.dun(tenant)]);
    await stack.dun(tenant);
    const { data } = (await logOf({ invoiceId: id })).body;
    expect(data.map(({ action, step }: any) => [action, step]).reverse()).toEqual([
      ['overdue', undefined],
      ['remind', 'first'],
      ['late_fee', 'fee'],
      ['disconnect', 'cut'],
    ]);
    const { disconnection, dueAmount } = data[0];
    expect(dueAmount).toBe('1000.00');
    const meters = Object.fromEntries(disconnection.meters.map((one: any) => [one.meterId, one.outcome]));
    expect(meters).toEqual({ [meterId]: expect.stringMatching(/requested|order_open/), [other]: 'not_switchable' });
    expect((await logOf({ customerId })).body.data).toHaveLength(4);
    await stack.addTenant('dun-foreign');
    const foreign = await stack.call('dun-foreign', handler, 'GET', '/api/billing/dunning-policy/actions', {
      query: { customerId },
    });
    expect(foreign.body.data).toEqual([]);
    expect((await logOf({})).status).toBe(422);
  });

  it('says why somebody was spared', async () => {
    const { id } = await debtor(25, { isProtected: true });
    await stack.dun(tenant);
    expect((await logOf({ invoiceId: id })).body.data[0]).toMatchObject({
      action: 'disconnect',
      disconnection: { spared: 'protected', meters: [] },
    });
  });
});

describe('disconnection', () => {
  it('is asked for once, and undone when the debt is paid', async () => {
    const { customerId, meterId } = await debtor(25);
    await stack.dun(tenant);
    await stack.dun(tenant);
    await stack.workOffCommands(0);
    const [off] = await commandsOf(meterId);
    expect(off).toMatchObject({ command: 'disconnect', status: 'sent', requestedBy: 'dunning' });
    await saysOff(meterId);
    await reconnectWhenPaid(tenant, customerId);
    expect(await commandsOf(meterId)).toHaveLength(1);
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount: '1050', method: 'cash' },
    });
    await reconnectWhenPaid(tenant, customerId);
    await reconnectWhenPaid(tenant, customerId).catch(() => {});
    await stack.workOffCommands(0);
    expect((await commandsOf(meterId)).map(({ command }: any) => command)).toEqual(['reconnect', 'disconnect']);
  });

  it('that was not sent is withdrawn by the payment', async () => {
    await stack.call(tenant, commands, 'PUT', '/api/billing/meter-commands/settings', {
      body: { disconnectNeedsApproval: true },
    });
    const { customerId, meterId } = await debtor(25);
    await stack.dun(tenant);
    expect((await commandsOf(meterId))[0].status).toBe('requested');
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount: '2000', method: 'cash' },
    });
    await reconnectWhenPaid(tenant, customerId);
    expect(await commandsOf(meterId)).toMatchObject([{ status: 'cancelled', outcome: 'Paid' }]);
    await stack.call(tenant, commands, 'PUT', '/api/billing/meter-commands/settings', {
      body: { disconnectNeedsApproval: false },
    });
  });

  it('by a person is not undone by a payment', async () => {
    const { customerId, meterId } = await debtor(1);
    await stack.call(tenant, commands, 'POST', '/api/billing/meter-commands', {
      body: { meterId, command: 'disconnect', reason: 'Fire' },
    });
    await stack.workOffCommands(0);
    await saysOff(meterId);
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount: '1000', method: 'cash' },
    });
    await reconnectWhenPaid(tenant, customerId);
    expect((await commandsOf(meterId)).map(({ command }: any) => command)).toEqual(['disconnect']);
  });

  it.each<[string, object, string?]>([
    ['protected customers', { isProtected: true }],
    ['those with an agreement', { graceUntil: '2026-06-20' }],
    ['small debts', {}, '50.00'],
  ])('spares %s', async (_, customer, amount) => {
    const { meterId, id } = await debtor(25, customer, amount);
    await stack.dun(tenant);
    expect(await commandsOf(meterId)).toEqual([]);
    expect((await invoiceOf(id)).status).toBe('overdue');
  });
});
