/** Money that bounces after it was used is owed, to the minor unit, and never lost: tokens stay good, tills stay right. */
import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { noteSetOff } from '../accounts/set-offs.ts';
import { handler as tills } from '../cashier-sessions/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { handler as terms } from '../prepaid/terms-handler.ts';
import { vendEntity } from '../prepaid/vend-entity.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { handler } from './handler.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'bounced';
const scene = usePrepaidScene(tenant);
const watch = useCallWatch();
const call = (method: string, path: string, body?: object) =>
  scene.stack.call(tenant, handler, method, `/api/billing/payments${path}`, body === undefined ? {} : { body });
const bounce = (id: string, more: object = { becomesDebt: true }) =>
  call('POST', `/${id}/reverse`, { reason: 'Cheque bounced', ...more });
const pay = (customerId: string, amount: string) => call('POST', '', { customerId, amount, method: 'cheque' });
const addCustomer = async (): Promise<string> =>
  (await scene.stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body.data
    .id;
const invoicesOf = async (id: string): Promise<any[]> =>
  (await scene.stack.call(tenant, customers, 'GET', `/api/billing/customers/${id}/invoices`)).body.data;
const debtOf = async (id: string) => (await invoicesOf(id)).find(({ kind }) => kind === 'returned_payment');

/** What invoices owe less what is paid ahead is the balance. */
async function expectAgreement(customerId: string): Promise<string> {
  const { balance, advance } = await scene.balance(customerId);
  const owed = (await invoicesOf(customerId)).reduce((sum, { dueAmount, status }) => {
    return status === 'cancelled' ? sum : sum + minorOf(dueAmount, 'YER');
  }, 0n);
  expect(minorOf(balance, 'YER')).toBe(owed - minorOf(advance, 'YER'));
  return balance;
}

describe('a bounced cheque', () => {
  it('that bought a token, and money that comes at any moment of it, do not pass each other by', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    for (let call = 1, struck = true; struck; call++) {
      const { paymentId } = (await scene.buy(supplyId, '1000', { method: 'cheque' })).body.data;
      watch.reset();
      watch.interruptCall(call, async () => void (await pay(customerId, '1000')));
      expect((await bounce(paymentId)).status).toBe(200);
      struck = watch.hasStruck();
      if (struck) expect([call, await scene.balance(customerId)]).toMatchObject([call, { advance: '0.00' }]);
    }
  });

  it('that bought a token is owed whole; the token stays good', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { id, paymentId } = (await scene.buy(supplyId, '3000', { method: 'cheque' })).body.data;
    expect((await bounce(paymentId, {})).status).toBe(409);
    const created = scene.stack.events('invoice.created').length;
    expect((await bounce(paymentId)).body.data).toMatchObject({ status: 'reversed' });
    expect(await expectAgreement(customerId)).toBe('3000.00');
    const debt = await debtOf(customerId);
    expect(debt).toMatchObject({ status: 'issued', dueAmount: '3000.00', dueDate: '2026-06-15', taxAmount: '0.00' });
    expect(await openSession(tenant).require(vendEntity, { id })).toMatchObject({
      status: 'vended',
      debtInvoiceId: debt.id,
    });
    const told = JSON.parse(scene.stack.events('payment.reversed').at(-1).payload.S);
    expect(told).toMatchObject({ purpose: 'debt', amount: '3000.00', debtInvoiceId: debt.id, debtAmount: '3000.00' });
    expect(scene.stack.events('invoice.created')).toHaveLength(created);
    expect((await bounce(paymentId)).status).toBe(409);
    const cancel = await scene.stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${debt.id}/cancel`, {
      body: { reason: 'Please' },
    });
    expect(cancel.status).toBe(409);
    await pay(customerId, '3000');
    expect(await expectAgreement(customerId)).toBe('0.00');
    expect(await debtOf(customerId)).toMatchObject({ status: 'paid' });
  });

  it('of which a part went to debt leaves that paid, and is owed in its place', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const old = await oweInvoice(tenant, customerId, '500.00');
    const agreed = await scene.stack.call(tenant, terms, 'POST', '/api/billing/prepaid/terms/arrears-agreements', {
      body: { customerId, amount: '500', instalment: { type: 'fixed', amount: '200' } },
    });
    expect(agreed.status).toBe(201);
    const { paymentId, parts } = (await scene.buy(supplyId, '2000', { method: 'cheque' })).body.data;
    expect(parts.arrearsAmount).toBe('200.00');
    expect(await expectAgreement(customerId)).toBe('300.00');
    await bounce(paymentId);
    expect(await expectAgreement(customerId)).toBe('2300.00');
    expect((await invoicesOf(customerId)).find(({ id }) => id === old.id).dueAmount).toBe('300.00');
  });

  it('waits while its token is being made', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    scene.provider.providers.setMode('sts', { mode: 'lose_answer', times: 1, method: 'POST' });
    const { paymentId, status } = (await scene.buy(supplyId, '1000', { method: 'cheque' })).body.data;
    expect(status).toBe('unknown');
    expect((await bounce(paymentId)).status).toBe(409);
    await scene.workOff(300);
    expect((await bounce(paymentId)).status).toBe(200);
    expect(await expectAgreement(customerId)).toBe('1000.00');
  });

  it('in the moment in which its token is taken back is one or the other, or both, and always adds up', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { id, paymentId } = (await scene.buy(supplyId, '1000', { method: 'cheque' })).body.data;
    await Promise.all([bounce(paymentId), scene.post(`/${id}/reversal`, { reason: 'Bounced' })]);
    await scene.workOff(60);
    // Whatever came first, asking for the rest makes it whole.
    await bounce(paymentId);
    const { status } = await openSession(tenant).require(vendEntity, { id });
    if (status === 'vended') await scene.post(`/${id}/reversal`, { reason: 'Bounced' });
    expect(await expectAgreement(customerId)).toBe('0.00');
    expect(((await debtOf(customerId))?.dueAmount ?? '0.00') as string).toBe('0.00');
  });

  it('whose token is taken back afterwards is owed no more', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { id, paymentId } = (await scene.buy(supplyId, '1000', { method: 'cheque' })).body.data;
    await bounce(paymentId);
    await scene.post(`/${id}/reversal`, { reason: 'Bounced' });
    await scene.workOff(60);
    expect(await debtOf(customerId)).toMatchObject({ status: 'paid', dueAmount: '0.00' });
    expect(await scene.balance(customerId)).toMatchObject({ balance: '0.00', advance: '0.00' });
  });

  it('whose debt was paid meanwhile leaves the money of its token to the customer', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { id, paymentId } = (await scene.buy(supplyId, '1000', { method: 'cheque' })).body.data;
    await bounce(paymentId);
    await pay(customerId, '700');
    await scene.post(`/${id}/reversal`, { reason: 'Bounced' });
    await scene.workOff(60);
    expect(await debtOf(customerId)).toMatchObject({ status: 'paid' });
    expect(await scene.balance(customerId)).toMatchObject({ balance: '-700.00', advance: '700.00' });
  });

  it('whose rest was used, nobody knows by what, is owed as far as it is used', async () => {
    const customerId = await addCustomer();
    const { id } = (await pay(customerId, '1000')).body.data;
    const { id: invoiceId } = await oweInvoice(tenant, customerId, '600.00');
    // As invoices of before it was kept.
    await scene.session.transact('billing', (unit) =>
      noteSetOff(unit, { customerId, currency: 'YER', invoiceId }, -600_00n),
    );
    expect((await bounce(id, {})).status).toBe(409);
    expect((await bounce(id)).status).toBe(200);
    expect(await debtOf(customerId)).toMatchObject({ dueAmount: '600.00' });
    expect(await expectAgreement(customerId)).toBe('600.00');
    const path = `/api/billing/customers/${customerId}/statement`;
    const query = { from: '2026-06-01', to: '2026-06-30' };
    const { entries } = (await scene.stack.call(tenant, customers, 'GET', path, { query })).body.data;
    expect(entries.map(({ type, debit, credit }: any) => [type, debit, credit])).toEqual(
      expect.arrayContaining([
        ['payment', '0.00', '1000.00'],
        ['invoice', '600.00', '0.00'],
        ['payment_reversal', '1000.00', '0.00'],
      ]),
    );
  });

  it('for an invoice lets dunning ask for its disconnection again, and charges no fee twice', async () => {
    const customerId = await addCustomer();
    const policy = {
      isActive: true,
      steps: [
        { id: 'fee', afterDays: 5, action: 'late_fee', fee: { type: 'amount', amount: '10' } },
        { id: 'off', afterDays: 9, action: 'disconnect', minimumDue: '0' },
      ],
    };
    const { dunningPolicyEntity } = await import('../dunning/policy.ts');
    await scene.session.transact('billing', (unit) =>
      unit.put(dunningPolicyEntity, { id: 'dunning', ...policy } as never),
    );
    const { id: invoiceId } = await oweInvoice(tenant, customerId, '600.00', {
      status: 'overdue',
      dunning: ['fee', 'off'],
    });
    const { id } = (await pay(customerId, '600')).body.data;
    await bounce(id, {});
    expect(await openSession(tenant).require(invoiceEntity, { id: invoiceId })).toMatchObject({
      status: 'issued',
      dunning: ['fee'],
    });
  });

  it('of a till that is closed comes out of nobody’s till', async () => {
    const customerId = await addCustomer();
    const till = '/api/billing/cashier-sessions';
    const tillCall = async (method: string, path: string, body?: object) =>
      (await scene.stack.call(tenant, tills, method, `${till}${path}`, body === undefined ? {} : { body })).body.data;
    const first = await tillCall('POST', '', { desk: 'A1' });
    const { id } = (await pay(customerId, '1000')).body.data;
    const counted = [{ method: 'cheque', amount: '1000' }];
    expect(await tillCall('POST', `/${first.id}/close`, { counted })).toMatchObject({ status: 'closed' });
    const second = await tillCall('POST', '', { desk: 'A1' });
    expect((await bounce(id)).status).toBe(200);
    expect((await tillCall('GET', `/${second.id}`)).expected).toEqual([
      { method: 'cash', currency: 'YER', amount: '0.00' },
    ]);
  });
});
