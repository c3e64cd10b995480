/** A correction of readings changes what was used, never what a unit costs: that is charged as it was charged last. */
import { beforeAll, expect, it } from 'vitest';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { bringReadings, label, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'prices';
const { addTariff, setUp, bill, balance } = meteredCustomers(stack, tenant);
const energy = (rate: string) => [{ kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate }] }];
const readings: [string, number][] = [
  ['2026-04-01T00:00', 0],
  ['2026-05-01T00:00', 100],
];

beforeAll(() => stack.addTenant(tenant));

const rebill = (id: string) => stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/rebill`, { body: {} });

/** The register at the end of April becomes another, and what follows happens by itself. */
async function correct(meterId: string, newRegisterKwh: string): Promise<void> {
  const body = {
    ...{ meterId, reason: 'Photo', action: 'correct', time: '2026-04-30T21:00:00.000Z' },
    ...{ registerKwh: '100', newRegisterKwh },
  };
  const as = { permissions: ['metering:*'] };
  expect((await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', { body, as })).status).toBe(201);
  await bringReadings(stack);
  await stack.workOff(correctionQueue, (message) => correctMeter(JSON.parse(message)), { seconds: 1000 });
}

it('a version published later for days that were billed is charged when a person makes the bill anew, and from then on', async () => {
  const tariff = await addTariff('BACK', energy('5'));
  const { customerId, meterId } = await setUp(readings, { tariff });
  const [invoice] = (await bill(customerId)).invoices;
  stack.advance(1000);
  const path = `/api/billing/tariffs/${tariff}/versions`;
  const body = { from: '2026-04-01', currency: 'YER', components: energy('7') };
  expect((await stack.call(tenant, tariffs, 'POST', path, { body })).status).toBe(201);
  await correct(meterId, '90');
  expect(await balance(customerId)).toBe('450.00');
  stack.advance(1000);
  expect((await rebill(invoice.id)).body.data.note.totalAmount).toBe('180.00');
  await correct(meterId, '80');
  expect(await balance(customerId)).toBe('560.00');
});

it('a tariff that a person made the bill anew with is not taken back', async () => {
  const [cheap, dear] = [await addTariff('CHEAP', energy('5')), await addTariff('DEAR', energy('7'))];
  const { customerId, meterId, supplyId } = await setUp(readings, { tariff: cheap });
  const [invoice] = (await bill(customerId)).invoices;
  const change = { body: { tariffId: dear, tariffFrom: '2026-04-01' } };
  expect((await stack.call(tenant, supplies, 'PUT', `/api/billing/supplies/${supplyId}`, change)).status).toBe(200);
  expect((await rebill(invoice.id)).body.data.note.totalAmount).toBe('200.00');
  await correct(meterId, '90');
  expect(await balance(customerId)).toBe('630.00');
});

it('a tariff of another currency makes no difference: the invoice is cancelled instead', async () => {
  const [rials, dollars] = [
    await addTariff('RIALS', energy('5')),
    await addTariff('DOLLARS', energy('1'), { currency: 'USD' }),
  ];
  const { customerId, supplyId } = await setUp(readings, { tariff: rials });
  const [invoice] = (await bill(customerId)).invoices;
  await stack.call(tenant, supplies, 'PUT', `/api/billing/supplies/${supplyId}`, {
    body: { tariffId: dollars, tariffFrom: '2026-04-01' },
  });
  expect(await rebill(invoice.id)).toMatchObject({ status: 409 });
  expect(await balance(customerId)).toBe('500.00');
});

it('stays as it was charged through any number of corrections, and the trace shows what each was made by', async () => {
  const tariff = await addTariff('TWICE', energy('5'));
  const { customerId, meterId } = await setUp(readings, { tariff });
  const [invoice] = (await bill(customerId)).invoices;
  stack.advance(1000);
  const timeOfUse = {
    ...{ defaultBucket: 'energy' },
    windows: [{ bucket: 'night', days: ['mon', 'tue'], from: '00:00', to: '06:00' }],
  };
  const components = [
    { kind: 'energy', code: 'energy', label: label('Energy'), bucket: 'energy', blocks: [{ rate: '7' }] },
    { kind: 'energy', code: 'night', label: label('Night'), bucket: 'night', blocks: [{ rate: '7' }] },
  ];
  const body = { from: '2026-04-01', currency: 'YER', components, timeOfUse };
  const path = `/api/billing/tariffs/${tariff}/versions`;
  expect((await stack.call(tenant, tariffs, 'POST', path, { body })).status).toBe(201);
  await correct(meterId, '90');
  expect(await balance(customerId)).toBe('450.00');
  stack.advance(1000);
  await correct(meterId, '80');
  expect(await balance(customerId)).toBe('400.00');
  const { data } = (await stack.call(tenant, invoices, 'GET', '/api/billing/invoices', { query: { customerId } })).body;
  expect(data).toHaveLength(3);
  for (const { id } of data) {
    const { body } = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${id}/trace`);
    // A day each, as the tariff of then wanted them.
    expect(body.data.bills[0]).toMatchObject({ agrees: true, intervals: { length: 30 } });
  }
  expect(invoice.id).toBe(data.find(({ kind }: any) => kind === 'invoice').id);
});
