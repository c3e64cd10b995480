/** Checkouts against simulated providers over HTTP: money is booked once, as the provider says, whoever asks how often. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useProviderPayments } from '../test-support/provider-payments.ts';
import { handler } from './handler.ts';
import { lookAfterCheckout } from './look-after-checkout.ts';

const stack = useBillingStack();
const scene = useProviderPayments(stack);
const base = '/api/billing/checkouts';
let [tenant, integration, customer, serial] = ['', '', '', 0];

beforeAll(() => stack.addTenant('foreign'));
beforeEach(async () => {
  tenant = `chk${++serial}`;
  await stack.addTenant(tenant);
  integration = await scene.integrate(tenant, 'kuraimi');
  const made = await stack.call(tenant, customers, 'POST', '/api/billing/customers', {
    body: { name: 'Payer', phone: '+967770000001' },
  });
  customer = made.body.data.id;
});

const start = (more: object = {}) =>
  stack.call(tenant, handler, 'POST', base, {
    body: { customerId: customer, amount: '1500', returnUrl: 'https://portal.example.com/paid', ...more },
  });
const show = async (id: string) => (await stack.call(tenant, handler, 'GET', `${base}/${id}`)).body.data;
const verify = (id: string) => stack.call(tenant, handler, 'POST', `${base}/${id}/verify`);
const paymentsOf = async () => (await stack.call(tenant, payments, 'GET', '/api/billing/payments')).body.data;
const account = async () =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customer}/balance`)).body.data[0];

describe('a checkout', () => {
  it('sends the payer on, and is booked once however often it is notified, asked and looked at', async () => {
    const { status, body } = await start();
    expect(status).toBe(201);
    const { id, providerReference, redirectUrl } = body.data;
    expect(body.data).toMatchObject({ status: 'pending', provider: 'kuraimi', purpose: 'debt', amount: '1500.00' });
    expect(redirectUrl).toMatch(/^http.*\/pay\//);
    expect((await verify(id)).body.data.status).toBe('pending');
    scene.providers.payerActs('kuraimi', providerReference, 'pays');
    await scene.notify(tenant, integration, providerReference, 3);
    await Promise.all([scene.workOff(tenant, { times: 3 }), verify(id), verify(id)]);
    expect(await show(id)).toMatchObject({ status: 'paid', paidAmount: '1500.00' });
    const all = await paymentsOf();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      amount: '1500.00',
      method: 'gateway',
      checkoutId: id,
      externalReference: `kuraimi:${providerReference}`,
    });
    expect(await account()).toEqual({ currency: 'YER', balance: '-1500.00', advance: '1500.00' });
    expect(stack.events('payment.received').filter((e) => e.tenantId.S === tenant)).toHaveLength(1);
  });

  it('is booked with what the provider says was paid, not with what a notification or the order says', async () => {
    const { id, providerReference } = (await start()).body.data;
    // The payer is content with less at the provider's page.
    scene.providers.payerActs('kuraimi', providerReference, 'pays', '1200');
    await scene.notify(tenant, integration, providerReference);
    await scene.workOff(tenant);
    expect(await show(id)).toMatchObject({ status: 'paid', amountDiffers: true, paidAmount: '1200.00' });
    expect((await paymentsOf())[0].amount).toBe('1200.00');
  });

  it('whose notification never comes is found by the clock', async () => {
    const { id, providerReference } = (await start()).body.data;
    await scene.workOff(tenant, { seconds: 120 });
    expect((await show(id)).status).toBe('pending');
    scene.providers.payerActs('kuraimi', providerReference, 'pays');
    await scene.workOff(tenant, { seconds: 300 });
    expect((await show(id)).status).toBe('paid');
  });

  it('expires, and money that comes late is taken all the same', async () => {
    const { id, providerReference } = (await start({ expiresInMinutes: 5 })).body.data;
    await scene.workOff(tenant, { seconds: 1200 });
    expect((await show(id)).status).toBe('expired');
    scene.providers.payerActs('kuraimi', providerReference, 'pays');
    await scene.notify(tenant, integration, providerReference);
    await scene.workOff(tenant);
    expect((await show(id)).status).toBe('paid');
  });

  it('that the payer turns down fails, and nothing is booked', async () => {
    const { id, providerReference } = (await start()).body.data;
    scene.providers.payerActs('kuraimi', providerReference, 'declines');
    await scene.workOff(tenant, { seconds: 120 });
    expect((await show(id)).status).toBe('failed');
    expect(await paymentsOf()).toEqual([]);
  });

  it('whose opening the provider refuses fails with the reason', async () => {
    scene.providers.setMode('kuraimi', 'reject');
    const answer = await start();
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('all_providers_failed');
    const [failed] = (await stack.call(tenant, handler, 'GET', base, { query: { customerId: customer } })).body.data;
    expect(failed).toMatchObject({ status: 'failed', outcome: expect.stringContaining('rejected') });
  });

  it('whose answer was lost is unknown, opens no second payment, and nothing is booked for it', async () => {
    scene.providers.setMode('kuraimi', { mode: 'lose_answer', method: 'POST' });
    const { status, body } = await start();
    expect([status, body.data.status]).toEqual([201, 'unknown']);
    scene.providers.setMode('kuraimi', 'ok');
    const opened = scene.acts('kuraimi', 'payment').filter(({ data }) => data.reference === body.data.id);
    expect(opened).toHaveLength(1);
    await scene.workOff(tenant, { seconds: 600 });
    expect(scene.acts('kuraimi', 'payment').filter(({ data }) => data.reference === body.data.id)).toHaveLength(1);
    expect(['unknown', 'pending']).toContain((await show(body.data.id)).status);
  });

  it('that was paid while the provider is down is booked when it is back', async () => {
    const { id, providerReference } = (await start()).body.data;
    scene.providers.payerActs('kuraimi', providerReference, 'pays');
    scene.providers.setMode('kuraimi', 'error');
    await lookAfterCheckout({ tenantId: tenant, kind: 'checkout', id, look: 0 });
    await expect(lookAfterCheckout({ tenantId: tenant, kind: 'checkout', id })).rejects.toMatchObject({
      code: 'all_providers_failed',
    });
    expect((await show(id)).status).toBe('pending');
    scene.providers.setMode('kuraimi', 'ok');
    await scene.workOff(tenant, { seconds: 1800 });
    expect((await show(id)).status).toBe('paid');
  });

  it('entered by hand before is not booked again', async () => {
    const { id, providerReference } = (await start()).body.data;
    scene.providers.payerActs('kuraimi', providerReference, 'pays');
    const byHand = await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: {
        customerId: customer,
        amount: '1500',
        method: 'gateway',
        externalReference: `kuraimi:${providerReference}`,
      },
    });
    await verify(id);
    expect(await show(id)).toMatchObject({ status: 'paid', paymentId: byHand.body.data.id });
    expect(await paymentsOf()).toHaveLength(1);
  });

  it.each<[string, object, number]>([
    ['nothing', { amount: '0' }, 422],
    ['a supply without purpose', { supplyId: `sup_${'0'.repeat(26)}` }, 400],
    ['a prepaid purchase without a supply', { purpose: 'prepaid' }, 400],
    ['a supply that does not exist', { purpose: 'prepaid', supplyId: `sup_${'0'.repeat(26)}` }, 404],
    ['invoices that do not exist', { invoiceIds: [`inv_${'9'.repeat(26)}`] }, 404],
    ['a customer that does not exist', { customerId: `cus_${'0'.repeat(26)}` }, 404],
    ['a return address that is none', { returnUrl: 'javascript:alert(1)' }, 400],
    ['a provider that is not integrated', { provider: 'stripe' }, 422],
  ])('is not opened for %s', async (_, wrong, status) => {
    expect((await start(wrong)).status).toBe(status);
  });

  it('of another tenant does not exist', async () => {
    const { id } = (await start()).body.data;
    expect((await stack.call('foreign', handler, 'GET', `${base}/${id}`)).status).toBe(404);
    expect((await stack.call('foreign', handler, 'POST', `${base}/${id}/verify`)).status).toBe(404);
  });
});

it('money that comes after its invoice was paid otherwise waits for the next one', async () => {
  const invoice = await oweInvoice(tenant, customer, '1500.00');
  const { id, providerReference } = (await start({ invoiceIds: [invoice.id] })).body.data;
  await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
    body: { customerId: customer, amount: '1500', method: 'cash' },
  });
  scene.providers.payerActs('kuraimi', providerReference, 'pays');
  await verify(id);
  expect((await paymentsOf()).find(({ checkoutId }: any) => checkoutId === id)).toMatchObject({
    allocations: [],
    advanceAmount: '1500.00',
  });
  expect(await account()).toEqual({ currency: 'YER', balance: '-1500.00', advance: '1500.00' });
});

it('a checkout for a deposit is held, and not set against what is owed', async () => {
  const { id, providerReference } = (await start({ purpose: 'deposit' })).body.data;
  scene.providers.payerActs('kuraimi', providerReference, 'pays');
  await verify(id);
  expect((await paymentsOf())[0]).toMatchObject({ purpose: 'deposit', advanceAmount: '0.00', allocations: [] });
  expect(await account()).toBeUndefined();
});

it('a payment that is only authorised is captured, then booked', async () => {
  const stripe = await scene.integrate(tenant, 'stripe');
  const { id, providerReference } = (await start({ integrationId: stripe, amount: '20', currency: 'USD' })).body.data;
  scene.providers.payerActs('stripe', providerReference, 'authorises');
  expect((await verify(id)).body.data).toMatchObject({ status: 'paid', paidAmount: '20.00', paidCurrency: 'USD' });
  expect(scene.acts('stripe', 'capture').filter(({ data }) => data.id === providerReference)).toHaveLength(1);
});
