/**
 * Money at the counter while functions die and messages come twice: it is there once, settles what it settles undisturbed, and goes
 * back the same way.
 */
import { expect, it } from 'vitest';
import { handler as cashierSessions } from '../cashier-sessions/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as refunds } from '../refunds/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDebtScene } from '../test-support/debt-scene.ts';
import { useDisturbance } from '../test-support/disturb-flow.ts';
import { handler } from './handler.ts';

const tenant = 'broken-money';
const stack = useBillingStack();
const scene = useDebtScene(stack, tenant);
const { billing, everyWay } = useDisturbance(stack, { without: ['send-customer-messages'] });
const base = '/api/billing/payments';
const post = (path: string, body: object, more: object = {}) =>
  billing.ask(tenant, handler, 'POST', `${base}${path}`, { body, ...more });
const pay = (customerId: string, amount: string) => post('', { customerId, amount, method: 'cash' });
const list = async (of: typeof handler, path: string, query: Record<string, string> = {}): Promise<any[]> =>
  (await billing.ask(tenant, of, 'GET', path, { query })).body.data;
const second = { as: { subject: 'usr_2' } };

it('a payment of three invoices, one of them in part', async () => {
  const customerId = await scene.owing(3);
  const told = await everyWay({
    async act() {
      await pay(customerId, '25');
      await billing.calmDown();
    },
  });
  expect(told).toMatchObject({ 'payment.received': 1, 'invoice.paid': 2 });
});

it('a payment of more invoices than a transaction holds, and its return', async () => {
  const customerId = await scene.owing(16);
  await everyWay({
    async act() {
      await pay(customerId, '200');
      await billing.calmDown(240);
    },
  });
  const { id } = (await pay(customerId, '200')).body.data;
  await billing.calmDown();
  await everyWay({
    async act() {
      const { status } = await post(`/${id}/reverse`, { reason: 'x' });
      expect([200, 409]).toContain(status);
      await billing.calmDown(240);
    },
  });
});

it('a refund by hand of money that settled very many invoices', async () => {
  const customerId = await scene.owing(16);
  const { id: paymentId } = (await pay(customerId, '170')).body.data;
  await billing.calmDown();
  await everyWay({
    async act() {
      await post(`/${paymentId}/refunds`, { reason: 'x', amount: '155' });
      const [{ id }] = await list(refunds, '/api/billing/refunds', { paymentId });
      const path = `/api/billing/refunds/${id}`;
      await billing.ask(tenant, refunds, 'POST', `${path}/approve`, { body: {}, ...second });
      await billing.ask(tenant, refunds, 'POST', `${path}/complete`, { body: {}, ...second });
      await billing.calmDown(240);
    },
  });
});

it('an invoice that is cancelled after it was paid', async () => {
  const customerId = await scene.owing(3);
  await pay(customerId, '15');
  await billing.calmDown();
  const [first] = await scene.openOf(customerId);
  await everyWay({
    async act() {
      await billing.ask(tenant, invoices, 'POST', `/api/billing/invoices/${first!.id}/cancel`, {
        body: { reason: 'x' },
      });
      await billing.calmDown();
    },
  });
});

it('a till: opened, paid into and out of, and closed', async () => {
  const customerId = await scene.owing(2);
  const tills = '/api/billing/cashier-sessions';
  await everyWay({
    async act() {
      const ask = (path: string, body: object) => billing.ask(tenant, cashierSessions, 'POST', tills + path, { body });
      await ask('', { desk: 'Desk 1', floatAmount: '1000' });
      const [{ id }] = await list(cashierSessions, tills);
      await pay(customerId, '15');
      await billing.calmDown();
      const [payment] = await list(handler, base, { customerId });
      await post(`/${payment.id}/reverse`, { reason: 'x' });
      await ask(`/${id}/close`, { counted: [{ method: 'cash', amount: '1000' }] });
      await billing.calmDown();
    },
  });
});
