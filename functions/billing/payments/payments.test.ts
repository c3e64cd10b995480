/** Payments over the handler: what is owed, paid ahead and taken back always adds up, whoever pays at the same time. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { setOffOf } from '../accounts/set-offs.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { handler as settings } from '../payment-settings/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { handler } from './handler.ts';
import { handler as onAdvanceLeft } from './on-advance-left.ts';
import type { Payment } from './payment-schema.ts';
import { setOffAdvance } from './set-off-advance.ts';

const stack = useBillingStack();
const tenant = 'pay';
const base = '/api/billing/payments';
beforeAll(() => stack.addTenant(tenant));

const addCustomer = async (): Promise<string> =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body.data.id;

const owe = (customerId: string, amount: string, dueDate = '2026-06-20', currency = 'YER'): Promise<Invoice> =>
  oweInvoice(tenant, customerId, amount, { dueDate, currency });

const pay = (customerId: string, amount: string, more: object = {}) =>
  stack.call(tenant, handler, 'POST', base, { body: { customerId, amount, method: 'cash', ...more } });
const reverse = (id: string) =>
  stack.call(tenant, handler, 'POST', `${base}/${id}/reverse`, { body: { reason: 'Bounced' } });
const invoiceOf = async (id: string) =>
  (await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${id}`)).body.data;
const paymentOf = async (id: string) => (await stack.call(tenant, handler, 'GET', `${base}/${id}`)).body.data;
const account = async (customerId: string) =>
  (await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`)).body.data[0];

describe('a payment', () => {
  it('settles the longest due invoice first, and the rest waits for the next one', async () => {
    const customer = await addCustomer();
    const late = await owe(customer, '300.00', '2026-05-01');
    const later = await owe(customer, '200.00', '2026-06-01');
    const { body } = await pay(customer, '400');
    expect(body.data.allocations.map(({ invoiceId, amount }: any) => [invoiceId, amount])).toEqual([
      [late.id, '300.00'],
      [later.id, '100.00'],
    ]);
    expect((await invoiceOf(late.id)).status).toBe('paid');
    expect(await invoiceOf(later.id)).toMatchObject({ status: 'partially_paid', dueAmount: '100.00' });
    await pay(customer, '150.5');
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '-50.50', advance: '50.50' });
    expect(await owe(customer, '80.00')).toMatchObject({
      status: 'partially_paid',
      paidAmount: '50.50',
      dueAmount: '29.50',
    });
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '29.50', advance: '0.00' });
    expect(stack.events('invoice.paid').map(({ aggregateId }) => aggregateId.S)).toEqual(
      expect.arrayContaining([late.id, later.id]),
    );
  });

  it('settles the invoices that are named, in that order', async () => {
    const customer = await addCustomer();
    await owe(customer, '300.00', '2026-05-01');
    const named = await owe(customer, '200.00');
    const { body } = await pay(customer, '150', { invoiceIds: [named.id] });
    expect(body.data.allocations).toMatchObject([{ invoiceId: named.id, amount: '150.00' }]);
  });

  it('with a reference is taken once, also at the same moment', async () => {
    const customer = await addCustomer();
    await owe(customer, '300.00');
    const order = { method: 'bank_transfer', externalReference: 'TR-1' };
    const answers = await Promise.all([1, 2, 3].map(() => pay(customer, '100', order)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await pay(customer, '100', { method: 'cheque', externalReference: 'TR-1' })).status).toBe(201);
    expect((await account(customer)).balance).toBe('100.00');
  });

  it('repeated with its idempotency key is the same payment', async () => {
    const customer = await addCustomer();
    const once = () =>
      stack.call(tenant, handler, 'POST', base, {
        body: { customerId: customer, amount: '70', method: 'cash' },
        headers: { 'idempotency-key': `k-${customer}` },
      });
    const [first, second] = [await once(), await once()];
    expect(second.body.data.id).toBe(first.body.data.id);
    expect((await account(customer)).balance).toBe('-70.00');
  });

  it('of several people at once never pays an invoice twice', async () => {
    const customer = await addCustomer();
    const invoice = await owe(customer, '300.00');
    const answers = await Promise.all([1, 2, 3, 4].map(() => pay(customer, '100')));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await invoiceOf(invoice.id)).toMatchObject({ status: 'paid', paidAmount: '300.00' });
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '-100.00', advance: '100.00' });
  });

  it.each<[string, object, number]>([
    ['nothing', { amount: '0' }, 422],
    ['less than nothing', { amount: '-5' }, 400],
    ['a tenth of a fils', { amount: '1.001' }, 422],
    ['a number', { amount: 5 }, 400],
    ['a currency that does not exist', { currency: 'ZZZ' }, 400],
    ['tomorrow', { receivedAt: '2026-07-01T00:00:00Z' }, 422],
    ['a method that does not exist', { method: 'barter' }, 400],
    ['an invoice that does not exist', { invoiceIds: [`inv_${'9'.repeat(26)}`] }, 404],
  ])('is not taken for %s', async (_, wrong, status) => {
    const customerId = await addCustomer();
    const answer = await stack.call(tenant, handler, 'POST', base, {
      body: { customerId, amount: '10', method: 'cash', ...wrong },
    });
    expect(answer.status).toBe(status);
    expect(await account(customerId)).toBeUndefined();
  });

  it('does not settle another customer’s invoice', async () => {
    const [one, other] = [await addCustomer(), await addCustomer()];
    const foreign = await owe(other, '10.00');
    expect(await pay(one, '10', { invoiceIds: [foreign.id] })).toMatchObject({ status: 422 });
  });

  it('does not settle an invoice in another currency, nor one that is paid', async () => {
    const customer = await addCustomer();
    const { id } = await owe(customer, '10.00');
    expect((await pay(customer, '10', { invoiceIds: [id], currency: 'USD' })).status).toBe(422);
    expect((await pay(customer, '10', { currency: 'USD' })).body.data).toMatchObject({ allocations: [] });
    expect((await pay(customer, '10', { invoiceIds: [id] })).status).toBe(201);
    expect((await pay(customer, '10', { invoiceIds: [id] })).status).toBe(422);
  });

  it('of money that is held settles nothing', async () => {
    const customer = await addCustomer();
    await owe(customer, '10.00');
    expect((await pay(customer, '10', { purpose: 'deposit' })).body.data).toMatchObject({ allocations: [] });
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '10.00', advance: '0.00' });
  });
});

describe('taking back', () => {
  it('makes what was settled owed again, once', async () => {
    const customer = await addCustomer();
    const invoice = await owe(customer, '300.00');
    const { id } = (await pay(customer, '320')).body.data;
    const outcomes = await Promise.all([reverse(id), reverse(id)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await invoiceOf(invoice.id)).toMatchObject({ status: 'issued', dueAmount: '300.00', paidAmount: '0.00' });
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '300.00', advance: '0.00' });
  });

  it('makes owed again what was paid with what it left over, the newest first, and nothing others paid', async () => {
    const customer = await addCustomer();
    const { id } = (await pay(customer, '100')).body.data;
    await pay(customer, '50');
    const [first, second] = [await owe(customer, '60.00'), await owe(customer, '70.00')];
    expect(await reverse(id)).toMatchObject({ status: 200 });
    expect([await invoiceOf(first.id), await invoiceOf(second.id)]).toMatchObject([
      { status: 'partially_paid', dueAmount: '10.00' },
      { status: 'issued', dueAmount: '70.00' },
    ]);
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '80.00', advance: '0.00' });
  });
});

describe('money that is left over', () => {
  const cancel = (id: string) =>
    stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/cancel`, { body: { reason: 'Wrong' } });
  /** Delivers what was told of the customer's money, twice. @returns how often it was told */
  async function follow(customerId: string): Promise<number> {
    const told = stack.events('advance.left').filter(({ aggregateId }) => aggregateId.S === customerId);
    const payload = { customerId, currency: 'YER' };
    const event = () => makeEvent({ type: 'advance.left', tenantId: tenant, payload });
    expect((await onAdvanceLeft(busBatch(told.flatMap(() => [event(), event()])))).batchItemFailures).toEqual([]);
    return told.length;
  }
  const sources: [string, (customerId: string) => Promise<unknown>][] = [
    [
      'of an invoice that is cancelled after it was paid',
      async (customer) => {
        const paid = await owe(customer, '100.00', '2026-05-01');
        await pay(customer, '100');
        await owe(customer, '300.00');
        await cancel(paid.id);
      },
    ],
    [
      'of a note that credits',
      async (customer) => {
        await owe(customer, '300.00');
        await owe(customer, '-100.00');
      },
    ],
    [
      'of another payment, where one is taken back',
      async (customer) => {
        await owe(customer, '300.00');
        const { id } = (await pay(customer, '300')).body.data;
        await pay(customer, '100');
        await reverse(id);
      },
    ],
  ];

  it.each(sources)('%s pays what is open, once', async (_, act) => {
    const customer = await addCustomer();
    await act(customer);
    expect(await account(customer)).toMatchObject({ balance: '200.00', advance: '100.00' });
    expect(await follow(customer)).toBe(1);
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '200.00', advance: '0.00' });
  });

  it('named invoices leave goes to the others, the longest due first, and comes back from there', async () => {
    const customer = await addCustomer();
    const [old, named] = [await owe(customer, '80.00', '2026-05-01'), await owe(customer, '50.00')];
    const { id, allocations, advanceAmount } = (await pay(customer, '90', { invoiceIds: [named.id] })).body.data;
    expect(allocations.map(({ invoiceId, amount }: any) => [invoiceId, amount])).toEqual([
      [named.id, '50.00'],
      [old.id, '40.00'],
    ]);
    expect(advanceAmount).toBe('0.00');
    await reverse(id);
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '130.00', advance: '0.00' });
  });

  it('of a note that is cancelled is owed again by what it paid', async () => {
    const customer = await addCustomer();
    const old = await owe(customer, '80.00', '2026-05-01');
    const note = await owe(customer, '-50.00');
    await follow(customer);
    expect(await invoiceOf(old.id)).toMatchObject({ dueAmount: '30.00' });
    expect((await cancel(note.id)).status).toBe(200);
    expect(await invoiceOf(old.id)).toMatchObject({ dueAmount: '80.00', status: 'issued' });
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '80.00', advance: '0.00' });
  });

  it('of a note that paid more invoices than its cancelling has room for stays until one of them is cancelled', async () => {
    const customer = await addCustomer();
    const note = await owe(customer, '-100.00');
    const users = [];
    for (let i = 0; i < 17; i++) users.push(await owe(customer, '5.00'));
    expect([(await cancel(note.id)).status, (await cancel(users[3]!.id)).status]).toEqual([409, 200]);
    expect((await cancel(note.id)).status).toBe(200);
    expect(await account(customer)).toEqual({ currency: 'YER', balance: '80.00', advance: '0.00' });
  });

  it('waits for the next invoice, or a person, where the tenant wants that', async () => {
    const change = (body: object) => stack.call(tenant, settings, 'PUT', '/api/billing/payment-settings', { body });
    await change({ advanceSettles: 'next_invoice' });
    const customer = await addCustomer();
    const [old, named] = [await owe(customer, '80.00', '2026-05-01'), await owe(customer, '50.00')];
    await pay(customer, '70', { invoiceIds: [named.id] });
    await owe(customer, '-5.00');
    expect(await follow(customer)).toBe(1);
    expect(await account(customer)).toMatchObject({ advance: '25.00' });
    const setOff = (more: object = {}) =>
      stack.call(tenant, handler, 'POST', `${base}/set-off`, { body: { customerId: customer, ...more } });
    expect((await setOff({ invoiceIds: [named.id] })).status).toBe(422);
    expect((await setOff({ customerId: `cus_${'9'.repeat(26)}` })).status).toBe(404);
    const settled = [{ invoiceId: old.id, invoiceNumber: old.invoiceNumber, amount: '25.00' }];
    expect((await setOff()).body.data).toEqual({ currency: 'YER', settled, advanceAmount: '0.00' });
    expect((await setOff()).body.data).toEqual({ currency: 'YER', settled: [], advanceAmount: '0.00' });
    await change({});
  });
});

describe('a statement', () => {
  it('adds up from opening to closing', async () => {
    const customer = await addCustomer();
    await owe(customer, '300.00');
    await pay(customer, '100', { receivedAt: '2026-06-10T10:00:00Z' });
    const { body } = await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customer}/statement`, {
      query: { from: '2026-06-05', to: '2026-06-30' },
    });
    expect(body.data).toMatchObject({
      opening: '300.00',
      closing: '200.00',
      entries: [{ type: 'payment', credit: '100.00', debit: '0.00', balance: '200.00' }],
    });
  });
});

it('whatever is owed, paid and taken back in whatever order: the balance is the sum, allocations never exceed, advances are never negative', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('owe' as const), amount: fc.integer({ min: 1, max: 50_000 }) }),
    fc.record({ kind: fc.constant('pay' as const), amount: fc.integer({ min: 1, max: 50_000 }) }),
    fc.record({ kind: fc.constant('reverse' as const), amount: fc.nat(9) }),
    fc.record({ kind: fc.constant('cancel' as const), amount: fc.nat(9) }),
    fc.record({ kind: fc.constant('credit' as const), amount: fc.integer({ min: 1, max: 50_000 }) }),
    fc.record({ kind: fc.constant('set off' as const), amount: fc.nat(9) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      const customer = await addCustomer();
      const [owed, paid]: [Invoice[], string[]] = [[], []];
      let balance = 0n;
      for (const { kind, amount } of steps) {
        const text = amountOf(BigInt(amount), 'YER');
        if (kind === 'owe') {
          owed.push(await owe(customer, text));
          balance += BigInt(amount);
        } else if (kind === 'credit') {
          owed.push(await owe(customer, `-${text}`));
          balance -= BigInt(amount);
        } else if (kind === 'set off') {
          await setOffAdvance(openSession(tenant), { customerId: customer, currency: 'YER' });
        } else if (kind === 'cancel' && owed.length > 0) {
          const path = `/api/billing/invoices/${owed[amount % owed.length]!.id}/cancel`;
          const { status, body } = await stack.call(tenant, invoices, 'POST', path, { body: { reason: 'x' } });
          if (status === 200) balance -= minorOf(body.data.totalAmount, 'YER');
        } else if (kind === 'pay') {
          paid.push((await pay(customer, text)).body.data.id);
          balance -= BigInt(amount);
        } else if (kind === 'reverse' && paid.length > 0) {
          const { status, body } = await reverse(paid[amount % paid.length]!);
          if (status === 200) balance += minorOf(body.data.amount, 'YER');
        }
      }
      if (owed.length + paid.length === 0) return;
      const shown = await account(customer);
      expect(minorOf(shown.balance, 'YER')).toBe(balance);
      const invoicesNow: Invoice[] = await Promise.all(owed.map(({ id }) => invoiceOf(id)));
      const open = invoicesNow.filter(({ status }) => status !== 'cancelled');
      const due = open.reduce((sum, invoice) => sum + minorOf(invoice.dueAmount, 'YER'), 0n);
      expect(due - minorOf(shown.advance, 'YER')).toBe(balance);
      const payments: Payment[] = (await Promise.all(paid.map((id) => paymentOf(id)))).filter(
        ({ status }) => status !== 'reversed',
      );
      for (const invoice of open) {
        expect(minorOf(invoice.paidAmount, 'YER') + minorOf(invoice.dueAmount, 'YER')).toBe(
          minorOf(invoice.totalAmount, 'YER'),
        );
        if (invoice.totalAmount.startsWith('-')) continue;
        expect(minorOf(invoice.dueAmount, 'YER') >= 0n).toBe(true);
        // What it has is what payments gave it and what had waited.
        const setOff = await setOffOf(openSession(tenant), {
          customerId: customer,
          currency: 'YER',
          invoiceId: invoice.id,
        });
        const given = payments.flatMap(({ allocations }) => allocations.filter((one) => one.invoiceId === invoice.id));
        const sum = given.reduce((total, one) => total + minorOf(one.amount, 'YER'), setOff);
        expect(minorOf(invoice.paidAmount, 'YER')).toBe(sum);
      }
      expect(minorOf(shown.advance, 'YER') >= 0n).toBe(true);
    }),
    { numRuns: 15 },
  );
});
