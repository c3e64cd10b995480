/** A payment that arrives while a disconnection is under way, at every step of it: the light is back, or it never went off. */
import { beforeAll, describe, expect, it } from 'vitest';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { confirmCommand } from '../commands/confirm-command.ts';
import { handler as commands } from '../commands/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { handler as policy } from './handler.ts';
import { handler as onPaid } from './on-reasons-to-reconnect.ts';

const stack = useBillingStack();
const tenant = 'race';
let tariffId: string;
let [serial, heard] = [0, 0];
const handled = new Set<string>();

beforeAll(async () => {
  await stack.addTenant(tenant);
  tariffId = (await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', { body: { code: 'T', name: 'T' } }))
    .body.data.id;
  await stack.call(tenant, policy, 'PUT', '/api/billing/dunning-policy', {
    body: { isActive: true, steps: [{ id: 'cut', afterDays: 5, action: 'disconnect', minimumDue: '100' }] },
  });
});

const needApproval = (disconnectNeedsApproval: boolean) =>
  stack.call(tenant, commands, 'PUT', '/api/billing/meter-commands/settings', { body: { disconnectNeedsApproval } });
const commandsOf = async (meterId: string) =>
  (await stack.call(tenant, commands, 'GET', '/api/billing/meter-commands', { query: { meterId } })).body.data;

async function debtor() {
  const meterId = `R-${++serial}`;
  await stack.addMeter(tenant, meterId);
  const customerId = (
    await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: meterId } })
  ).body.data.id as string;
  await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
    body: { customerId, meterId, tariffId, from: '2026-01-01' },
  });
  await oweInvoice(tenant, customerId, '1000.00', { dueDate: '2026-05-20' });
  return { meterId, customerId, isLit: true };
}
type Debtor = Awaited<ReturnType<typeof debtor>>;

const pay = ({ customerId }: Debtor) =>
  stack.call(tenant, payments, 'POST', '/api/billing/payments', {
    body: { customerId, amount: '1000', method: 'cash' },
  });

/** The bus delivers what is new, each event twice; a failure comes again as from the queue. */
async function deliver(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const fresh = ['invoice.paid', 'meter.command_changed']
      .flatMap((type) => stack.events(type))
      .filter(({ id }) => !handled.has(id.S));
    if (fresh.length === 0) return;
    const events = fresh.map((item) =>
      makeEvent({ type: item.type.S, source: 'billing', tenantId: tenant, payload: JSON.parse(item.payload.S) }),
    );
    const { batchItemFailures } = await onPaid(busBatch([...events, ...events]));
    if (batchItemFailures.length === 0) for (const { id } of fresh) handled.add(id.S);
  }
}

/** The meter does what it hears and says so. */
async function meterActs(customer: Debtor): Promise<void> {
  for (const { topic, payload } of stack.published().slice(heard)) {
    heard += 1;
    if (!topic.includes(`/${customer.meterId}/`)) continue;
    customer.isLit = payload.command === 'relay_on';
    const newStatus = customer.isLit ? 'connected' : 'disconnected';
    await confirmCommand({
      tenantId: tenant,
      meterId: customer.meterId,
      newStatus,
      time: new Date().toISOString(),
      by: 'status',
    });
  }
}

async function calmDown(customer: Debtor): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await deliver();
    await stack.workOffCommands(0, 2);
    await meterActs(customer);
  }
}

async function approve(meterId: string): Promise<number> {
  const [command] = await commandsOf(meterId);
  const path = `/api/billing/meter-commands/${command.id}/approve`;
  return (await stack.call(tenant, commands, 'POST', path, { as: { subject: 'usr_2' } })).status;
}

describe('who pays', () => {
  it.each<[string, (customer: Debtor) => Promise<unknown>]>([
    [
      'before anything is asked for',
      async (customer) => {
        await pay(customer);
        await stack.dun(tenant);
      },
    ],
    ['while dunning looks', (customer) => Promise.all([stack.dun(tenant), pay(customer)])],
    [
      'while the order waits for a second person',
      async (customer) => {
        await stack.dun(tenant);
        await pay(customer);
      },
    ],
    [
      'while a second person agrees',
      async (customer) => {
        await stack.dun(tenant);
        await Promise.all([approve(customer.meterId), pay(customer), deliver()]);
      },
    ],
    [
      'while the order is sent',
      async (customer) => {
        await stack.dun(tenant);
        await approve(customer.meterId);
        await Promise.all([stack.workOffCommands(0, 2), pay(customer)]);
        await Promise.all([deliver(), meterActs(customer)]);
      },
    ],
    [
      'while the meter says that it is off',
      async (customer) => {
        await stack.dun(tenant);
        await approve(customer.meterId);
        await stack.workOffCommands(0);
        await Promise.all([pay(customer), meterActs(customer)]);
        expect(customer.isLit).toBe(false);
      },
    ],
    [
      'in the dark',
      async (customer) => {
        await stack.dun(tenant);
        await approve(customer.meterId);
        await stack.workOffCommands(0);
        await meterActs(customer);
        await deliver();
        await pay(customer);
      },
    ],
  ])('%s has light', async (_, happen) => {
    await needApproval(true);
    const customer = await debtor();
    await happen(customer);
    await calmDown(customer);
    expect(customer.isLit).toBe(true);
    const left = (await commandsOf(customer.meterId)).filter(({ status }: any) =>
      ['requested', 'approved', 'sent'].includes(status),
    );
    expect(left).toEqual([]);
  });

  it('and whoever does not, has none', async () => {
    await needApproval(false);
    const customer = await debtor();
    await stack.dun(tenant);
    await calmDown(customer);
    expect(customer.isLit).toBe(false);
  });
});
