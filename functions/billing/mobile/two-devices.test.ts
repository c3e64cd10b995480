/** Two devices that worked offline come back in any order, in any portions, and repeat themselves: the end is always the same. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopePrefix } from '../../../layers/kernel/data/keys.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { balancesOf } from '../accounts/show-account.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { fieldWork } from '../test-support/field-work.ts';
import { addCandidate, type MeterDay, needsPerson, standingOf } from './reading-entity.ts';

const stack = useBillingStack();
const field = fieldWork(stack);
const minute = 60_000;
let tenants = 0;

interface World {
  tenant: string;
  customers: string[];
  routes: string[];
}

/** Both readers have the same two meters on a route of their own. */
async function newWorld(): Promise<World> {
  const tenant = `two-${++tenants}`;
  await stack.addTenant(tenant);
  await field.addTariff(tenant);
  for (const n of [1, 2]) await field.addUser(tenant, n);
  const meters = ['M-1', 'M-2'];
  const customers = [];
  for (const meter of meters) customers.push(await field.addSupplied(tenant, meter));
  const routes = [await field.addRoute(tenant, 1, meters), await field.addRoute(tenant, 2, meters)];
  return { tenant, customers, routes };
}

/** What somebody did, without the ids of a world. */
const doneSchema = fc.record({
  device: fc.constantFrom(0, 1),
  meter: fc.constantFrom(0, 1),
  minutesAgo: fc.integer({ min: 1, max: 400 }),
  what: fc.oneof(
    fc.record({ type: fc.constant('reading' as const), kwh: fc.integer({ min: 690, max: 720 }) }),
    fc.record({ type: fc.constant('no_access' as const) }),
    fc.record({ type: fc.constant('collection' as const), amount: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ type: fc.constant('customer_correction' as const) }),
  ),
});
type Done = typeof doneSchema extends fc.Arbitrary<infer T> ? T : never;

function toOperation({ customers, routes }: World, { device, meter, minutesAgo, what }: Done, index: number) {
  const base = {
    type: what.type,
    id: `operation-${index}`,
    time: new Date(Date.now() - minutesAgo * minute).toISOString(),
    routeId: routes[device],
    meterId: `M-${meter + 1}`,
  };
  switch (what.type) {
    case 'reading':
      return { ...base, registerKwh: String(what.kwh), confirmed: true };
    case 'no_access':
      return { ...base, code: 'locked' };
    case 'collection':
      return { ...base, customerId: customers[meter], amount: String(what.amount), receiptNumber: `R-${index}` };
    case 'customer_correction':
      return { ...base, customerId: customers[meter], baseVersion: 1, changes: { phone: `+96777000${1000 + index}` } };
  }
}

/** Hands everything in, in this order and in portions, some of it twice. @returns how often each was applied or kept */
async function play(world: World, done: Done[], order: number[], portion: number): Promise<Map<number, number>> {
  const effects = new Map<number, number>();
  const queue = [...order];
  while (queue.length > 0) {
    const indices = queue.splice(0, portion);
    for (const device of [0, 1]) {
      const own = indices.filter((index) => done[index]!.device === device);
      if (own.length === 0) continue;
      const operations = own.map((index) => toOperation(world, done[index]!, index));
      const { results } = await field.sync(world.tenant, device + 1, operations);
      for (const [i, { status }] of results.entries())
        if (status !== 'duplicate') effects.set(own[i]!, (effects.get(own[i]!) ?? 0) + 1);
    }
  }
  return effects;
}

/** Everything that must not depend on the order: without ids, versions and what metering made of contradictions. */
async function stateOf({ tenant, customers, routes }: World) {
  const own = stack.tables.scan('billing').filter(({ pk }) => pk.S.startsWith(scopePrefix(tenant)));
  const rows = (type: string) => own.filter((item) => item['_type']?.S === type);
  const days = rows('read day of a meter').map((item) => {
    const candidates = item['candidates'].L.map(({ M }: any) => ({
      id: M.id.S,
      takenAt: M.takenAt.S,
      readerId: M.readerId.S,
      registerKwh: M.registerKwh.S,
      isRefused: false,
    }));
    const day: MeterDay = { meterId: item['meterId'].S, day: item['day'].S, candidates };
    const shown = candidates.map(({ takenAt, readerId, registerKwh }: any) => [takenAt, readerId, registerKwh]);
    return [day.meterId, day.day, shown, standingOf(day)?.registerKwh, needsPerson(day)];
  });
  const stops = rows('route stop').map((item) => [
    routes.indexOf(item['routeId'].S),
    item['meterId'].S,
    item['status'].S,
    item['visitedAt']?.S,
  ]);
  const operations = rows('field operation').map((item) => [item['userId'].S, item['id'].S]);
  const collections = rows('collection').map((item) => [item['operationId'].S, item['status'].S, item['amount'].S]);
  const proposals = rows('customer correction').map((item) => [item['operationId'].S, item['status'].S]);
  const balances = await Promise.all(customers.map((id) => balancesOf(openSession(tenant), id)));
  const sorted = (list: unknown[]) => list.map((entry) => JSON.stringify(entry)).sort();
  return {
    days: sorted(days),
    stops: sorted(stops),
    operations: sorted(operations),
    collections: sorted(collections),
    proposals: sorted(proposals),
    balances,
    payments: rows('payment').length,
  };
}

describe('two devices', () => {
  it('end in the same state whatever the order, the portions and the repetitions', async () => {
    const plan = fc.array(doneSchema, { minLength: 2, maxLength: 7 }).chain((done) =>
      fc.record({
        done: fc.constant(done),
        orders: fc.tuple(anyOrder(done.length), anyOrder(done.length)),
        portions: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      }),
    );
    await fc.assert(
      fc.asyncProperty(plan, async ({ done, orders, portions }) => {
        const worlds = [await newWorld(), await newWorld()] as const;
        const states = [];
        for (const i of [0, 1] as const) {
          const effects = await play(worlds[i], done, orders[i], portions[i]);
          for (const [index] of done.entries()) expect(effects.get(index)).toBe(1);
          states.push(await stateOf(worlds[i]));
        }
        expect(states[1]).toEqual(states[0]);
        expect(states[0]!.operations).toHaveLength(done.length);
        expect(states[0]!.payments).toBe(done.filter(({ what }) => what.type === 'collection').length);
      }),
      { numRuns: 8 },
    );
    // Every run plays two worlds of its own; the machine may be busy with others.
  }, 120_000);

  it('take the lower register of two readings of one moment, whatever their ids', () => {
    const at = { takenAt: '2026-06-15T08:58:00.000Z', readerId: 'usr_1', isRefused: false };
    const lower = { ...at, id: 'frd_z', registerKwh: '99.5' };
    const higher = { ...at, id: 'frd_a', registerKwh: '690' };
    const day = { meterId: 'M-1', day: '2026-06-15' };
    for (const [first, second] of [
      [lower, higher],
      [higher, lower],
    ] as const)
      expect(addCandidate({ ...day, candidates: [first] }, second)).toEqual([lower, higher]);
  });
});

/** Every operation at least once, some twice. */
const anyOrder = (count: number) =>
  fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 4 }).chain((repeated) => {
    const all = [...Array(count).keys(), ...repeated];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
