/** Debtors at meters that do what they hear, and a bus between them, for tests of collection. */
import { afterEach, beforeEach, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { confirmCommand } from '../commands/confirm-command.ts';
import { handler as commands } from '../commands/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { billing } from '../domain.ts';
import { dunInvoice } from '../dunning/dun-invoice.ts';
import { handler as policyHandler } from '../dunning/handler.ts';
import { handler as onReasons } from '../dunning/on-reasons-to-reconnect.ts';
import { readPolicy } from '../dunning/policy.ts';
import { walkDarkMeters } from '../dunning/walk-dark-meters.ts';
import { today } from '../invoices/local-day.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { type BillingStack, startTime } from './billing-stack.ts';
import { oweInvoice } from './owe-invoice.ts';

const { events: reasons } = billing.subscribers!.find(({ name }) => name === 'reconnect-paid')!;

export interface Debtor {
  meterId: string;
  customerId: string;
  supplyId: string;
  invoiceId: string;
  isLit: boolean;
}

export type DunningScene = ReturnType<typeof dunningScene>;

/** Cuts five days after the due day, from 100 on. */
export const cutting = {
  isActive: true,
  steps: [{ id: 'cut', afterDays: 5, action: 'disconnect', minimumDue: '100' }],
};

/** A tenant of its own for each test, whose debtors are cut, and the clock back afterwards. */
export function useCuttingScene(
  stack: BillingStack,
  name: string,
  take: (made: { tenant: string; scene: DunningScene }) => void,
): void {
  let tenants = 0;
  beforeEach(async () => {
    const tenant = `${name}-${++tenants}`;
    const scene = dunningScene(stack, tenant);
    await scene.begin(cutting);
    take({ tenant, scene });
  });
  afterEach(() => void vi.setSystemTime(startTime));
}

export function dunningScene(stack: BillingStack, tenant: string) {
  let tariffId: string;
  let serial = 0;
  /** How much of what was published each meter has heard. */
  const heard = new Map<string, number>();
  const brought = new Set<string>();
  const post = async (handler: any, path: string, body: object, as?: object) =>
    stack.call(tenant, handler, 'POST', `/api/billing/${path}`, { body, ...(as ? { as } : {}) });

  /** Two at once bring each event twice. @returns how many nobody could work off */
  async function deliver(): Promise<number> {
    let failed = 0;
    for (let round = 0; round < 5; round++) {
      const fresh = stack.events(...reasons).filter(({ id, tenantId }) => tenantId.S === tenant && !brought.has(id.S));
      if (fresh.length === 0) return 0;
      const events = fresh.map((item) =>
        makeEvent({ type: item.type.S, source: 'billing', tenantId: tenant, payload: JSON.parse(item.payload.S) }),
      );
      const { batchItemFailures } = await onReasons(busBatch(events));
      failed = batchItemFailures.length;
      if (failed === 0) for (const { id } of fresh) brought.add(id.S);
    }
    return failed;
  }

  async function meterActs(debtor: Debtor): Promise<void> {
    const published = stack.published();
    const from = heard.get(debtor.meterId) ?? 0;
    heard.set(debtor.meterId, published.length);
    for (const { topic, payload } of published.slice(from)) {
      if (!topic.includes(`/${debtor.meterId}/`)) continue;
      debtor.isLit = payload.command === 'relay_on';
      await confirmCommand({
        tenantId: tenant,
        meterId: debtor.meterId,
        newStatus: debtor.isLit ? 'connected' : 'disconnected',
        time: new Date().toISOString(),
        by: 'status',
      });
    }
  }

  return {
    deliver,
    meterActs,
    async begin(policy: object): Promise<void> {
      await stack.addTenant(tenant);
      tariffId = (await post(tariffs, 'tariffs', { code: 'T', name: 'T' })).body.data.id;
      await this.setPolicy(policy);
    },
    setPolicy: (body: object) => stack.call(tenant, policyHandler, 'PUT', '/api/billing/dunning-policy', { body }),
    needApproval: (disconnectNeedsApproval: boolean) =>
      stack.call(tenant, commands, 'PUT', '/api/billing/meter-commands/settings', {
        body: { disconnectNeedsApproval },
      }),
    addCustomer: async (body: object = {}): Promise<string> =>
      (await post(customers, 'customers', { name: 'C', ...body })).body.data.id,
    moveIn: async (customerId: string, meterId: string, from: string, more: object = {}): Promise<string> => {
      const answer = await post(supplies, 'supplies', { customerId, meterId, tariffId, from, ...more });
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.body.data.id;
    },
    moveOut: (supplyId: string, to: string) => post(supplies, `supplies/${supplyId}/end`, { to }),
    change: (customerId: string, body: object) =>
      stack.call(tenant, customers, 'PUT', `/api/billing/customers/${customerId}`, { body }),
    pay: (customerId: string, amount: string, more: object = {}) =>
      post(payments, 'payments', { customerId, amount, method: 'cash', ...more }),
    /** A customer at a meter of its own who owes 1,000 since 20 May. */
    async debtor(more: object = {}): Promise<Debtor> {
      const customerId = await this.addCustomer();
      const { id: invoiceId } = await oweInvoice(tenant, customerId, '1000.00', { dueDate: '2026-05-20' });
      return this.addMeter({ customerId, invoiceId }, more);
    },
    /** One more of the same customer. */
    async addMeter(
      { customerId, invoiceId }: Pick<Debtor, 'customerId' | 'invoiceId'>,
      more: object = {},
    ): Promise<Debtor> {
      const meterId = `${tenant.toUpperCase()}-${++serial}`;
      await stack.addMeter(tenant, meterId);
      const supplyId = await this.moveIn(customerId, meterId, '2026-01-01', more);
      return { meterId, customerId, supplyId, invoiceId, isLit: true };
    },
    /** What was said to a meter until now it has not heard. */
    wasDeaf: ({ meterId }: Debtor) => void heard.set(meterId, stack.published().length),
    commandsOf: async (meterId: string): Promise<any[]> =>
      (await stack.call(tenant, commands, 'GET', '/api/billing/meter-commands', { query: { meterId } })).body.data,
    /** What was ordered for a meter and how it stands, the newest first. */
    async kindsOf({ meterId }: Debtor): Promise<string[]> {
      return (await this.commandsOf(meterId)).map(({ command, status }) => `${command} ${status}`);
    },
    /** The collection log, the newest first. */
    logOf: async (customerId: string): Promise<any[]> =>
      (await stack.call(tenant, policyHandler, 'GET', '/api/billing/dunning-policy/actions', { query: { customerId } }))
        .body.data,
    order: ({ meterId }: Debtor, command: string) =>
      post(commands, 'meter-commands', { meterId, command, reason: 'By hand' }),
    reject: (id: string) => post(commands, `meter-commands/${id}/reject`, { reason: 'No' }, { subject: 'usr_2' }),
    async approve({ meterId }: Debtor): Promise<number> {
      const [{ id }] = await this.commandsOf(meterId);
      return (await post(commands, `meter-commands/${id}/approve`, {}, { subject: 'usr_2' })).status;
    },
    /** Everything that is under way comes to its end. */
    async calmDown(debtor: Debtor): Promise<void> {
      for (let known = -1; known !== brought.size + stack.published().length; ) {
        known = brought.size + stack.published().length;
        await deliver();
        await stack.workOffCommands(0, 2);
        await meterActs(debtor);
      }
    },
    /** What the walk of a morning does about one debtor. */
    async dun({ invoiceId }: Pick<Debtor, 'invoiceId'>): Promise<void> {
      const session = openSession(tenant);
      await dunInvoice(session, invoiceId, await readPolicy(session), await today(session));
    },
    /** Looks at the dark meters as the schedule would. */
    nextMorning: () => walkDarkMeters({ tenantId: tenant, walk: 'dark-meters' }),
    /** Sent and done, without what follows from it. */
    async send(debtor: Debtor): Promise<void> {
      await stack.workOffCommands(0, 2);
      await meterActs(debtor);
    },
  };
}
