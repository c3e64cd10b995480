/** Money at a provider while functions die and messages come twice: what the payer paid is booked once, and goes back once. */
import { beforeAll, expect, it, vi } from 'vitest';
import { handler as payments } from '../payments/handler.ts';
import { handler as refunds } from '../refunds/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDebtScene } from '../test-support/debt-scene.ts';
import { useDisturbance } from '../test-support/disturb-flow.ts';
import { useProviderPayments } from '../test-support/provider-payments.ts';
import { handler } from './handler.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'broken-checkouts';
const stack = useBillingStack();
const provider = useProviderPayments(stack);
const scene = useDebtScene(stack, tenant);
const { billing, everyWay } = useDisturbance(stack, { without: ['send-customer-messages'] });
let integration = '';
beforeAll(async () => {
  integration = await provider.integrate(tenant, 'kuraimi');
});

const ask = (of: typeof handler, method: string, path: string, more: object = {}) =>
  billing.ask(tenant, of, method, `/api/billing${path}`, more);

it('a checkout that is paid, and its refund', async () => {
  const customerId = await scene.owing(2, '1000.00');
  let providerReference = '';
  const told = await everyWay({
    // Whose opening is cut off has no address to pay at: another one is opened.
    async prepare() {
      const order = { customerId, amount: '1500', returnUrl: 'https://portal.example.com/paid' };
      ({ providerReference } = (await ask(handler, 'POST', '/checkouts', { body: order })).body.data);
      provider.providers.payerActs('kuraimi', providerReference, 'pays');
    },
    async act() {
      const data = { providerReference, status: 'captured', amount: '1' };
      await billing.bringFrom('platform', 'payment.notified', tenant, { integrationId: integration, data });
      await billing.calmDown(120);
      const [{ id }] = (await ask(payments, 'GET', '/payments', { query: { customerId } })).body.data;
      await ask(payments, 'POST', `/payments/${id}/refunds`, { body: { reason: 'x', amount: '700' } });
      const [refund] = (await ask(refunds, 'GET', '/refunds', { query: { paymentId: id } })).body.data;
      await ask(refunds, 'POST', `/refunds/${refund.id}/approve`, { body: {}, as: { subject: 'usr_2' } });
      await billing.calmDown(300);
    },
  });
  expect(told).toMatchObject({ 'payment.received': 1, 'invoice.paid': 1, 'payment.refunded': 1 });
});
