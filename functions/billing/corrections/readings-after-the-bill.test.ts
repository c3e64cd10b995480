/** Bills made minutes after their last day: readings that come an hour later put them right, as those of months later do. */
import { beforeAll, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { bringReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'aft';
const { setUp, bill, invoicesOf } = meteredCustomers(stack, tenant);
const settle = () => stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
const notes = async (customerId: string) =>
  (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note').map(({ totalAmount }) => totalAmount);
const arrive = async (meterId: string, ...readings: [string, number][]) => {
  await stack.read(tenant, meterId, readings);
  await bringReadings(stack);
};
const timeAt = (local: string): void => stack.advance(Date.parse(`${local}:00+03:00`) - Date.now());

/** 5 kWh a day up to the midnight that a day of June begins with: 1000 and 5 for each. */
const dailyTo = (day: number): [string, number][] =>
  Array.from({ length: day }, (_, i): [string, number] => [
    `2026-06-${String(i + 1).padStart(2, '0')}T00:00`,
    1000 + 5 * i,
  ]);
const since = { from: '2026-06-01' };

beforeAll(async () => {
  await stack.addTenant(tenant);
});

it('an hour late, of a bill between whose readings it falls', async () => {
  timeAt('2026-06-21T00:20');
  const { customerId, meterId } = await setUp(dailyTo(20), since);
  // 5.2 kWh between 20:00 and 00:20, spread evenly: 4.8 of them are the day's.
  await arrive(meterId, ['2026-06-20T20:00', 1095], ['2026-06-21T00:20', 1100.2]);
  await settle();
  const [invoice] = (await bill(customerId, { ...since, to: '2026-06-21' })).invoices;
  expect(invoice).toMatchObject({ estimated: false, bills: [{ bill: { importKwh: '99.8' } }] });
  timeAt('2026-06-21T00:50');
  // All had been taken by ten to twelve.
  await arrive(meterId, ['2026-06-20T23:50', 1100.2]);
  await settle();
  // 0.4 kWh at 8: two thirds of the month have two thirds of the first block.
  expect(await notes(customerId)).toEqual(['3.20']);
});

it('half an hour late, of the first minutes after the days of the bill', async () => {
  timeAt('2026-06-21T23:50');
  const { customerId, meterId } = await setUp(dailyTo(21), since);
  await arrive(meterId, ['2026-06-21T23:00', 1104]);
  await settle();
  timeAt('2026-06-22T00:30');
  await arrive(meterId, ['2026-06-22T00:30', 1107]);
  await settle();
  // Midnight at 2 of the 3 kWh between 23:00 and 00:30.
  const [invoice] = (await bill(customerId, { ...since, to: '2026-06-22' })).invoices;
  expect(invoice).toMatchObject({ estimated: false, bills: [{ bill: { importKwh: '106' } }] });
  // All three by a quarter past: 2.4 of them by midnight, 0.4 more at 8.
  await arrive(meterId, ['2026-06-22T00:15', 1107]);
  await settle();
  expect(await notes(customerId)).toEqual(['3.20']);
});

it('seconds after an estimate, before anybody heard that the bill waits for it', async () => {
  timeAt('2026-06-24T00:10');
  const { customerId, meterId } = await setUp([...dailyTo(23), ['2026-06-23T12:00', 1112]], since);
  await bringReadings(stack);
  await settle();
  timeAt('2026-06-24T00:30');
  await bill(customerId, { ...since, to: '2026-06-22' });
  await arrive(meterId);
  const [invoice] = (await bill(customerId, { ...since, to: '2026-06-24' }, { mayEstimate: true })).invoices;
  expect(invoice.estimated).toBe(true);
  stack.advance(20_000);
  await arrive(meterId, ['2026-06-24T00:30', 1112]);
  timeAt('2026-06-24T00:45');
  await arrive(meterId, ['2026-06-24T00:45', 1112]);
  await settle();
  expect(await notes(customerId)).toHaveLength(1);
  const anew = (await invoicesOf(customerId)).find(({ kind }) => kind === 'difference_note');
  expect(anew).toMatchObject({ estimated: false, bills: [{ bill: { importKwh: '7' } }] });
});
