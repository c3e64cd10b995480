/**
 * A billing run against whoever acts at the same moment: at every call the run makes for a customer, somebody else acts in
 * front of it, and in the end each day is billed once, by what holds.
 */
import { beforeAll, expect, it } from 'vitest';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { correctMeter } from '../corrections/correct-meter.ts';
import { correctionQueue } from '../corrections/note-late-readings.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import {
  april,
  bringReadings,
  type MeteredCustomer,
  meteredCustomers,
  usualComponents,
} from '../test-support/metered-customers.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { billPage } from './bill-page.ts';
import { billingQueue } from './start-run.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'races';
const { addTariff, setUp, bill, invoicesOf, balance } = meteredCustomers(stack, tenant);
const readings: [string, number][] = [
  ['2026-04-01T00:00', 1000],
  ['2026-04-16T00:00', 1075],
  ['2026-05-01T00:00', 1150],
];
const post = (path: string, body: object) =>
  stack.call(tenant, invoices, 'POST', `/api/billing/invoices${path}`, { body });
const deliver = () => stack.workOff(billingQueue, (body) => billPage(JSON.parse(body)));
const settle = async () => {
  await bringReadings(stack);
  await stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
};
let routes = 0;

beforeAll(() => stack.addTenant(tenant));

/** @returns how many calls the run makes for one customer */
async function callsOfRun(): Promise<number> {
  const routeId = `R-${routes++}`;
  await setUp(readings, { customer: { routeId } });
  await post('/generate', { period: april, routeId });
  watch.reset();
  await deliver();
  return watch.counts().calls;
}

/** Has somebody act in front of each call of a run over one customer, or of every so-many-th, a customer for each. */
async function atEveryCall(
  act: (customer: MeteredCustomer & { tariff?: string; routeId: string }) => Promise<void>,
  check: (customer: MeteredCustomer & { tariff?: string; runId: string }, call: string) => Promise<void>,
  tariffFor: (routeId: string) => Promise<string | undefined> = async () => undefined,
  step = 1,
): Promise<void> {
  const calls = await callsOfRun();
  expect(calls).toBeGreaterThan(8);
  for (let number = 1; number <= calls; number += step) {
    const routeId = `R-${routes++}`;
    const tariff = await tariffFor(routeId);
    const customer = await setUp(readings, { customer: { routeId }, ...(tariff === undefined ? {} : { tariff }) });
    await bringReadings(stack);
    await stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
    const { run } = (await post('/generate', { period: april, routeId })).body.data;
    const seen = { ...customer, ...(tariff === undefined ? {} : { tariff }) };
    watch.reset();
    watch.interruptCall(number, () => act({ ...seen, routeId }));
    await deliver();
    if (!watch.hasStruck()) await act({ ...seen, routeId });
    watch.reset();
    await deliver();
    await check({ ...seen, runId: run.id }, `call ${number} of ${calls}`);
  }
}

const runOf = async (id: string) =>
  (await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/runs/${id}`)).body.data;

it('somebody who bills the customer by hand', async () => {
  await atEveryCall(
    async ({ customerId }) => {
      expect((await bill(customerId)).problems).toEqual([]);
    },
    async ({ customerId, runId }, call) => {
      const made = await invoicesOf(customerId);
      expect(made.length, call).toBe(1);
      const { status, invoices: counted, nothingToBill } = await runOf(runId);
      // Who made the invoice counts it.
      expect({ status, counted, nothingToBill }, call).toEqual({
        status: 'completed',
        counted: made[0].runId === runId ? 1 : 0,
        nothingToBill: made[0].runId === runId ? 0 : 1,
      });
      expect(await balance(customerId), call).toBe('1200.00');
    },
  );
}, 120_000);

it('another run, and the same message a second time', async () => {
  const seconds = new Map<string, string>();
  await atEveryCall(
    async ({ customerId, routeId }) => {
      const { run } = (await post('/generate', { period: april, routeId })).body.data;
      seconds.set(customerId, run.id);
      await deliver();
    },
    async ({ customerId, runId }, call) => {
      expect(await invoicesOf(customerId), call).toHaveLength(1);
      const [one, two] = [await runOf(runId), await runOf(seconds.get(customerId)!)];
      expect([one.status, two.status], call).toEqual(['completed', 'completed']);
      expect(one.invoices + two.invoices, call).toBe(1);
      expect(await balance(customerId), call).toBe('1200.00');
    },
  );
}, 120_000);

it('the customer goes to another route, which is billed at the same time', async () => {
  const seconds = new Map<string, string>();
  await atEveryCall(
    async ({ customerId, routeId }) => {
      const body = { routeId: `${routeId}-NEXT` };
      const path = `/api/billing/customers/${customerId}`;
      expect((await stack.call(tenant, customers, 'PUT', path, { body })).status).toBe(200);
      const { run } = (await post('/generate', { period: april, ...body })).body.data;
      seconds.set(customerId, run.id);
    },
    async ({ customerId, runId }, call) => {
      expect(await invoicesOf(customerId), call).toHaveLength(1);
      const [one, two] = [await runOf(runId), await runOf(seconds.get(customerId)!)];
      expect([one.status, two.status, one.invoices + two.invoices], call).toEqual(['completed', 'completed', 1]);
      expect(await balance(customerId), call).toBe('1200.00');
    },
    undefined,
    2,
  );
}, 120_000);

it('the customer moves out in mid-month', async () => {
  await atEveryCall(
    async ({ supplyId }) => {
      const path = `/api/billing/supplies/${supplyId}/end`;
      expect((await stack.call(tenant, supplies, 'POST', path, { body: { to: '2026-04-16' } })).status).toBe(200);
    },
    async ({ customerId, meterId, supplyId }, call) => {
      await settle();
      // Half of 300, and 75 kWh of which 50 are in the first block.
      expect(await balance(customerId), call).toBe('600.00');
      const { tariffId } = (await stack.call(tenant, supplies, 'GET', `/api/billing/supplies/${supplyId}`)).body.data;
      const next = await setUp([]);
      await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
        body: { customerId: next.customerId, meterId, tariffId, from: '2026-04-16' },
      });
      await bill(next.customerId);
      expect(await balance(next.customerId), call).toBe('600.00');
    },
  );
}, 120_000);

it('a new price is published from the 16th: one bill never mixes two states of a tariff', async () => {
  const dearer = usualComponents.map((component) =>
    'amount' in component ? { ...component, amount: '600' } : component,
  );
  await atEveryCall(
    async ({ tariff }) => {
      const body = { from: '2026-04-16', currency: 'YER', components: dearer };
      expect(
        (await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${tariff}/versions`, { body })).status,
      ).toBe(201);
    },
    async ({ customerId }, call) => {
      const [invoice] = await invoicesOf(customerId);
      // 300, or 150 + 300; the blocks of both halves are alike.
      expect(['1200.00', '1350.00'], call).toContain(invoice.totalAmount);
      expect((await post(`/${invoice.id}/rebill`, {})).status, call).toBe(200);
      expect(await balance(customerId), call).toBe('1350.00');
    },
    (routeId) => addTariff(routeId),
  );
}, 120_000);

it('the customer gets another tariff from the 16th, in another currency', async () => {
  const dollars = await addTariff('RACE-USD', usualComponents.slice(1), { currency: 'USD' });
  await atEveryCall(
    async ({ supplyId }) => {
      const body = { tariffId: dollars, tariffFrom: '2026-04-16' };
      expect((await stack.call(tenant, supplies, 'PUT', `/api/billing/supplies/${supplyId}`, { body })).status).toBe(
        200,
      );
    },
    async ({ customerId, runId }, call) => {
      const made = await invoicesOf(customerId);
      const said = made.map(({ totalAmount, currency }) => `${totalAmount} ${currency}`).sort();
      // Before the change was known, or by it: never a part of one and a part of the other.
      expect(['1200.00 YER', '450.00 USD,600.00 YER'], call).toContain(said.join());
      expect((await runOf(runId)).invoices, call).toBe(made.length);
    },
    undefined,
    3,
  );
}, 120_000);

it('a reading is edited', async () => {
  await atEveryCall(
    async ({ meterId }) => {
      const body = {
        ...{ meterId, reason: 'Photo', action: 'correct', time: '2026-04-30T21:00:00.000Z' },
        ...{ registerKwh: '1150', newRegisterKwh: '1130' },
      };
      const answer = await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', {
        body,
        as: { permissions: ['metering:*'] },
      });
      expect(answer.status).toBe(201);
      await bringReadings(stack);
    },
    async ({ customerId }, call) => {
      await settle();
      // 20 kWh less at 8.
      expect(await balance(customerId), call).toBe('1040.00');
    },
  );
}, 120_000);
