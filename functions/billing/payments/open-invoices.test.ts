/** A payment reads what is owed and not what was: a customer of ten years costs what a new one does, and no invoice is missed. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { withoutKey } from '../../../test/support/call-handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { customerInvoiceEntity, invoiceEntity } from '../invoices/invoice-entity.ts';
import { openOfCustomer } from '../invoices/open-of-customer.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'open';
beforeAll(() => stack.addTenant(tenant));

const addCustomer = async (): Promise<string> =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body.data.id;
const pay = async (customerId: string, amount: string, more: object = {}) =>
  (
    await stack.call(tenant, handler, 'POST', '/api/billing/payments', {
      body: { customerId, amount, method: 'card', ...more },
      headers: withoutKey,
    })
  ).body.data;
const open = (customerId: string) => openOfCustomer(openSession(tenant), customerId);
const openOf = async (customerId: string) => (await open(customerId)).map(({ id }) => id);
const dueDays = async (customerId: string) => (await open(customerId)).map(({ dueDate }) => dueDate);
const advanceOf = async (id: string) =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${id}/balance`)).body.data[0].advance;
const dayOf = (day: number): string => new Date(Date.UTC(2025, 0, day)).toISOString().slice(0, 10);

/** Twelve and a half years of months, paid. */
async function addHistory(customerId: string): Promise<void> {
  const model = await oweInvoice(tenant, customerId, '10.00');
  await pay(customerId, '10');
  const months = Array.from({ length: 150 }, (_, i) => new Date(Date.UTC(2013, i)).toISOString().slice(0, 10));
  for (let at = 0; at < months.length; at += 30)
    await openSession(tenant).transact('billing', (unit) => {
      for (const from of months.slice(at, at + 30)) {
        const id = `${model.id.slice(0, -15)}${from}-${customerId.slice(-4)}`;
        const { paidAmount: _, ...invoice } = { ...model, id, period: { from, to: from }, dueDate: from };
        unit.create(invoiceEntity, { ...invoice, status: 'paid', paidAmount: '10.00', dueAmount: '0.00' });
        unit.create(customerInvoiceEntity, { customerId, from, invoiceId: id, kind: 'invoice', meterIds: [] });
      }
    });
}

async function costOfPayment(customerId: string): Promise<{ calls: number; readUnits: number }> {
  const invoice = await oweInvoice(tenant, customerId, '10.00');
  const { meter } = stack.tables.dynamodb;
  const readUnits = () => meter.bill().lines.find(({ key }) => key.includes('readRequestUnit'))!.units;
  const before = readUnits();
  watch.reset();
  expect((await pay(customerId, '10')).allocations).toMatchObject([{ invoiceId: invoice.id, amount: '10.00' }]);
  return { calls: watch.counts().calls, readUnits: readUnits() - before };
}

it('costs a customer with a hundred and fifty paid invoices what it costs a new one', async () => {
  const [newcomer, old] = [await addCustomer(), await addCustomer()];
  await addHistory(old);
  const first = await costOfPayment(newcomer);
  expect(first.readUnits).toBeLessThan(20);
  expect(await costOfPayment(old)).toEqual(first);
});

it('reads no more of a long debt than it pays', async () => {
  const customerId = await addCustomer();
  for (let i = 0; i < 60; i++) await oweInvoice(tenant, customerId, '10.00', { dueDate: dayOf(60 - i) });
  const callsOf = async (id: string): Promise<number> => {
    watch.reset();
    const { allocations } = await pay(id, '15');
    expect(allocations.map(({ amount }: any) => amount)).toEqual(['10.00', '5.00']);
    return watch.counts().calls;
  };
  const short = await addCustomer();
  for (let i = 0; i < 2; i++) await oweInvoice(tenant, short, '10.00');
  expect(await callsOf(customerId)).toBe(await callsOf(short));
  expect(await dueDays(customerId)).toEqual(Array.from({ length: 59 }, (_, i) => dayOf(i + 2)));
  // Of the 59 that are left, more than a page.
  await pay(customerId, '265');
  expect(await dueDays(customerId)).toHaveLength(32);
});

it('misses no invoice that is made at any moment of it', async () => {
  for (let call = 1, struck = true; struck; call++) {
    const customerId = await addCustomer();
    await oweInvoice(tenant, customerId, '10.00');
    watch.reset();
    watch.interruptCall(call, async () => void (await oweInvoice(tenant, customerId, '25.00')));
    await pay(customerId, '35');
    struck = watch.hasStruck();
    if (struck) expect([call, await dueDays(customerId), await advanceOf(customerId)]).toEqual([call, [], '0.00']);
    else expect(call).toBeGreaterThan(4);
  }
});

it('settles no invoice that is cancelled at any moment of it', async () => {
  for (let call = 1, struck = true; struck; call++) {
    const customerId = await addCustomer();
    const { id } = await oweInvoice(tenant, customerId, '10.00');
    const path = `/api/billing/invoices/${id}/cancel`;
    watch.reset();
    watch.interruptCall(call, async () => {
      expect((await stack.call(tenant, invoices, 'POST', path, { body: { reason: 'x' } })).status).toBe(200);
    });
    const { advanceAmount } = await pay(customerId, '10');
    struck = watch.hasStruck();
    if (struck) expect([call, advanceAmount, await advanceOf(customerId)]).toEqual([call, '10.00', '10.00']);
  }
});

it('misses no invoice that is owed again at any moment of it', async () => {
  for (let call = 1, struck = true; struck; call++) {
    const customerId = await addCustomer();
    await oweInvoice(tenant, customerId, '10.00');
    const { id } = await pay(customerId, '10');
    const path = `/api/billing/payments/${id}/reverse`;
    watch.reset();
    watch.interruptCall(call, async () => {
      expect((await stack.call(tenant, handler, 'POST', path, { body: { reason: 'x' } })).status).toBe(200);
    });
    await pay(customerId, '10');
    struck = watch.hasStruck();
    if (struck) expect([call, await dueDays(customerId), await advanceOf(customerId)]).toEqual([call, [], '0.00']);
  }
});

it('finds an invoice that is owed again, and none that was cancelled', async () => {
  const customerId = await addCustomer();
  const [first, second] = [
    await oweInvoice(tenant, customerId, '10.00'),
    await oweInvoice(tenant, customerId, '10.00'),
  ];
  const payment = await pay(customerId, '20');
  expect(await openOf(customerId)).toEqual([]);
  await stack.call(tenant, handler, 'POST', `/api/billing/payments/${payment.id}/reverse`, { body: { reason: 'x' } });
  expect(await openOf(customerId)).toEqual([first.id, second.id]);
  await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${first.id}/cancel`, { body: { reason: 'x' } });
  expect((await pay(customerId, '15')).allocations).toMatchObject([{ invoiceId: second.id, amount: '10.00' }]);
});
