/**
 * Money that waits, and what was paid with it, while others act at any moment: what is owed, less what waits, stays the balance, and
 * no invoice stays open beside money unless it is told of.
 */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { withoutKey } from '../../../test/support/call-handler.ts';
import { balancesOf } from '../accounts/show-account.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { openOfCustomer } from '../invoices/open-of-customer.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { handler } from './handler.ts';
import { setOffAdvance } from './set-off-advance.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'setoffs';
beforeAll(() => stack.addTenant(tenant));

const post = async (on: typeof handler, path: string, body: object): Promise<any> => {
  const answer = await stack.call(tenant, on, 'POST', path, { body, headers: withoutKey });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body.data;
};
const pay = (customerId: string, amount: string) =>
  post(handler, '/api/billing/payments', { customerId, amount, method: 'card' });
const cancel = (id: string) => post(invoices, `/api/billing/invoices/${id}/cancel`, { reason: 'x' });
const setOff = (customerId: string) => setOffAdvance(openSession(tenant), { customerId, currency: 'YER' });

/** A payment and a note left money over, of which the first bill had 60, the second 80, and the last 10 of its 30. */
async function addDebtor() {
  const { id } = await post(customers, '/api/billing/customers', { name: 'Payer' });
  const payment = await pay(id, '100');
  const first = await oweInvoice(tenant, id, '60.00');
  const note = await oweInvoice(tenant, id, '-50.00');
  for (const amount of ['80.00', '30.00']) await oweInvoice(tenant, id, amount);
  return { id, payment, first, note };
}
type Debtor = Awaited<ReturnType<typeof addDebtor>>;

const acts = {
  'a payment': ({ id }) => pay(id, '25'),
  'setting off': ({ id }) => setOff(id),
  'a payment taken back': ({ payment }) =>
    post(handler, `/api/billing/payments/${payment.id}/reverse`, { reason: 'x' }),
  'a cancelled note': ({ note }) => cancel(note.id),
  'a cancelled bill': ({ first }) => cancel(first.id),
} satisfies Record<string, (debtor: Debtor) => Promise<unknown>>;
type Act = keyof typeof acts;

async function accountOf(customerId: string) {
  const session = openSession(tenant);
  const [account] = await balancesOf(session, customerId);
  const due = (await openOfCustomer(session, customerId)).reduce((sum, one) => sum + minorOf(one.dueAmount, 'YER'), 0n);
  const ahead = minorOf(account!.advance, 'YER');
  expect(minorOf(account!.balance, 'YER')).toBe(due - ahead);
  return { isOpenBesideMoney: due > 0n && ahead > 0n };
}

it.each<[Act, Act]>([
  ['a cancelled note', 'a payment'],
  ['a cancelled note', 'a payment taken back'],
  ['a cancelled note', 'a cancelled bill'],
  ['a payment taken back', 'a cancelled note'],
  ['a payment taken back', 'a payment'],
  ['a cancelled bill', 'setting off'],
])('%s, and %s at any moment of it', async (one, other) => {
  for (let call = 1, struck = true; struck; call++) {
    const debtor = await addDebtor();
    watch.reset();
    watch.interruptCall(call, async () => void (await acts[other](debtor)));
    await acts[one](debtor);
    struck = watch.hasStruck();
    watch.reset();
    if (!(await accountOf(debtor.id)).isOpenBesideMoney) continue;
    // The note had been told of before.
    const told = stack.events('advance.left').filter(({ aggregateId }) => aggregateId.S === debtor.id);
    expect([call, told.length]).not.toEqual([call, 1]);
    await setOff(debtor.id);
    expect([call, await accountOf(debtor.id)]).toEqual([call, { isOpenBesideMoney: false }]);
  }
});
