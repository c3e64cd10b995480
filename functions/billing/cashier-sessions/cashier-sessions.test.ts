/** Tills: what is counted is held against what must be there, a difference has a reason and a witness, and a closed till never changes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as settings } from '../payment-settings/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as refunds } from '../refunds/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const base = '/api/billing/cashier-sessions';
const cashier = { subject: 'usr_cash' };
const chief = { subject: 'usr_chief' };
let [tenant, customer, serial] = ['', '', 0];

beforeEach(async () => {
  tenant = `till${++serial}`;
  await stack.addTenant(tenant);
  customer = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body
    .data.id;
});

const open = (more: object = {}, as: object = cashier) =>
  stack.call(tenant, handler, 'POST', base, { body: { desk: 'Desk 1', floatAmount: '1000', ...more }, as });
const act = (id: string, action: string, body: object = {}, as: object = cashier) =>
  stack.call(tenant, handler, 'POST', `${base}/${id}/${action}`, { body, as });
const show = async (id: string) => (await stack.call(tenant, handler, 'GET', `${base}/${id}`)).body.data;
const pay = (amount: string, more: object = {}, as: object = cashier) =>
  stack.call(tenant, payments, 'POST', '/api/billing/payments', {
    body: { customerId: customer, amount, method: 'cash', ...more },
    as,
  });
const count = (...lines: [string, string][]) => ({ counted: lines.map(([method, amount]) => ({ method, amount })) });
const eventsOf = (type: string) =>
  stack.events(type).flatMap(({ tenantId, payload }) => (tenantId.S === tenant ? [JSON.parse(payload.S)] : []));

describe('a till', () => {
  it('takes what its cashier takes, numbers its receipts without a gap, and closes on the mark', async () => {
    const till = (await open()).body.data;
    const taken = [await pay('500'), await pay('250.50'), await pay('70', { method: 'cheque' })];
    await pay('900', { method: 'bank_transfer' });
    await pay('900', {}, chief);
    expect(taken.map(({ body }) => body.data.receiptNumber)).toEqual(
      [1, 2, 3].map((n) => `${till.sessionNumber}-000${n}`),
    );
    expect(await show(till.id)).toMatchObject({
      payments: 3,
      receipts: 3,
      expected: [
        { method: 'cash', currency: 'YER', amount: '1750.50' },
        { method: 'cheque', currency: 'YER', amount: '70.00' },
      ],
    });
    const closed = await act(till.id, 'close', {
      counted: [
        {
          method: 'cash',
          amount: '1750.50',
          denominations: [
            { value: '500', count: 3 },
            { value: '250.50', count: 1 },
          ],
        },
        { method: 'cheque', amount: '70' },
      ],
    });
    expect(closed.body.data).toMatchObject({ status: 'closed', differences: [] });
    const movements = (await stack.call(tenant, handler, 'GET', `${base}/${till.id}/movements`)).body.data;
    expect(movements.map(({ type, amount }: any) => [type, amount])).toEqual([
      ['payment', '500.00'],
      ['payment', '250.50'],
      ['payment', '70.00'],
    ]);
    expect(eventsOf('cashier_session.closed')).toHaveLength(1);
    expect((await pay('10')).body.data.cashierSessionId).toBeUndefined();
  });

  it('is one of a cashier and one at a desk, also when opened twice at once', async () => {
    const ofOne = await Promise.all([open(), open({ desk: 'Desk 2' }), open({ desk: 'Desk 3' })]);
    expect(ofOne.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const atOne = await Promise.all(['a', 'b'].map((name) => open({ desk: 'Desk 9' }, { subject: `usr_${name}` })));
    expect(atOne.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('gives every payment of a rush its own receipt and its place in the total', async () => {
    const { id } = (await open()).body.data;
    const answers = await Promise.all(Array.from({ length: 4 }, () => pay('100')));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.data.receiptNumber)).size).toBe(4);
    expect((await show(id)).expected[0].amount).toBe('1400.00');
  });

  it('takes change from the safe and gives takings to the bank, never more than is in it', async () => {
    const { id } = (await open()).body.data;
    const move = (type: string, amount: string, as: object = cashier) =>
      act(id, 'movements', { type, amount, counterpart: 'bank', reason: 'Noon' }, as);
    expect((await move('pay_in', '500')).status).toBe(201);
    expect((await move('pay_out', '1500.01')).status).toBe(409);
    expect((await move('pay_out', '1200', chief)).status).toBe(403);
    expect((await move('pay_out', '1200')).body.data.amount).toBe('-1200.00');
    expect((await show(id)).expected).toEqual([{ method: 'cash', currency: 'YER', amount: '300.00' }]);
    expect(eventsOf('cashier_session.money_moved')).toMatchObject([
      { type: 'pay_in', amount: '500.00' },
      { type: 'pay_out', amount: '1200.00' },
    ]);
  });

  it('with a difference needs a reason, then another person, and is posted once', async () => {
    const { id } = (await open()).body.data;
    await pay('500');
    expect((await act(id, 'close', count(['cash', '1400']))).status).toBe(422);
    const counted = await act(id, 'close', { ...count(['cash', '1400']), reason: 'Wrong change' });
    expect(counted.body.data).toMatchObject({
      status: 'counted',
      differences: [{ method: 'cash', currency: 'YER', amount: '-100.00' }],
    });
    expect((await pay('10')).body.data.cashierSessionId).toBeUndefined();
    expect((await act(id, 'approve')).status).toBe(403);
    expect(eventsOf('cashier_session.difference_found')).toEqual([]);
    const answers = await Promise.all([act(id, 'approve', {}, chief), act(id, 'approve', {}, chief)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(eventsOf('cashier_session.difference_found')).toMatchObject([
      { amount: '-100.00', reason: 'Wrong change', approvedBy: 'usr_chief' },
    ]);
    for (const action of ['close', 'approve', 'recount'])
      expect((await act(id, action, count(['cash', '1500']), action === 'close' ? cashier : chief)).status).toBe(409);
    expect((await open()).status).toBe(201);
  });

  it('that somebody counts for its cashier is accepted by neither of them', async () => {
    const { id } = (await open()).body.data;
    const counted = await act(id, 'close-for-cashier', { ...count(['cash', '900']), reason: 'Left ill' }, chief);
    expect(counted.body.data).toMatchObject({ status: 'counted', countedBy: 'usr_chief' });
    expect((await act(id, 'approve', {}, chief)).status).toBe(403);
    expect((await act(id, 'approve')).status).toBe(403);
    expect((await act(id, 'approve', {}, { subject: 'usr_third' })).body.data).toMatchObject({ status: 'closed' });
  });

  it('may be counted again, and small differences need nobody where the settings say so', async () => {
    const { id } = (await open()).body.data;
    await act(id, 'close', { ...count(['cash', '900']), reason: 'x' });
    expect((await act(id, 'recount', {}, chief)).body.data).toMatchObject({ status: 'open' });
    await stack.call(tenant, settings, 'PUT', '/api/billing/payment-settings', {
      body: { differenceApprovalAbove: '5' },
    });
    expect((await act(id, 'close', { ...count(['cash', '1005']), reason: 'Rounded' })).body.data).toMatchObject({
      status: 'closed',
      differences: [{ amount: '5.00' }],
    });
  });

  it.each<[string, object]>([
    [
      'notes that do not add up',
      { counted: [{ method: 'cash', amount: '1000', denominations: [{ value: '500', count: 1 }] }] },
    ],
    [
      'a method twice',
      {
        counted: [
          { method: 'cash', amount: '500' },
          { method: 'cash', amount: '500' },
        ],
      },
    ],
    ['parts of a fils', { counted: [{ method: 'cash', amount: '1000.001' }] }],
  ])('is not closed with %s', async (_, body) => {
    expect((await act((await open()).body.data.id, 'close', body)).status).toBe(422);
  });

  it('hands cash back for a refund and a reversal', async () => {
    const { id } = (await open()).body.data;
    const [one, two] = [(await pay('400')).body.data, (await pay('300')).body.data];
    const refund = (
      await stack.call(tenant, payments, 'POST', `/api/billing/payments/${one.id}/refunds`, {
        body: { amount: '150', reason: 'x' },
        as: cashier,
      })
    ).body.data;
    await stack.call(tenant, refunds, 'POST', `/api/billing/refunds/${refund.id}/approve`, { as: chief });
    const done = await stack.call(tenant, refunds, 'POST', `/api/billing/refunds/${refund.id}/complete`, {
      body: {},
      as: cashier,
    });
    expect(done.body.data).toMatchObject({ status: 'done', cashierSessionId: id });
    await stack.call(tenant, payments, 'POST', `/api/billing/payments/${two.id}/reverse`, {
      body: { reason: 'Typed wrongly' },
      as: chief,
    });
    expect((await show(id)).expected[0].amount).toBe('1250.00');
  });

  it('is needed for cash where the settings say so', async () => {
    await stack.call(tenant, settings, 'PUT', '/api/billing/payment-settings', { body: { cashNeedsSession: true } });
    expect((await pay('10')).status).toBe(409);
    expect((await pay('10', { method: 'bank_transfer' })).status).toBe(201);
    await open();
    expect((await pay('10')).status).toBe(201);
  });

  it('of another tenant does not exist', async () => {
    const { id } = (await open()).body.data;
    await stack.addTenant(`${tenant}-foreign`);
    expect((await stack.call(`${tenant}-foreign`, handler, 'GET', `${base}/${id}`)).status).toBe(404);
  });
});

describe('a receipt', () => {
  const receipt = (id: string, print = false) =>
    stack.call(tenant, payments, print ? 'POST' : 'GET', `/api/billing/payments/${id}/receipt${print ? '/print' : ''}`);

  it('has a number without a gap, whoever asks at once', async () => {
    const made = await Promise.all(['10', '20', '30', '40'].map((amount) => pay(amount, { method: 'bank_transfer' })));
    const answers = await Promise.all(made.flatMap(({ body }) => [receipt(body.data.id), receipt(body.data.id)]));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const numbers = new Set(answers.map(({ body }) => body.data.receiptNumber));
    expect([...numbers].sort()).toEqual([1, 2, 3, 4].map((n) => `R2026-000000${n}`));
  });

  it('says what was paid and is a copy from the second print on', async () => {
    const { id } = (await pay('100')).body.data;
    expect((await receipt(id)).body.data).toMatchObject({ isCopy: false, timesPrinted: 0 });
    expect((await receipt(id, true)).body.data).toMatchObject({
      isCopy: false,
      amount: '100.00',
      method: 'cash',
      customer: { name: 'Payer' },
      balance: '-100.00',
      date: '2026-06-15',
    });
    expect((await receipt(id, true)).body.data).toMatchObject({ isCopy: true, timesPrinted: 1 });
    expect((await receipt(id)).body.data.timesPrinted).toBe(2);
    expect((await receipt(`pay_${'0'.repeat(26)}`, true)).status).toBe(404);
  });
});
