/**
 * A billing run that breaks at any of its writes ends as one that never broke: the same invoices, balances and counts, and
 * each event once. Every write is refused once, and once done without the worker hearing of it.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { withoutKey } from '../../../test/support/call-handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { keepRows } from '../test-support/kept-rows.ts';
import { label, meteredCustomers } from '../test-support/metered-customers.ts';
import { type Breakage, useCallWatch } from '../test-support/watch-calls.ts';
import { billPage } from './bill-page.ts';
import { billingQueue } from './start-run.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'crashes';
const { addTariff, addSupply, setUp } = meteredCustomers(stack, tenant);
const base = '/api/billing/invoices';
const period = { from: '2026-04-01', to: '2026-04-04' };
const customer = { routeId: 'R' };
/** Midnights of the period: 10 kWh a day. */
const readings = [0, 1, 2, 3].map((day): [string, number, object] => [
  `2026-04-0${day + 1}T00:00`,
  1000 + 10 * day,
  { exportRegisterKwh: String(500 + 4 * day) },
]);
/** All is as it was before the run. */
let restore: () => void;

beforeAll(async () => {
  await stack.addTenant(tenant);
  const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
  const solar = await addTariff('SOLAR', [energy], { export: { mode: 'net_energy' } });
  const demand = await addTariff('DEMAND', [
    energy,
    { kind: 'demand', code: 'demand', label: label('Demand'), rate: '9' },
  ]);
  await setUp(readings, { customer });
  await setUp(readings, { customer, supply: { mode: 'prepaid' } });
  // Never read: an exception.
  await setUp([], { customer });
  const moved = await setUp(readings, { customer, tariff: solar });
  await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${moved.supplyId}/end`, {
    body: { to: '2026-04-03' },
  });
  // Paid ahead more than the bill: it is paid at once.
  const ahead = await setUp(readings, { customer, tariff: demand });
  const body = { customerId: ahead.customerId, amount: '5000', method: 'cash' };
  expect((await stack.call(tenant, payments, 'POST', '/api/billing/payments', { body })).status).toBe(201);
  // More meters than a page of two holds: a part of the run by itself, in pages of two.
  const large = await setUp(readings, { customer: { routeId: 'LARGE' } });
  for (let i = 0; i < 2; i++) await addSupply(large.customerId, readings);
  restore = keepRows(stack);
});

const runs = async (method: string, path = '', body?: object) =>
  stack.call(tenant, invoices, method, `${base}/${path}`, { body, headers: withoutKey });

/** Starts the run as somebody would who goes on where it stands still, and delivers each message until it is done. */
async function run(routeId: string): Promise<string> {
  const started = await runs('POST', 'generate', { period, routeId });
  let id = started.body.data?.run?.id as string | undefined;
  if (started.status !== 200) {
    watch.reset();
    id = (await runs('GET', 'runs')).body.data[0]?.id;
    if (id === undefined) id = (await runs('POST', 'generate', { period, routeId })).body.data.run.id;
    else expect((await runs('POST', `runs/${id}/resume`)).status).toBe(202);
  }
  await stack.workOff(billingQueue, async (body) => {
    for (let delivery = 1; ; delivery++)
      try {
        return await billPage(JSON.parse(body), 2);
      } catch (error) {
        if (delivery === 3) throw error;
        watch.reset();
      }
  });
  return id!;
}

/** All rows, without what is new each time: ids of events and runs, and how often a page was tried. */
function rows(): string[] {
  return stack.tables
    .scan('billing')
    .filter((item) => item['_type']?.S !== 'audit')
    .map(({ pk, sk, version, attempts: _, gsi1pk: __, gsi1sk: ___, ...item }) => {
      const type = item['_type']?.S as string | undefined;
      const key = type === 'outbox' ? {} : { pk, sk };
      return JSON.stringify({ ...key, ...(type === 'part of a billing run' ? {} : { version }), ...item })
        .replaceAll(/run_[0-9A-Z]{26}/g, 'RUN')
        .replaceAll(/(evt|aud)_[0-9A-Z]{26}/g, 'ID');
    })
    .sort();
}

describe.each([
  { routeId: 'R', of: 'of many customers', made: { invoices: 3, problems: 1, nothingToBill: 1 }, least: 10 },
  {
    routeId: 'LARGE',
    of: 'of a customer of many meters',
    made: { invoices: 2, problems: 0, nothingToBill: 0 },
    least: 8,
  },
])('a billing run $of', ({ routeId, made, least }) => {
  let unbroken: string[];
  let changes: number;

  beforeAll(async () => {
    restore();
    watch.reset();
    const id = await run(routeId);
    ({ changes } = watch.counts());
    unbroken = rows();
    expect((await runs('GET', `runs/${id}`)).body.data).toMatchObject({ status: 'completed', ...made });
    const created = stack.events('invoice.created');
    expect(new Set(created.map(({ aggregateId }) => aggregateId.S)).size).toBe(made.invoices);
    expect(created).toHaveLength(made.invoices);
  });

  it.each<Breakage>(['refused', 'lost'])(
    'ends the same whichever of its writes is %s',
    async (how) => {
      // Its start, its pages, and one for each customer at least.
      expect(changes).toBeGreaterThan(least);
      for (let number = 1; number <= changes; number++) {
        restore();
        watch.reset();
        watch.breakChange(number, how);
        await run(routeId);
        expect(rows(), `change ${number} was ${how}`).toEqual(unbroken);
      }
    },
    120_000,
  );
});
