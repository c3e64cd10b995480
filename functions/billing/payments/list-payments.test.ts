/** Lists of payments: what is asked for is found, and a page reads what it returns, however many payments lie around it. */
import { beforeAll, expect, it, vi } from 'vitest';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { handler as tills } from '../cashier-sessions/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';
import { paymentEntity } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';

const stack = useBillingStack();
const tenant = 'list';
const base = '/api/billing/payments';
const list = (query: Record<string, string>) => stack.call(tenant, handler, 'GET', base, { query });
const dayOf = (n: number) => new Date(Date.UTC(2026, 0, 1 + n, 8)).toISOString();

/** All pages of a list, and how many rows were read for them. */
async function readAll(query: Record<string, string>): Promise<{ ids: string[]; times: string[]; read: number }> {
  const client = documentClient();
  const send = client.send.bind(client) as (command: object) => Promise<any>;
  let read = 0;
  const spy = vi.spyOn(client, 'send').mockImplementation((async (command: object) => {
    const answer = await send(command);
    read += answer.ScannedCount ?? 0;
    return answer;
  }) as never);
  const found: { id: string; receivedAt: string }[] = [];
  try {
    let cursor: string | null | undefined;
    do {
      const { status, body } = await list({ ...query, ...(cursor ? { cursor } : {}) });
      expect(status).toBe(200);
      found.push(...body.data);
      cursor = body.pagination.nextCursor;
    } while (cursor);
  } finally {
    spy.mockRestore();
  }
  return { ids: found.map(({ id }) => id), times: found.map(({ receivedAt }) => receivedAt), read };
}

const addCustomer = async (): Promise<string> =>
  (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } })).body.data.id;
let customerId = '';

beforeAll(async () => {
  await stack.addTenant(tenant);
  customerId = await addCustomer();
  const common = { currency: 'YER', amount: '1.00', advanceAmount: '1.00', status: 'received' } as const;
  // One a day of 160 days, by two customers in turn; one of ten is a cheque.
  for (let start = 0; start < 160; start += 20)
    await openSession(tenant).transact('billing', (unit) => {
      for (let n = start; n < start + 20; n++) {
        const method: Payment['method'] = n % 10 === 0 ? 'cheque' : 'cash';
        const payer = n % 2 === 0 ? customerId : 'cus_other';
        const own = { id: newId('pay'), paymentNumber: `P-${n}`, customerId: payer, method, receivedAt: dayOf(n) };
        unit.create(paymentEntity, { ...common, allocations: [], ...own });
      }
    });
});

it('reads what lies between the times, the first of them included and the last not, whoever is asked about', async () => {
  const week = { from: dayOf(50), to: dayOf(57), limit: '3' };
  const all = await readAll(week);
  expect(all.times).toEqual([56, 55, 54, 53, 52, 51, 50].map(dayOf));
  // Of eight shards, each page looks again at what the others had.
  expect(all.read).toBeLessThanOrEqual(3 * (7 + 8));
  const own = await readAll({ ...week, customerId });
  expect(own.times).toEqual([56, 54, 52, 50].map(dayOf));
  expect(own.read).toBeLessThanOrEqual(6);
  const cheques = await readAll({ ...week, method: 'cheque' });
  expect([cheques.times, cheques.read <= 3 * 15]).toEqual([[dayOf(50)], true]);
  expect((await readAll({ from: dayOf(158) })).times).toEqual([159, 158].map(dayOf));
  expect((await readAll({ to: dayOf(2) })).times).toEqual([1, 0].map(dayOf));
});

it('finds nothing in times that end before they begin', async () => {
  expect(await readAll({ from: dayOf(57), to: dayOf(50) })).toMatchObject({ ids: [], read: 0 });
  expect(await readAll({ from: dayOf(57), to: dayOf(50), customerId })).toMatchObject({ ids: [], read: 0 });
  expect((await readAll({ from: dayOf(50), to: dayOf(50) })).ids).toEqual([]);
});

it('reads of a till what is in it, and not what others took', async () => {
  const as = { subject: 'usr_cashier' };
  const call = (handle: typeof handler, path: string, body: object) =>
    stack.call(tenant, handle, 'POST', path, { body, as });
  const till = (await call(tills, '/api/billing/cashier-sessions', { desk: 'One' })).body.data;
  const pay = async (amount: string, method = 'cash') =>
    (await call(handler, base, { customerId, amount, method })).body.data.id;
  const first = await pay('10');
  stack.advance(1000);
  const second = await pay('20', 'cheque');
  stack.advance(1000);
  await call(handler, `${base}/${first}/reverse`, { reason: 'Wrong' });
  const found = await readAll({ cashierSessionId: till.id });
  expect(found.ids).toEqual([second, first]);
  // Two payments and the reversal.
  expect(found.read).toBeLessThanOrEqual(3);
  expect((await readAll({ cashierSessionId: till.id, status: 'reversed' })).ids).toEqual([first]);
  expect((await readAll({ cashierSessionId: till.id, method: 'cheque' })).ids).toEqual([second]);
  expect((await readAll({ cashierSessionId: newId('csh') })).ids).toEqual([]);
  for (let n = 0; n < 8; n++) {
    stack.advance(1000);
    await pay('1');
  }
  const paged = await readAll({ cashierSessionId: till.id, limit: '2' });
  expect([paged.ids.length, new Set(paged.ids).size]).toEqual([10, 10]);
  // Eleven movements, and each of six pages looks whether another follows.
  expect(paged.read).toBeLessThanOrEqual(11 + 6);
});
