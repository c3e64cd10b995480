/** Runs that meet what should not be: a customer whose billing breaks down, messages that were lost, accounts that are closed. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, meteredCustomers } from '../test-support/metered-customers.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { billPage } from './bill-page.ts';
import { billingQueue } from './start-run.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'unusual';
const { addSupply, setUp, invoicesOf } = meteredCustomers(stack, tenant);
const readings: [string, number][] = [
  ['2026-04-01T00:00', 0],
  ['2026-05-01T00:00', 150],
];

beforeAll(() => stack.addTenant(tenant));

const call = async (method: string, path: string, body?: object) =>
  stack.call(tenant, invoices, method, `/api/billing/invoices/${path}`, body ? { body } : {});
const generate = (routeId: string) => call('POST', 'generate', { period: april, routeId });
const runOf = async (id: string) => (await call('GET', `runs/${id}`)).body.data;
/** Delivers each message up to so many times, as the queue does before it gives up. */
const deliver = (times = 5) =>
  stack.workOff(billingQueue, async (body) => {
    for (let delivery = 1; delivery <= times; delivery++)
      try {
        return await billPage(JSON.parse(body), 2);
      } catch {}
  });

it('a customer whose billing breaks down is a problem of the run, and the others are billed', async () => {
  const customer = { routeId: 'BROKEN' };
  const made = [await setUp(readings, { customer }), await setUp(readings, { customer })];
  const broken = made[0]!;
  const session = openSession(tenant);
  const supply = await session.require(supplyEntity, { id: broken.supplyId });
  await session.transact('billing', (unit) =>
    unit.update(supplyEntity, supply, { history: [{ kwhPerDay: 'no number' }] }, { isAudited: false }),
  );
  for (let i = 0; i < 3; i++) made.push(await setUp(readings, { customer }));
  const { run } = (await generate('BROKEN')).body.data;
  await deliver();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 4, problems: 1, nothingToBill: 0 });
  const { data } = (await call('GET', `runs/${run.id}/problems`)).body;
  expect(data).toMatchObject([{ customerId: broken.customerId, reason: 'failed' }]);
  for (const { customerId } of made.slice(1)) expect(await invoicesOf(customerId)).toHaveLength(1);
});

it('broken meters cost the run no second try: they are listed, and everybody else is billed at the first', async () => {
  const customer = { routeId: 'SOME' };
  const session = openSession(tenant);
  const broken: string[] = [];
  for (let i = 0; i < 7; i++) {
    const { customerId, supplyId } = await setUp(readings, { customer });
    const isBroken = i % 3 === 1;
    // One customer has a sound meter, too, which is billed.
    if (i === 1) await addSupply(customerId, readings);
    if (!isBroken) continue;
    broken.push(supplyId);
    const supply = await session.require(supplyEntity, { id: supplyId });
    await session.transact('billing', (unit) =>
      unit.update(supplyEntity, supply, { history: [{ kwhPerDay: 'no number' }] }, { isAudited: false }),
    );
  }
  const { run } = (await generate('SOME')).body.data;
  await stack.workOff(billingQueue, (body) => billPage(JSON.parse(body), 2));
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 6, problems: 2, nothingToBill: 0 });
  const { data } = (await call('GET', `runs/${run.id}/problems`)).body;
  expect(data.map(({ supplyId, reason }: any) => `${supplyId} ${reason}`).sort()).toEqual(
    broken.map((id) => `${id} failed`).sort(),
  );
});

it('beside a broken meter, what the network does to a sound one passes: it is billed at the next try', async () => {
  const session = openSession(tenant);
  const pageOf = async (routeId: string, brokenCall?: number) => {
    const { customerId, supplyId } = await setUp(readings, { customer: { routeId } });
    await addSupply(customerId, readings);
    const supply = await session.require(supplyEntity, { id: supplyId });
    await session.transact('billing', (unit) =>
      unit.update(supplyEntity, supply, { history: [{ kwhPerDay: 'no number' }] }, { isAudited: false }),
    );
    const { run } = (await generate(routeId)).body.data;
    watch.reset();
    if (brokenCall !== undefined)
      watch.interruptCall(brokenCall, () => Promise.reject(new Error('The connection was reset.')));
    await deliver();
    const { calls } = watch.counts();
    watch.reset();
    return { calls, run: await runOf(run.id) };
  };
  const { calls } = await pageOf('NET');
  expect(calls).toBeGreaterThan(20);
  for (let number = Math.floor(calls / 3); number <= calls; number += 2)
    expect((await pageOf(`NET-${number}`, number)).run, `call ${number} of ${calls}`).toMatchObject({
      ...{ status: 'completed', invoices: 1, problems: 1 },
    });
});

it('a run that is stopped bills no more, also where a page of it is under way; it goes on, or another one bills the rest', async () => {
  const customer = { routeId: 'STOP' };
  const made = [];
  for (let i = 0; i < 5; i++) made.push(await setUp(readings, { customer }));
  const { run } = (await generate('STOP')).body.data;
  const stop = () => call('POST', `runs/${run.id}/stop`);
  let isFirst = true;
  await stack.workOff(billingQueue, async (body) => {
    watch.reset();
    if (isFirst) watch.interruptCall(12, async () => void (await stop()));
    isFirst = false;
    await billPage(JSON.parse(body), 2);
  });
  watch.reset();
  expect(await runOf(run.id)).toMatchObject({ status: 'stopped', invoices: 2 });
  expect((await stop()).body.data.status).toBe('stopped');
  expect((await call('POST', `runs/${run.id}/send`, {})).status).toBe(409);
  const again = (await generate('STOP')).body.data.run;
  await deliver();
  expect(await runOf(again.id)).toMatchObject({ status: 'completed', invoices: 3, nothingToBill: 2 });
  expect((await call('POST', `runs/${run.id}/resume`)).body.data.status).toBe('running');
  await deliver();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 2, nothingToBill: 3 });
  for (const { customerId } of made) expect(await invoicesOf(customerId)).toHaveLength(1);
  await stack.addTenant('unusual-stop');
  const foreign = `/api/billing/invoices/runs/${run.id}/stop`;
  expect((await stack.call('unusual-stop', invoices, 'POST', foreign)).status).toBe(404);
});

it('a run whose messages were lost is resumed where it stands, also twice, and not before it is there', async () => {
  const customer = { routeId: 'LOST' };
  const made = [];
  for (let i = 0; i < 5; i++) made.push(await setUp(readings, { customer }));
  const { run } = (await generate('LOST')).body.data;
  let pages = 0;
  await stack.workOff(billingQueue, async (body) => {
    if (pages++ < 1) await billPage(JSON.parse(body), 2);
  });
  expect(await runOf(run.id)).toMatchObject({ status: 'running', invoices: 2 });
  expect((await call('POST', `runs/${run.id}/resume`)).status).toBe(202);
  expect((await call('POST', `runs/${run.id}/resume`)).status).toBe(202);
  await deliver();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 5, nothingToBill: 0 });
  expect((await call('POST', `runs/${run.id}/resume`)).status).toBe(202);
  await deliver();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 5, nothingToBill: 0 });
  for (const { customerId } of made) expect(await invoicesOf(customerId)).toHaveLength(1);
  await stack.addTenant('unusual-foreign');
  const foreign = `/api/billing/invoices/runs/${run.id}/resume`;
  expect((await stack.call('unusual-foreign', invoices, 'POST', foreign)).status).toBe(404);
});

it('a run is sent when it is completed, and refused before', async () => {
  await setUp(readings, { customer: { routeId: 'SENT' } });
  const { run } = (await generate('SENT')).body.data;
  const send = () => call('POST', `runs/${run.id}/send`, {});
  expect(await send()).toMatchObject({ status: 409, body: { code: 'conflict' } });
  await deliver();
  expect((await send()).status).toBe(202);
});

it('who moved out and closed the account before the run gets the last bill', async () => {
  const { customerId, supplyId } = await setUp(readings, { customer: { routeId: 'CLOSED' } });
  const end = { body: { to: '2026-04-16' } };
  expect((await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, end)).status).toBe(200);
  const close = { body: { status: 'closed' } };
  expect((await stack.call(tenant, customers, 'PUT', `/api/billing/customers/${customerId}`, close)).status).toBe(200);
  await generate('CLOSED');
  await deliver();
  expect(await invoicesOf(customerId)).toMatchObject([{ totalAmount: '600.00' }]);
});

it('a duplicate of a message that is being worked on does not change what is counted', async () => {
  const customer = { routeId: 'TWICE' };
  for (let i = 0; i < 4; i++) await setUp(readings, { customer });
  const { run } = (await generate('TWICE')).body.data;
  await stack.workOff(billingQueue, async (body) => {
    watch.reset();
    watch.interruptCall(30, () => billPage(JSON.parse(body), 2));
    await billPage(JSON.parse(body), 2);
    await billPage(JSON.parse(body), 2);
  });
  await deliver();
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', invoices: 4, problems: 0, nothingToBill: 0 });
});
