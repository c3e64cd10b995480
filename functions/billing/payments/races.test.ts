/** Money and debt that change at the same moment: whoever is second sees the first, and what is owed always adds up. */
import { beforeAll, describe, expect, it } from 'vitest';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as bankFiles } from '../bank-imports/handler.ts';
import { importPage } from '../bank-imports/import-page.ts';
import { bankImportQueue } from '../bank-imports/start-import.ts';
import { handler as tills } from '../cashier-sessions/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { handler as refunds } from '../refunds/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useBankFiles } from '../test-support/buckets.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { handler } from './handler.ts';
import { invoicesToSettle } from './invoices-to-settle.ts';
import { setOffAdvance } from './set-off-advance.ts';

const stack = useBillingStack();
useBankFiles();
const tenant = 'races';
const rounds = 6;
let serial = 0;
beforeAll(async () => {
  await stack.addTenant(tenant);
  await bank('PUT', '/accounts/main', { name: 'Main', currency: 'YER', format: 'csv' });
});

const bank = (method: string, path: string, body?: object) =>
  stack.call(tenant, bankFiles, method, `/api/billing/bank-imports${path}`, body === undefined ? {} : { body });
const addCustomer = async () =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body.data;
const pay = (customerId: string, amount: string, more: object = {}) =>
  stack.call(tenant, handler, 'POST', '/api/billing/payments', {
    body: { customerId, amount, method: 'cash', ...more },
  });
const onPayment = (id: string, action: string, body: object) =>
  stack.call(tenant, handler, 'POST', `/api/billing/payments/${id}/${action}`, { body });
const paymentsOf = async (customerId: string) =>
  (await stack.call(tenant, handler, 'GET', '/api/billing/payments', { query: { customerId } })).body.data;

async function agreed(customerId: string): Promise<{ balance: string; advance: string }> {
  const { balance, advance } = (
    await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`)
  ).body.data[0];
  const open = await invoicesToSettle(openSession(tenant), { customerId }, 'YER');
  const owed = open.reduce((sum, { dueAmount }) => sum + minorOf(dueAmount, 'YER'), 0n);
  expect(minorOf(balance, 'YER')).toBe(owed - minorOf(advance, 'YER'));
  return { balance, advance };
}

it('two payments of one invoice and its cancelling by a credit note: the money is the customer’s', async () => {
  for (let round = 0; round < rounds; round++) {
    const { id } = await addCustomer();
    const invoice = await oweInvoice(tenant, id, '100.00');
    const cancel = () =>
      stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${invoice.id}/cancel`, { body: { reason: 'Wrong' } });
    const [first, cancelled, second] = await Promise.all([pay(id, '80'), cancel(), pay(id, '80')]);
    expect([first.status, cancelled.status, second.status]).toEqual([201, 200, 201]);
    expect(await agreed(id)).toEqual({ balance: '-160.00', advance: '160.00' });
    // What came out of the invoice can be taken back like what never went there.
    for (const { id: payment } of await paymentsOf(id))
      expect((await onPayment(payment, 'reverse', { reason: 'x' })).status).toBe(200);
    expect(await agreed(id)).toEqual({ balance: '0.00', advance: '0.00' });
  }
});

it('money that is left over and set off, its payment taken back, a payment and a bill at the same moment: none passes another by', async () => {
  for (let round = 0; round < rounds; round++) {
    const { id } = await addCustomer();
    const [old] = [await oweInvoice(tenant, id, '60.00'), await oweInvoice(tenant, id, '40.00')];
    const { id: paid } = (await pay(id, '60')).body.data;
    const cancel = await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${old.id}/cancel`, {
      body: { reason: 'x' },
    });
    expect(cancel.status).toBe(200);
    const setOff = () => setOffAdvance(openSession(tenant), { customerId: id, currency: 'YER' });
    const bill = () => retryOnChange(() => oweInvoice(tenant, id, '70.00'));
    const [, reversed, , , second] = await Promise.all([
      setOff(),
      onPayment(paid, 'reverse', { reason: 'x' }),
      setOff(),
      bill(),
      pay(id, '30'),
    ]);
    expect([reversed.status, second.status]).toEqual([200, 201]);
    await setOff();
    expect(await agreed(id)).toEqual({ balance: '80.00', advance: '0.00' });
  }
});

it('a refund that is handed over and a reversal give the money back once', async () => {
  for (let round = 0; round < rounds; round++) {
    const { id } = await addCustomer();
    await oweInvoice(tenant, id, '100.00');
    const payment = (await pay(id, '150')).body.data.id;
    const act = (refund: string, action: string) =>
      stack.call(tenant, refunds, 'POST', `/api/billing/refunds/${refund}/${action}`, {
        body: { reason: 'x' },
        as: { subject: 'usr_2' },
      });
    const [asked, reversed] = await Promise.all([
      onPayment(payment, 'refunds', { reason: 'Paid twice' }),
      onPayment(payment, 'reverse', { reason: 'Bounced' }),
    ]);
    expect([asked.status, reversed.status].sort()).toEqual(asked.status === 201 ? [201, 409] : [200, 409]);
    if (asked.status === 201) {
      await act(asked.body.data.id, 'approve');
      const both = await Promise.all([
        act(asked.body.data.id, 'complete'),
        onPayment(payment, 'reverse', { reason: 'Bounced' }),
      ]);
      expect(both.map(({ status }) => status)).toEqual([200, 409]);
    }
    expect(await agreed(id)).toEqual({ balance: '100.00', advance: '0.00' });
  }
});

describe('a line of the bank', () => {
  const file = async (lines: string[]): Promise<string> => {
    const content = ['date,amount,id,reference,description', ...lines].join('\n');
    return (await bank('POST', '', { bankAccount: 'main', content })).body.data.id;
  };
  const read = () => stack.workOff(bankImportQueue, (body) => importPage(JSON.parse(body)));

  it('that a clerk enters by hand while it is read, or after, is one payment', async () => {
    for (let round = 0; round < rounds; round++) {
      const { id, accountNumber } = await addCustomer();
      const number = `N${++serial}`;
      const byHand = () => pay(id, '100', { method: 'bank_transfer', externalReference: number });
      await file([`2026-06-10,100,${number},,${accountNumber}`]);
      await Promise.all([read(), byHand()]);
      expect((await byHand()).status).toBe(409);
      expect(await paymentsOf(id)).toHaveLength(1);
      expect(await agreed(id)).toEqual({ balance: '-100.00', advance: '100.00' });
    }
  });

  it('that two accounts of ours number alike is two payments', async () => {
    await bank('PUT', '/accounts/second', { name: 'Second', currency: 'YER', format: 'csv' });
    const { id, accountNumber } = await addCustomer();
    const line = `2026-06-10,100,SAME-${++serial},,${accountNumber}`;
    await file([line]);
    const content = `date,amount,id,reference,description\n${line}`;
    await bank('POST', '', { bankAccount: 'second', content });
    await read();
    expect(await paymentsOf(id)).toHaveLength(2);
  });

  it('that a clerk assigns while another dismisses it and its file is read again is taken once', async () => {
    for (let round = 0; round < rounds; round++) {
      const { id } = await addCustomer();
      const line = `2026-06-10,100,A${++serial},,nobody`;
      const first = await file([line]);
      await read();
      const [waiting] = (await bank('GET', `/${first}/lines`)).body.data;
      await file([line]);
      const [assigned, dismissed] = await Promise.all([
        bank('POST', `/lines/${waiting.id}/assign`, { customerId: id }),
        bank('POST', `/lines/${waiting.id}/dismiss`, { reason: 'Ours' }),
        read(),
      ]);
      expect([assigned.status, dismissed.status].sort()).toEqual([200, 409]);
      expect(await paymentsOf(id)).toHaveLength(assigned.status === 200 ? 1 : 0);
    }
  });
});

it('a till that is closed while its cashier takes money has all of it or takes none', async () => {
  const till = (method: string, path: string, who: string, body?: object) =>
    stack.call(tenant, tills, method, `/api/billing/cashier-sessions${path}`, {
      ...(body === undefined ? {} : { body }),
      as: { subject: who },
    });
  for (let round = 0; round < rounds; round++) {
    const { id } = await addCustomer();
    const who = `usr_till${round}`;
    const { id: session } = (await till('POST', '', who, { desk: `D${round}` })).body.data;
    const take = () =>
      stack.call(tenant, handler, 'POST', '/api/billing/payments', {
        body: { customerId: id, amount: '10', method: 'cash' },
        as: { subject: who },
      });
    const count = (amount: string) =>
      till('POST', `/${session}/close`, who, { counted: [{ method: 'cash', amount }], reason: 'x' });
    const [closed, ...taken] = await Promise.all([count('0'), take(), take()]);
    expect([closed.status, ...taken.map(({ status }) => status)]).toEqual([200, 201, 201]);
    const after = (await till('GET', `/${session}`, who)).body.data;
    const inside = (await paymentsOf(id)).filter(({ cashierSessionId }: any) => cashierSessionId === session);
    const [cash] = after.expected.filter(({ method }: any) => method === 'cash');
    expect(cash.amount).toBe(`${inside.length * 10}.00`);
    expect(after.payments).toBe(inside.length);
  }
});
