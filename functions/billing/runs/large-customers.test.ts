/** A customer of many meters: billed in the background, in as few invoices as hold them, each day of each meter once. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { addReadings } from '../../metering/readings/add-readings.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { suppliesOfCustomer, supplyEntity } from '../supplies/supply-entity.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { billPage } from './bill-page.ts';
import { billingQueue } from './start-run.ts';

const stack = useBillingStack();
const tenant = 'large';
const { addTariff, addSupply, setUp, invoicesOf, balance } = meteredCustomers(stack, tenant);
const readings: [string, number][] = [
  ['2026-04-01T00:00', 0],
  ['2026-05-01T00:00', 10],
];
let tariff: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  tariff = await addTariff('FLAT', [flat('5')]);
});

const flat = (rate: string) => ({ kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate }] });

const call = (method: string, path: string, body?: object) =>
  stack.call(tenant, invoices, method, `/api/billing/invoices/${path}`, body ? { body } : {});
const generate = (order: object) => call('POST', 'generate', { period: april, ...order });
const runOf = async (id: string) => (await call('GET', `runs/${id}`)).body.data;
/** Each message so many times at once, and again where it broke down. */
const deliver = (limit: number, times = 1) =>
  stack.workOff(
    billingQueue,
    async (body) => {
      for (let delivery = 1; delivery <= 3; delivery++)
        try {
          return await billPage(JSON.parse(body), limit);
        } catch {}
    },
    { times },
  );

/** A customer with a meter for each of these groups. */
async function withMeters(groups: (string | undefined)[], customer: object = {}) {
  const supply = (group: string | undefined) => (group === undefined ? {} : { supply: { invoiceGroup: group } });
  const first = await setUp(readings, { tariff, customer, ...supply(groups[0]) });
  const supplyIds = [first.supplyId];
  for (const group of groups.slice(1))
    supplyIds.push((await addSupply(first.customerId, readings, { tariff, ...supply(group) })).supplyId);
  return { customerId: first.customerId, supplyIds };
}
/** As many meters as wanted without their requests, which take most of the time. */
async function withManyMeters(count: number, tariffId: string): Promise<string> {
  const { customerId, supplyIds } = await withMeters([undefined]);
  const session = openSession(tenant);
  const {
    id: _,
    version: __,
    createdAt: ___,
    updatedAt: ____,
    ...first
  } = await session.require(supplyEntity, {
    id: supplyIds[0]!,
  });
  const rest = Array.from({ length: count - 1 }, (_, i) => ({
    ...first,
    tariffId,
    meterId: `MANY-${i}`,
    place: i + 2,
  }));
  await Promise.all(rest.map(({ meterId }) => stack.addMeter(tenant, meterId)));
  const times = readings.map(([time, kwh]) => ({
    time: new Date(`${time}:00+03:00`).toISOString(),
    registerKwh: String(kwh),
  }));
  await addReadings(session, {
    readings: rest.flatMap(({ meterId }) => times.map((reading) => ({ meterId, ...reading }))),
    source: 'api',
    locale: 'en',
  });
  for (const supply of rest)
    await session.transact('billing', (unit) => unit.create(supplyEntity, { ...supply, id: newId('sup') }));
  return customerId;
}
const metersOf = (made: any[]): number[] => made.map(({ bills }) => bills.length).sort((a, b) => b - a);

it('gets as few invoices as a transaction holds, which can be made anew, cancelled and billed again', async () => {
  const many = await addTariff('MANY', [flat('5')]);
  const customerId = await withManyMeters(84, many);
  const started = await generate({ customerId });
  expect(started).toMatchObject({
    status: 202,
    body: { data: { run: { customerId, status: 'running' }, invoices: [] } },
  });
  await stack.workOffRuns();
  expect(await runOf(started.body.data.run.id)).toMatchObject({ status: 'completed', invoices: 2, nothingToBill: 0 });
  const made = await invoicesOf(customerId);
  expect(metersOf(made)).toEqual([80, 4]);
  expect(new Set(made.map(({ invoiceNumber }) => invoiceNumber)).size).toBe(2);
  expect(await balance(customerId)).toBe('4200.00');
  // Nothing is left: answered at once.
  expect(await generate({ customerId })).toMatchObject({ status: 200, body: { data: { run: null, invoices: [] } } });
  const { id } = made.find(({ bills }) => bills.length === 80);
  const rebill = () => call('POST', `${id}/rebill`, {});
  expect((await rebill()).body.data.note).toBeNull();
  // A note that moves what each of its meters remembers, with all that a request writes besides.
  const session = openSession(tenant);
  for (const supply of await suppliesOfCustomer(session, customerId))
    await session.transact('billing', (unit) =>
      unit.update(supplyEntity, supply, { history: [{ to: april.to, kwhPerDay: '9' }] }, { isAudited: false }),
    );
  const dearer = { from: '2026-04-01', currency: 'YER', components: [flat('6')] };
  await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${many}/versions`, { body: dearer });
  const { note } = (await rebill()).body.data;
  // All but the first have this tariff.
  expect(note).toMatchObject({ totalAmount: '790.00' });
  expect(await call('POST', `${note.id}/cancel`, { reason: 'Wrong' })).toMatchObject({ status: 200 });
  expect(await call('POST', `${id}/cancel`, { reason: 'Wrong' })).toMatchObject({ status: 200 });
  expect(await balance(customerId)).toBe('200.00');
  expect((await generate({ customerId })).status).toBe(202);
}, 60_000);

it('has an invoice for each group of meters, whole where it fits, also after a meter went to another', async () => {
  const { customerId, supplyIds } = await withMeters(['N', 'S', 'N', 'S', 'N', undefined], { routeId: 'GROUPS' });
  await generate({ routeId: 'GROUPS' });
  await deliver(3);
  const made = await invoicesOf(customerId);
  const said = made.map(({ group = 'none', bills }) => `${group} ${bills.length}`);
  expect(said.sort()).toEqual(['N 3', 'S 2', 'none 1']);
  const path = `/api/billing/supplies/${supplyIds[0]}`;
  await stack.call(tenant, supplies, 'PUT', path, { body: { invoiceGroup: 'S' } });
  for (const { id } of made) expect((await call('POST', `${id}/rebill`, {})).body.data.note).toBeNull();
});

it('is billed once by two runs and by the person at the same time, and each invoice is counted by the run that made it', async () => {
  const { customerId, supplyIds } = await withMeters(new Array(5).fill(undefined), { routeId: 'TWO' });
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) ids.push((await generate({ routeId: 'TWO' })).body.data.run.id);
  await Promise.all([deliver(2, 2), generate({ customerId })]);
  await deliver(2);
  const made = await invoicesOf(customerId);
  const billed = made.flatMap(({ bills }) => bills.map(({ supplyId }: any) => supplyId));
  expect(billed.sort()).toEqual([...supplyIds].sort());
  for (const id of ids) {
    const { status, invoices: counted } = await runOf(id);
    expect({ status, counted }).toEqual({
      status: 'completed',
      counted: made.filter(({ runId }) => runId === id).length,
    });
  }
  expect(await balance(customerId)).toBe('250.00');
});

it('has the others billed where one meter breaks billing down, and says what it could not bill', async () => {
  const { customerId, supplyIds } = await withMeters(new Array(4).fill(undefined), { routeId: 'ONE' });
  const session = openSession(tenant);
  const supply = await session.require(supplyEntity, { id: supplyIds[1]! });
  await session.transact('billing', (unit) =>
    unit.update(supplyEntity, supply, { history: [{ kwhPerDay: 'no number' }] }, { isAudited: false }),
  );
  const { run } = (await generate({ routeId: 'ONE' })).body.data;
  await deliver(3);
  expect(await runOf(run.id)).toMatchObject({ status: 'completed', problems: 1, nothingToBill: 0 });
  const { data } = (await call('GET', `runs/${run.id}/problems`)).body;
  expect(data).toMatchObject([{ customerId, supplyId: supplyIds[1], reason: 'failed' }]);
  expect(metersOf(await invoicesOf(customerId)).reduce((a, b) => a + b)).toBe(3);
  // Unread in May: four problems, and no bill.
  const next = (await call('POST', 'generate', { period: may, routeId: 'ONE' })).body.data.run;
  await deliver(3);
  expect(await runOf(next.id)).toMatchObject({ status: 'completed', invoices: 0, problems: 4, nothingToBill: 0 });
});
