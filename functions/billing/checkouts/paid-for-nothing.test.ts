/** Money at a provider that fits nothing here is looked at by a person; no queue retries it until it is forgotten. */
import { beforeAll, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import { handler as customers } from '../customers/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { checkoutEntity } from './checkout-entity.ts';
import { settleCheckout } from './settle-checkout.ts';

vi.mock('../../platform/contract.ts', async (original) => ({
  ...(await original<object>()),
  // A provider that says it took nothing at all.
  verifyPayment: async () => ({ value: { status: 'captured', amount: parseMoney('0.00', 'YER') } }),
}));

const stack = useBillingStack();
const tenant = 'nothing';
beforeAll(() => stack.addTenant(tenant));

it('a payment of nothing becomes a review', async () => {
  const made = await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } });
  const session = openSession(tenant);
  const id = `chk_${'0'.repeat(26)}`;
  await session.transact('billing', (unit) =>
    unit.create(checkoutEntity, {
      id,
      customerId: made.body.data.id,
      amount: '100.00',
      currency: 'YER',
      purpose: 'debt',
      status: 'pending',
      integrationId: 'int_1',
      provider: 'test',
      providerReference: 'r1',
      description: 'x',
      payer: { name: 'Payer' },
      payBy: '2026-06-16T00:00:00.000Z',
    }),
  );
  expect(await settleCheckout(session, id)).toMatchObject({ status: 'review', outcome: expect.any(String) });
});
