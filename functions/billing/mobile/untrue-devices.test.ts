/** Devices whose clock was set by hand, whose app gives an id twice, that change hands, and that must forget what is no longer theirs. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { fieldWork, reader } from '../test-support/field-work.ts';
import { operationEntity } from './operation-log.ts';

const stack = useBillingStack();
const field = fieldWork(stack);
const tenant = 'untrue';
const day = 86_400_000;
let serial = 0;
let [meter, customer, route] = ['', '', ''];
const at = (ms = 0) => new Date(Date.now() + ms).toISOString();
const id = () => `op-${String(serial++).padStart(8, '0')}`;
const reading = (more: object = {}) => ({
  type: 'reading',
  id: id(),
  time: at(-600_000),
  routeId: route,
  meterId: meter,
  registerKwh: '700',
  confirmed: true,
  ...more,
});
const cash = (amount: string, receiptNumber: string, more: object = {}) => ({
  type: 'collection',
  id: id(),
  time: at(-300_000),
  routeId: route,
  meterId: meter,
  customerId: customer,
  amount,
  receiptNumber: `${meter}-${receiptNumber}`,
  ...more,
});

beforeAll(async () => {
  await stack.addTenant(tenant);
  for (const n of [1, 2]) await field.addUser(tenant, n);
  await field.addTariff(tenant);
});
beforeEach(async () => {
  meter = `U-${++serial}`;
  customer = await field.addSupplied(tenant, meter);
  route = await field.addRoute(tenant, 1, [meter]);
});

const recorded = async (): Promise<any[]> =>
  (
    await field.office(tenant, 'GET', '/collections', { query: { collectorId: reader(1), status: 'recorded' } })
  ).body.data.filter(({ routeId }: any) => routeId === route);
const collected = async () => (await recorded()).map(({ amount }) => amount);

describe('a clock that was set back by hand and right again', () => {
  it('moves no reading to before its route was made, and what it showed is kept', async () => {
    const told = at(-20 * day);
    const { results } = await field.sync(tenant, 1, [reading({ time: told })]);
    expect(results).toMatchObject([{ status: 'conflict', rule: 'clock_doubtful', time: at() }]);
    const kept = await field.office(tenant, 'GET', `/readings/${results[0].made.readingId}`);
    expect(kept.body.data).toMatchObject({ takenAt: at(), deviceTime: told, clockDoubt: 'before_route' });
  });

  it('does not go round the limit of a day', async () => {
    const limit = await field.office(tenant, 'PUT', `/collectors/${reader(1)}/limits/YER`, {
      body: { perDay: '1000' },
    });
    expect([limit.status, limit.text]).toMatchObject([200, expect.any(String)]);
    const { results } = await field.sync(tenant, 1, [
      cash('900', 'A', { time: at(-10 * day) }),
      cash('900', 'B', { time: at(-11 * day) }),
    ]);
    expect(results).toMatchObject([{ status: 'applied' }, { status: 'conflict', rule: 'cash_is_never_dropped' }]);
    await field.office(tenant, 'PUT', `/collectors/${reader(1)}/limits/YER`, { body: {} });
  });
});

describe('a device that counts what it does', () => {
  let devices = 0;
  const heard = (lastOperationNumber: number, operations: object[] = []) =>
    field.sync(tenant, 1, operations, { device: { id: `device-${devices}`, lastOperationNumber } });
  const contested = async (): Promise<any[]> =>
    (await field.office(tenant, 'GET', '/contested-readings')).body.data.filter(
      ({ meterId }: any) => meterId === meter,
    );
  beforeEach(() => void devices++);

  it('and says it has done less than it hands in has done that at least, and is believed', async () => {
    stack.advance(3 * 3_600_000);
    await heard(0);
    stack.advance(3 * 3_600_000);
    const told = at(-2 * 3_600_000);
    const { results } = await heard(0, [reading({ time: told, operationNumber: 1 })]);
    expect(results).toMatchObject([{ status: 'applied', time: told }]);
  });

  it('and whose clock was set back since it was heard of reads nothing before that, and a person looks at it', async () => {
    stack.advance(3 * 3_600_000);
    await heard(0);
    const handedOut = at();
    stack.advance(3_600_000);
    const told = at(-4 * 3_600_000);
    const { results } = await heard(1, [reading({ time: told, operationNumber: 1 })]);
    expect(results).toMatchObject([
      { status: 'conflict', rule: 'clock_doubtful', reason: 'before_hand_out', time: handedOut },
    ]);
    const [day] = await contested();
    expect(day.candidates).toMatchObject([{ registerKwh: '700', isClockDoubtful: true, takenAt: handedOut }]);
    const confirmed = await field.office(tenant, 'POST', `/readings/${results[0].made.readingId}/confirm`);
    expect([confirmed.status, await contested()]).toEqual([200, []]);
  });

  it('is believed where its clock is right, however late it hands in, and whatever it did before it counted', async () => {
    stack.advance(3_600_000);
    await heard(2);
    await heard(2);
    stack.advance(3_600_000);
    const { results } = await heard(4, [
      reading({ time: at(-2 * 3_600_000), operationNumber: 2 }),
      reading({ time: at(-600_000), operationNumber: 3 }),
      reading({ time: at(-3 * 3_600_000) }),
    ]);
    expect(results).toMatchObject([{ status: 'applied' }, { status: 'applied' }, { status: 'applied' }]);
    expect(await contested()).toEqual([]);
  });

  it('and was set back in between marks cash and readings on both sides, and loses none', async () => {
    stack.advance(6 * 3_600_000);
    const operations = [
      reading({ time: at(-3_600_000), operationNumber: 1 }),
      cash('100', 'C', { time: at(-5 * 3_600_000), operationNumber: 2 }),
    ];
    const { results } = await heard(2, operations);
    expect(results).toMatchObject([{ status: 'conflict', reason: 'out_of_order' }, { status: 'applied' }]);
    expect(await recorded()).toMatchObject([{ amount: '100', clockDoubt: 'out_of_order' }]);
    expect((await heard(2, operations)).results).toMatchObject([{ status: 'duplicate' }, { status: 'duplicate' }]);
  });
});

describe('an id that comes again', () => {
  it('with the same operation is a duplicate, also when the reader has confirmed it by now', async () => {
    const [one, money] = [reading({ confirmed: false, registerKwh: '9000' }), cash('100', 'A')];
    const first = await field.sync(tenant, 1, [one, money]);
    expect(first.results).toMatchObject([{ status: 'rejected', needsConfirmation: true }, { status: 'applied' }]);
    const again = await field.sync(tenant, 1, [{ ...one, registerKwh: '9000', confirmed: true }, money]);
    expect(again.results).toMatchObject([{}, { status: 'duplicate', first: 'applied' }]);
    expect(again.results[0].reason).not.toBe('id_reused');
  });

  it('with other cash is not taken for done: it comes in under an id of its own', async () => {
    const first = cash('100', 'A');
    const other = cash('250', 'B', { id: first.id });
    const { results } = await field.sync(tenant, 1, [first, other]);
    expect(results).toMatchObject([{ status: 'applied' }, { status: 'rejected', reason: 'id_reused' }]);
    expect((await field.sync(tenant, 1, [{ ...other, id: id() }])).results).toMatchObject([{ status: 'applied' }]);
    expect((await collected()).sort()).toEqual(['100', '250']);
  });

  it('from before it was noted what came under an id is a duplicate: its cash is not handed in twice', async () => {
    const money = cash('100', 'A');
    await field.sync(tenant, 1, [money]);
    const session = openSession(tenant);
    const logged = await session.require(operationEntity, { userId: reader(1), id: money.id });
    await session.transact('billing', (unit) =>
      unit.update(operationEntity, logged, { digest: null }, { isAudited: false }),
    );
    expect((await field.sync(tenant, 1, [money])).results).toMatchObject([{ status: 'duplicate', first: 'applied' }]);
  });

  it('from whoever has the device now makes no second payment of the same paper', async () => {
    const money = cash('100', 'A');
    await field.sync(tenant, 1, [money]);
    await field.office(tenant, 'PUT', `/routes/${route}`, { body: { assigneeId: reader(2) } });
    const { results } = await field.sync(tenant, 2, [money]);
    expect(results).toMatchObject([{ status: 'conflict', reason: 'receipt_number_used' }]);
    expect(await collected()).toEqual(['100']);
  });
});

describe('a device that synced before', () => {
  it('fetches the stops of an older route that is given to it, and those of one that lost a stop', async () => {
    const second = `U-${++serial}`;
    await field.addSupplied(tenant, second);
    await field.office(tenant, 'POST', `/routes/${route}/stops`, { body: { stops: [{ meterId: second }] } });
    stack.advance(600_000);
    const [mine, theirs] = [await field.sync(tenant, 1, []), await field.sync(tenant, 2, [])];
    stack.advance(600_000);
    await field.office(tenant, 'DELETE', `/routes/${route}/stops/${second}`);
    const lost = await field.sync(tenant, 1, [], { cursor: mine.cursor });
    expect(lost.changes.reload).toEqual([route]);
    await field.office(tenant, 'PUT', `/routes/${route}`, { body: { assigneeId: reader(2) } });
    const given = await field.sync(tenant, 2, [], { cursor: theirs.cursor });
    expect(given.changes).toMatchObject({ reload: [route] });
    expect(given.changes.routeIds).toContain(route);
    expect((await field.sync(tenant, 1, [], { cursor: lost.cursor })).changes.routeIds).not.toContain(route);
  });
});
