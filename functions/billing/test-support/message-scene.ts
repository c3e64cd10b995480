/** Customers who are written to, and the queue their messages are sent from, on the billing stack with simulated providers. */
import { afterEach, beforeEach, vi } from 'vitest';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as settings } from '../messages/handler.ts';
import { customerMessagesQueue, handler as onRequested } from '../messages/on-message-requested.ts';
import { type BillingStack, startTime } from './billing-stack.ts';

export type MessageScene = ReturnType<typeof messageScene>;

interface WrittenTo {
  tenant: string;
  scene: MessageScene;
  /** Reached by every channel. */
  customerId: string;
}

/** A tenant with a customer for each test, and the clock back afterwards. */
export function useMessageScene(stack: BillingStack, name: string, take: (made: WrittenTo) => void): void {
  let tenants = 0;
  beforeEach(async () => {
    const tenant = `${name}-${++tenants}`;
    await stack.addTenant(tenant);
    const scene = messageScene(stack, tenant);
    take({ tenant, scene, customerId: await scene.addCustomer() });
  });
  afterEach(() => void vi.setSystemTime(startTime));
}

function messageScene(stack: BillingStack, tenant: string) {
  const taken = new Set<string>();
  const fresh = () =>
    stack.events('message.requested').filter((item) => item.tenantId.S === tenant && !taken.has(item.id.S));
  return {
    addCustomer: async (more: object = {}): Promise<string> => {
      const body = { name: 'Ahmed', nameAr: 'أحمد', phone: '+967771234567', email: 'a@example.com', ...more };
      return (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body })).body.data.id;
    },
    change: (id: string, body: object) =>
      stack.call(tenant, customers, 'PUT', `/api/billing/customers/${id}`, { body }),
    set: async (body: object): Promise<void> => {
      const answer = await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', { body });
      if (answer.status !== 200) throw new Error(answer.text);
    },
    messagesOf: async (id: string): Promise<any[]> =>
      (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${id}/messages`)).body.data,
    /** Hands what was requested since to the sender, each so many times at once. */
    async deliver(times = 1): Promise<void> {
      const events = fresh().map((item) =>
        makeEvent({ type: 'message.requested', tenantId: tenant, payload: JSON.parse(item.payload.S) }),
      );
      for (const item of fresh()) taken.add(item.id.S);
      if (events.length > 0) await Promise.all(Array.from({ length: times }, () => onRequested(busBatch(events))));
    },
    /** What waits in the queue by delays of so many seconds. */
    workOff: (seconds: number): Promise<void> =>
      stack.workOff(
        customerMessagesQueue,
        async (body) => {
          const record = { messageId: 'm', body, attributes: { ApproximateReceiveCount: '1' } };
          await onRequested({ Records: [record] } as never);
        },
        { seconds },
      ),
  };
}
