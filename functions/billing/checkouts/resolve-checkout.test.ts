/** What a person decides of a checkout in review is booked once, whatever the provider says at the same moment. */
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProviderPayment } from '../../../layers/integrations/provider.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import { systemRoles } from '../../identity/roles/system-roles.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { checkoutEntity } from './checkout-entity.ts';
import type { Checkout } from './checkout-schema.ts';
import { handler } from './handler.ts';
import { lookAfterCheckout } from './look-after-checkout.ts';
import { settleCheckout } from './settle-checkout.ts';
import { takeOverPayment } from './take-over-payment.ts';

const provider = vi.hoisted(() => ({ answer: {} as unknown }));
vi.mock('../../platform/contract.ts', async (original) => ({
  ...(await original<object>()),
  verifyPayment: async () => ({ value: provider.answer }),
}));

const stack = useBillingStack();
const base = '/api/billing/checkouts';
const second = { subject: 'usr_2' };
let [tenant, customer, serial] = ['', '', 0];

beforeAll(() => stack.addTenant('foreign'));
beforeEach(async () => {
  tenant = `rsv${++serial}`;
  await stack.addTenant(tenant);
  customer = await addCustomer();
  says('partially_refunded', '700.00');
});

function says(status: ProviderPayment['status'], amount?: string): void {
  provider.answer = { status, ...(amount === undefined ? {} : { amount: parseMoney(amount, 'YER') }) };
}
const addCustomer = async (): Promise<string> =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body.data.id;

/** One that the provider says was refunded in part. */
async function inReview(more: Partial<Checkout> = {}): Promise<string> {
  const id = `chk_${String(++serial).padStart(26, '0')}`;
  const session = openSession(tenant);
  await session.transact('billing', (unit) =>
    unit.create(checkoutEntity, {
      id,
      customerId: customer,
      amount: '1000.00',
      currency: 'YER',
      purpose: 'debt',
      status: 'pending',
      integrationId: 'int_1',
      provider: 'test',
      providerReference: `r${serial}`,
      description: 'x',
      payer: { name: 'Payer' },
      payBy: '2026-06-16T00:00:00.000Z',
      startedBy: 'usr_1',
      ...more,
    }),
  );
  expect((await settleCheckout(session, id)).status).toBe('review');
  return id;
}
const resolve = (id: string, body: object, as: object = second) =>
  stack.call(tenant, handler, 'POST', `${base}/${id}/resolve`, { body: { reason: 'Asked the provider', ...body }, as });
const book = (id: string, amount = '300', more: object = {}) => resolve(id, { outcome: 'book', amount, ...more });
const dismiss = (id: string) => resolve(id, { outcome: 'dismiss' });
const show = async (id: string) => (await stack.call(tenant, handler, 'GET', `${base}/${id}`)).body.data;
const paymentsOf = async () => (await stack.call(tenant, payments, 'GET', '/api/billing/payments')).body.data;
const enter = async (externalReference: string, amount: string, customerId = customer) =>
  (
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount, method: 'gateway', externalReference },
    })
  ).body.data;

it.each(['CASHIER', 'SUPPORT_AGENT'] as const)(
  'a %s opens, sees and verifies checkouts, and decides on none',
  async (role) => {
    const id = await inReview();
    const as = { ...second, permissions: [...systemRoles[role]] };
    const ask = async (method: string, path: string, body?: object) =>
      (await stack.call(tenant, handler, method, `${base}${path}`, { as, ...(body === undefined ? {} : { body }) }))
        .status;
    expect([await ask('GET', ''), await ask('GET', `/${id}`), await ask('POST', `/${id}/verify`)]).toEqual([
      200, 200, 200,
    ]);
    // Allowed, and of nobody known.
    expect(await ask('POST', '', { customerId: `cus_${'0'.repeat(26)}`, amount: '1' })).toBe(404);
    expect(await ask('POST', `/${id}/resolve`, { outcome: 'dismiss', reason: 'x' })).toBe(403);
  },
);

describe('a checkout in review', () => {
  it('that was dismissed takes no payment over that was on its way', async () => {
    const id = await inReview();
    const { providerReference } = await show(id);
    const entered = await enter(`test:${providerReference}`, '300');
    expect((await dismiss(id)).status).toBe(200);
    const after = await takeOverPayment(openSession(tenant), id, entered.id, {});
    expect(after).toMatchObject({ status: 'dismissed' });
    expect(after.paymentId).toBeUndefined();
  });

  it('is booked by a second person with what is there', async () => {
    const id = await inReview();
    expect(await show(id)).toMatchObject({ providerSays: 'partially_refunded 700.00 YER' });
    expect((await resolve(id, { outcome: 'book', amount: '300' }, { subject: 'usr_1' })).status).toBe(403);
    expect(
      (await resolve(id, { outcome: 'book', amount: '300' }, { ...second, permissions: [...systemRoles.CASHIER] }))
        .status,
    ).toBe(403);
    const { status, body } = await book(id);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      status: 'paid',
      paidAmount: '300.00',
      amountDiffers: true,
      resolvedBy: 'usr_2',
      outcome: 'Asked the provider',
    });
    expect(await paymentsOf()).toMatchObject([
      { id: body.data.paymentId, amount: '300.00', method: 'gateway', checkoutId: id, integrationId: 'int_1' },
    ]);
    expect((await book(id)).status).toBe(409);
    expect((await dismiss(id)).status).toBe(409);
  });

  it('is booked once when two persons and the provider’s new answer come at once', async () => {
    for (let round = 0; round < 8; round++) {
      const id = await inReview();
      says('captured', '1000.00');
      const answers = await Promise.all([
        book(id),
        settleCheckout(openSession(tenant), id),
        book(id, '400'),
        settleCheckout(openSession(tenant), id),
      ]);
      const statuses = [answers[0], answers[2]].map(({ status }) => status);
      expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
      const own = (await paymentsOf()).filter(({ checkoutId }: any) => checkoutId === id);
      expect(own).toHaveLength(1);
      expect(await show(id)).toMatchObject({ status: 'paid', paymentId: own[0].id, paidAmount: own[0].amount });
      says('partially_refunded', '700.00');
    }
  });

  it('that is dismissed while the provider says it was paid is paid, or comes to review again', async () => {
    for (let round = 0; round < 8; round++) {
      const id = await inReview();
      says('captured', '1000.00');
      await Promise.all([dismiss(id), settleCheckout(openSession(tenant), id)]);
      // Who was second has read the other's word; a look that came before both is repeated by the provider's next notification.
      const { status } = await settleCheckout(openSession(tenant), id);
      const own = (await paymentsOf()).filter(({ checkoutId }: any) => checkoutId === id);
      expect([status, own.length]).toEqual(status === 'paid' ? ['paid', 1] : ['review', 0]);
      says('partially_refunded', '700.00');
    }
  });

  it('that is dismissed stays so until the provider says something else, of which a person is told again', async () => {
    const id = await inReview();
    const look = () => lookAfterCheckout({ tenantId: tenant, kind: 'checkout', id });
    await look();
    expect((await dismiss(id)).body.data).toMatchObject({ status: 'dismissed', resolvedBy: 'usr_2' });
    await look();
    says('refunded');
    await look();
    expect((await show(id)).status).toBe('dismissed');
    says('captured', '1000.00');
    stack.advance(1000);
    await look();
    expect(await show(id)).toMatchObject({ status: 'review', providerSays: 'captured 1000.00 YER' });
    expect(await paymentsOf()).toEqual([]);
    const alerts = stack.events('system.alert').filter(({ payload }) => payload.S.includes(id));
    expect(new Set(alerts.map(({ payload }) => JSON.parse(payload.S).dedupeKey)).size).toBe(2);
  });

  it('whose money was entered by hand meanwhile is that payment, with that amount alone', async () => {
    const id = await inReview();
    const { providerReference } = await show(id);
    const byHand = await enter(`test:${providerReference}`, '300');
    expect((await book(id, '250')).status).toBe(409);
    expect((await book(id)).body.data).toMatchObject({ status: 'paid', paymentId: byHand.id });
    expect(await paymentsOf()).toMatchObject([{ id: byHand.id, checkoutId: id, integrationId: 'int_1' }]);
  });

  it('whose reference is another customer’s payment, or one that was taken back, is booked beside it', async () => {
    const [first, other] = [await inReview(), await addCustomer()];
    await enter(`test:${(await show(first)).providerReference}`, '300', other);
    expect((await book(first)).body.data).toMatchObject({ status: 'paid', paidAmount: '300.00' });
    const next = await inReview();
    const wrong = await enter(`test:${(await show(next)).providerReference}`, '1000');
    const path = `/api/billing/payments/${wrong.id}/reverse`;
    await stack.call(tenant, payments, 'POST', path, { body: { reason: 'Mistake' } });
    says('captured', '1000.00');
    // The money is there, and the entry that was taken back does not stand for it.
    expect(await settleCheckout(openSession(tenant), next)).toMatchObject({ status: 'review' });
    const booked = (await book(next, '1000')).body.data;
    expect(booked.status).toBe('paid');
    expect(booked.paymentId).not.toBe(wrong.id);
  });

  it('may be booked as money for debts where its supply takes no tokens any more', async () => {
    const id = await inReview({ purpose: 'prepaid', supplyId: `sup_${'0'.repeat(26)}` });
    expect((await book(id)).status).toBe(404);
    expect((await book(id, '300', { purpose: 'debt' })).body.data).toMatchObject({ status: 'paid' });
    expect((await paymentsOf())[0]).toMatchObject({ purpose: 'debt', advanceAmount: '300.00' });
  });

  it.each<[string, object, number]>([
    ['nothing', { outcome: 'book', amount: '0' }, 422],
    ['no amount', { outcome: 'book' }, 400],
    ['no reason', { outcome: 'dismiss', reason: '' }, 400],
    ['an outcome that does not exist', { outcome: 'forget' }, 400],
  ])('is not resolved with %s', async (_, body, status) => {
    expect((await resolve(await inReview(), body)).status).toBe(status);
  });

  it('of another tenant does not exist, and one that waits for its payer is not resolved', async () => {
    const id = await inReview();
    const body = { outcome: 'dismiss', reason: 'x' };
    expect((await stack.call('foreign', handler, 'POST', `${base}/${id}/resolve`, { body })).status).toBe(404);
    says('failed');
    await settleCheckout(openSession(tenant), id);
    expect((await dismiss(id)).status).toBe(409);
  });
});
