/** Refunds: a second person, never more than was paid, and a balance that adds up whatever the provider answers. */
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handler as checkouts } from '../checkouts/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoicesHandler } from '../invoices/handler.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { handler as settings } from '../payment-settings/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useProviderPayments } from '../test-support/provider-payments.ts';
import { handler } from './handler.ts';
import { sendRefund } from './send-refund.ts';

const stack = useBillingStack();
const scene = useProviderPayments(stack);
const base = '/api/billing/refunds';
const second = { subject: 'usr_2' };
let [tenant, customer, serial] = ['', '', 0];

beforeAll(() => stack.addTenant('foreign'));
beforeEach(async () => {
  tenant = `rfd${++serial}`;
  await stack.addTenant(tenant);
  customer = await addCustomer();
});

const addCustomer = async (): Promise<string> =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body.data.id;
const pay = async (amount: string, more: object = {}, customerId = customer) =>
  (
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId, amount, method: 'cash', ...more },
    })
  ).body.data;
const ask = (paymentId: string, more: object = {}) =>
  stack.call(tenant, payments, 'POST', `/api/billing/payments/${paymentId}/refunds`, {
    body: { reason: 'Paid twice', ...more },
  });
const act = (id: string, action: string, body: object = {}, as: object = second) =>
  stack.call(tenant, handler, 'POST', `${base}/${id}/${action}`, { body, as });
const show = async (id: string) => (await stack.call(tenant, handler, 'GET', `${base}/${id}`)).body.data;
const paymentOf = async (id: string) =>
  (await stack.call(tenant, payments, 'GET', `/api/billing/payments/${id}`)).body.data;
const invoiceOf = async (id: string) =>
  (await stack.call(tenant, invoicesHandler, 'GET', `/api/billing/invoices/${id}`)).body.data;
const account = async (customerId = customer) =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`)).body.data[0];
const refunded = () => stack.events('payment.refunded').filter((event) => event.tenantId.S === tenant);

describe('a refund by hand', () => {
  it('needs a second person, takes what no invoice needed first, and makes the rest owed again', async () => {
    const invoice = await oweInvoice(tenant, customer, '300.00');
    const payment = await pay('500');
    const { id, status, method } = (await ask(payment.id, { amount: '350' })).body.data;
    expect([status, method]).toEqual(['requested', 'cash']);
    expect((await act(id, 'approve', {}, {})).status).toBe(403);
    expect((await act(id, 'complete')).status).toBe(409);
    expect((await act(id, 'approve')).body.data).toMatchObject({ status: 'approved', approvedBy: 'usr_2' });
    expect((await act(id, 'complete', { externalReference: 'V-9' })).body.data).toMatchObject({
      status: 'done',
      externalReference: 'V-9',
      taken: { fromAdvance: '200.00', fromInvoices: [{ invoiceId: invoice.id, amount: '150.00' }] },
    });
    expect(await invoiceOf(invoice.id)).toMatchObject({ status: 'partially_paid', dueAmount: '150.00' });
    expect(await account()).toEqual({ currency: 'YER', balance: '150.00', advance: '0.00' });
    expect(await paymentOf(payment.id)).toMatchObject({
      status: 'partially_refunded',
      refundedAmount: '350.00',
      allocations: [{ amount: '150.00' }],
      advanceAmount: '0.00',
    });
    expect(refunded().map(({ payload }) => JSON.parse(payload.S))).toMatchObject([
      { amount: '350.00', method: 'cash' },
    ]);
    expect((await act(id, 'complete')).status).toBe(409);
  });

  it('is asked for at the same time by two, for no more than there is', async () => {
    const payment = await pay('100');
    const answers = await Promise.all([60, 60, 60].map((amount) => ask(payment.id, { amount: String(amount) })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await ask(payment.id, { amount: '40' })).status).toBe(201);
    expect((await ask(payment.id)).status).toBe(409);
  });

  it('that is turned down frees what was set aside', async () => {
    const payment = await pay('100');
    const { id } = (await ask(payment.id)).body.data;
    expect((await act(id, 'reject', { reason: 'No proof' })).body.data).toMatchObject({
      status: 'rejected',
      outcome: 'No proof',
    });
    expect((await paymentOf(payment.id)).refundPendingAmount).toBeUndefined();
    expect((await ask(payment.id)).status).toBe(201);
  });

  it('below the limit of the settings needs nobody else', async () => {
    await stack.call(tenant, settings, 'PUT', '/api/billing/payment-settings', {
      body: { refundApprovalAbove: '50' },
    });
    const payment = await pay('100');
    expect((await ask(payment.id, { amount: '30' })).body.data.status).toBe('approved');
    expect((await ask(payment.id, { amount: '20' })).body.data.status).toBe('approved');
    // What is more than the limit altogether is not made of parts below it.
    expect((await ask(payment.id, { amount: '1' })).body.data.status).toBe('requested');
    const other = await pay('51');
    expect((await ask(other.id)).body.data.status).toBe('requested');
  });

  it('of a deposit touches no invoice and no balance', async () => {
    const deposit = await pay('100', { purpose: 'deposit' });
    const { id } = (await ask(deposit.id)).body.data;
    await act(id, 'approve');
    expect((await act(id, 'complete')).body.data.status).toBe('done');
    expect((await paymentOf(deposit.id)).status).toBe('refunded');
    expect(await account()).toBeUndefined();
    expect(refunded().map(({ payload }) => JSON.parse(payload.S).purpose)).toEqual(['deposit']);
  });

  it('and a reversal never give back the same money', async () => {
    const payment = await pay('100');
    const { id } = (await ask(payment.id)).body.data;
    await act(id, 'approve');
    const reverse = () =>
      stack.call(tenant, payments, 'POST', `/api/billing/payments/${payment.id}/reverse`, { body: { reason: 'x' } });
    const [done, reversed] = await Promise.all([act(id, 'complete'), reverse()]);
    expect([done.status, reversed.status]).toEqual([200, 409]);
    expect((await account()).balance).toBe('0.00');
    const half = await pay('100');
    const part = (await ask(half.id, { amount: '30' })).body.data.id;
    await act(part, 'approve');
    await act(part, 'complete');
    expect(
      (
        await stack.call(tenant, payments, 'POST', `/api/billing/payments/${half.id}/reverse`, {
          body: { reason: 'x' },
        })
      ).status,
    ).toBe(200);
    expect(await account()).toEqual({ currency: 'YER', balance: '0.00', advance: '0.00' });
    expect(JSON.parse(stack.events('payment.reversed').at(-1).payload.S).amount).toBe('70.00');
  });

  it.each<[string, object, number]>([
    ['more than was paid', { amount: '100.01' }, 409],
    ['nothing', { amount: '0' }, 422],
    ['by a provider it never came by', { method: 'provider' }, 422],
    ['no reason', { reason: '' }, 400],
  ])('is refused for %s', async (_, wrong, status) => {
    expect((await ask((await pay('100')).id, wrong)).status).toBe(status);
  });

  it('of another tenant does not exist', async () => {
    const payment = await pay('100');
    const { id } = (await ask(payment.id)).body.data;
    const foreign = (path: string, module = handler) =>
      stack.call('foreign', module, 'POST', path, { body: { reason: 'x' }, as: second });
    expect((await foreign(`${base}/${id}/approve`)).status).toBe(404);
    expect((await foreign(`/api/billing/payments/${payment.id}/refunds`, payments)).status).toBe(404);
  });
});

describe('a refund by the provider', () => {
  const paidByWallet = async (): Promise<any> => {
    await scene.integrate(tenant, 'kuraimi');
    const checkout = (
      await stack.call(tenant, checkouts, 'POST', '/api/billing/checkouts', {
        body: { customerId: customer, amount: '1000', returnUrl: 'https://portal.example.com/' },
      })
    ).body.data;
    scene.providers.payerActs('kuraimi', checkout.providerReference, 'pays');
    const { paymentId } = (await stack.call(tenant, checkouts, 'POST', `/api/billing/checkouts/${checkout.id}/verify`))
      .body.data;
    return paymentOf(paymentId);
  };
  const approved = async (paymentId: string, more: object = {}) => {
    const { id } = (await ask(paymentId, more)).body.data;
    expect((await act(id, 'approve')).status).toBe(200);
    return id as string;
  };
  const atProvider = (id: string) => scene.acts('kuraimi', 'refund').filter(({ data }) => data.reference === id);

  it('is sent once, however often the order comes, and then is done', async () => {
    const payment = await paidByWallet();
    const id = await approved(payment.id, { amount: '400' });
    expect((await show(id)).method).toBe('provider');
    await scene.workOff(tenant, { times: 3, seconds: 300 });
    expect(await show(id)).toMatchObject({ status: 'done' });
    expect(atProvider(id)).toHaveLength(1);
    expect(await account()).toEqual({ currency: 'YER', balance: '-600.00', advance: '600.00' });
    expect(refunded().map(({ payload }) => JSON.parse(payload.S))).toMatchObject([
      { amount: '400.00', method: 'gateway' },
    ]);
  });

  it('that the provider refuses fails, and the money is where it was', async () => {
    const payment = await paidByWallet();
    const invoice = await oweInvoice(tenant, customer, '300.00');
    const id = await approved(payment.id, { amount: '700' });
    scene.providers.setMode('kuraimi', { mode: 'reject', method: 'POST' });
    await scene.workOff(tenant);
    expect(await show(id)).toMatchObject({ status: 'failed', outcome: expect.stringContaining('rejected') });
    expect(await account()).toEqual({ currency: 'YER', balance: '-700.00', advance: '700.00' });
    expect((await invoiceOf(invoice.id)).status).toBe('paid');
    expect(refunded()).toEqual([]);
    expect((await paymentOf(payment.id)).refundPendingAmount).toBeUndefined();
  });

  it('waits while the provider is down, and is out of the account meanwhile', async () => {
    const payment = await paidByWallet();
    const id = await approved(payment.id);
    scene.providers.setMode('kuraimi', { mode: 'error', method: 'POST' });
    await scene.workOff(tenant);
    expect((await show(id)).status).not.toBe('done');
    expect((await account()).balance).toBe('0.00');
    scene.providers.setMode('kuraimi', 'ok');
    await scene.workOff(tenant, { seconds: 7200 });
    const { status } = await show(id);
    // An error of the provider's may have been after the deed: it is asked again, or a person says so.
    expect(['done', 'unknown']).toContain(status);
    expect(atProvider(id).length).toBeLessThanOrEqual(1);
  });

  it('whose answer was lost stays unknown until somebody who did not ask for it says what became of it', async () => {
    const payment = await paidByWallet();
    const id = await approved(payment.id);
    scene.providers.setMode('kuraimi', { mode: 'lose_answer', method: 'POST' });
    await scene.workOff(tenant);
    expect((await show(id)).status).toBe('unknown');
    expect(atProvider(id)).toHaveLength(1);
    // Nor can the provider be asked: it is down for half a day.
    scene.providers.setMode('kuraimi', 'error');
    await sendRefund({ tenantId: tenant, kind: 'refund', id, look: 16 });
    const alerts = stack
      .events('system.alert')
      .filter(({ payload }) => JSON.parse(payload.S).dedupeKey === `refund/${id}`);
    expect(alerts).toHaveLength(1);
    expect((await act(id, 'resolve', { outcome: 'done', note: 'Seen in their portal' }, {})).status).toBe(403);
    expect((await act(id, 'resolve', { outcome: 'done', note: 'Seen in their portal' })).body.data.status).toBe('done');
    expect((await paymentOf(payment.id)).status).toBe('refunded');
  });

  it('whose answer was lost is known as soon as the provider can be asked again', async () => {
    const payment = await paidByWallet();
    const id = await approved(payment.id);
    scene.providers.setMode('kuraimi', { mode: 'lose_answer', method: 'POST' });
    await scene.workOff(tenant);
    scene.providers.setMode('kuraimi', 'ok');
    await scene.workOff(tenant, { seconds: 900 });
    expect((await show(id)).status).toBe('done');
    expect(atProvider(id)).toHaveLength(1);
  });

  it('is taken out of a later invoice that used the money meanwhile', async () => {
    const payment = await paidByWallet();
    const id = await approved(payment.id);
    await oweInvoice(tenant, customer, '300.00');
    await scene.workOff(tenant);
    expect(await show(id)).toMatchObject({ status: 'done' });
    expect(atProvider(id)).toHaveLength(1);
    expect(await account()).toEqual({ currency: 'YER', balance: '300.00', advance: '0.00' });
  });
});

it('whatever is owed, paid, given back and reversed in whatever order: balance, invoices and payments agree', async () => {
  const step = fc.record({
    kind: fc.constantFrom('owe', 'pay', 'refund', 'reverse'),
    amount: fc.integer({ min: 1, max: 30_000 }),
  });
  await stack.call(tenant, settings, 'PUT', '/api/billing/payment-settings', {
    body: { refundApprovalAbove: '1000000' },
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
      const own = await addCustomer();
      const [owed, paid]: [string[], string[]] = [[], []];
      let balance = 0n;
      for (const { kind, amount } of steps) {
        const text = amountOf(BigInt(amount), 'YER');
        const chosen = paid[amount % Math.max(paid.length, 1)];
        if (kind === 'owe') {
          owed.push((await oweInvoice(tenant, own, text)).id);
          balance += BigInt(amount);
        } else if (kind === 'pay') {
          paid.push((await pay(text, {}, own)).id);
          balance -= BigInt(amount);
        } else if (kind === 'refund' && chosen !== undefined) {
          const asked = await ask(chosen, { amount: text });
          if (asked.status !== 201) continue;
          const { id } = asked.body.data;
          if ((await act(id, 'complete')).status === 200) balance += BigInt(amount);
          else expect((await act(id, 'reject', { reason: 'x' })).status).toBe(200);
        } else if (chosen !== undefined) {
          const before = await paymentOf(chosen);
          const path = `/api/billing/payments/${chosen}/reverse`;
          const { status } = await stack.call(tenant, payments, 'POST', path, { body: { reason: 'x' } });
          if (status === 200) balance += minorOf(before.amount, 'YER') - minorOf(before.refundedAmount ?? '0', 'YER');
        }
      }
      if (owed.length + paid.length === 0) return;
      const shown = await account(own);
      expect(minorOf(shown.balance, 'YER')).toBe(balance);
      const due = (await Promise.all(owed.map(invoiceOf))).reduce(
        (sum, one) => sum + minorOf(one.dueAmount, 'YER'),
        0n,
      );
      expect(due - minorOf(shown.advance, 'YER')).toBe(balance);
      for (const payment of await Promise.all(paid.map(paymentOf))) {
        const back = minorOf(payment.refundedAmount ?? '0', 'YER');
        expect(back <= minorOf(payment.amount, 'YER')).toBe(true);
        const settled = payment.allocations.reduce((sum: bigint, one: any) => sum + minorOf(one.amount, 'YER'), 0n);
        expect(settled + back <= minorOf(payment.amount, 'YER')).toBe(true);
      }
    }),
    { numRuns: 12 },
  );
});
