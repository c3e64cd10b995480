/** What a meter tells in time, and yet after the bill it is about: demands it keeps of the period, energy it had been silent about. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { occupancyEntity } from '../supplies/supply-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { bringReadings, label, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { handler as corrections } from './handler.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'told';
const { addTariff, setUp, bill, invoicesOf } = meteredCustomers(stack, tenant);
let looks = 0;
const settle = () =>
  stack.workOff(
    correctionQueue,
    (body) => {
      looks++;
      return correctMeter(JSON.parse(body));
    },
    { seconds: 1000 },
  );
const arrive = async (meterId: string, ...readings: [string, number, object?][]) => {
  await stack.read(tenant, meterId, readings);
  await bringReadings(stack);
  await settle();
};
const timeAt = (local: string): void => stack.advance(Date.parse(`${local}:00+03:00`) - Date.now());
const notes = async (customerId: string) =>
  (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note');
const dayOf = (day: number): string => `2026-06-${String(day).padStart(2, '0')}`;
const from = dayOf(1);

beforeAll(() => stack.addTenant(tenant));

it('a demand that the meter kept is charged by a note when its reading comes promptly after the bill', async () => {
  timeAt('2026-06-21T00:20');
  const tariff = await addTariff('DEMAND', [
    { kind: 'demand', code: 'demand', label: label('Demand'), rate: '100', source: 'register' },
  ]);
  const codes = ['1.6.0', '1.6.0*01', '1.6.0*02', '1.8.0*01', '1.8.0*02'];
  const shows = (kw: number) => ({ registers: { '1.6.0': String(kw) } });
  const { customerId, meterId } = await setUp(
    [
      ...Array.from({ length: 20 }, (_, i): [string, number, object] => [
        `${dayOf(i + 1)}T00:00`,
        1000 + 5 * i,
        shows(i < 9 ? 3 : 12),
      ]),
      ['2026-06-20T23:50', 1099.9, shows(12)],
      ['2026-06-21T00:10', 1100.1, shows(1)],
    ],
    { from, tariff, meter: { registers: codes.map((obis) => ({ obis })) } },
  );
  await bringReadings(stack);
  await settle();
  const [invoice] = (await bill(customerId, { from, to: '2026-06-21' })).invoices;
  // 12 kW at 100 for 20 of 30 days.
  expect(invoice).toMatchObject({ totalAmount: '800.00', estimated: false });
  timeAt('2026-06-21T00:40');
  // It was reset at midnight, at 1100 kWh: the highest since the reset of the first of June, at 1000 kWh, was 18.
  const kept = { '1.8.0*02': '1000', '1.6.0*02': '40', '1.8.0*01': '1100', '1.6.0*01': '18' };
  await arrive(meterId, ['2026-06-21T00:40', 1100.3, { registers: { '1.6.0': '1', ...kept } }]);
  expect((await notes(customerId)).map(({ totalAmount }) => totalAmount)).toEqual(['400.00']);
  // The rest of the day has nothing looked at again; each of the three days after once, and then none.
  const before = looks;
  timeAt('2026-06-21T01:00');
  await arrive(meterId, ['2026-06-21T01:00', 1100.4, shows(1)]);
  expect(looks - before).toBe(0);
  for (const day of [22, 23, 24, 25, 26])
    for (const hour of ['06:00', '12:00']) {
      timeAt(`${dayOf(day)}T${hour}`);
      await arrive(meterId, [`${dayOf(day)}T${hour}`, 1100.4 + day, shows(1)]);
    }
  expect(looks - before).toBe(3);
  expect(await notes(customerId)).toHaveLength(1);
  expect(await openSession(tenant).require(occupancyEntity, { meterId })).not.toHaveProperty('unsettled');
});

it('energy fed in that is told of six days after the days of the bill has it made anew, without a person', async () => {
  timeAt('2026-07-21T00:20');
  const tariff = await addTariff(
    'SUN',
    [{ kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] }],
    { export: { mode: 'net_energy' } },
  );
  const july = (day: number): string => `2026-07-${String(day).padStart(2, '0')}`;
  const fed = (kwh: number) => ({ exportRegisterKwh: String(kwh) });
  const { customerId, meterId } = await setUp(
    Array.from({ length: 20 }, (_, i): [string, number, object] => [
      `${july(i + 1)}T00:00`,
      1000 + 10 * i,
      i < 18 ? fed(4 * i) : {},
    ]),
    { from: july(1), tariff },
  );
  await bringReadings(stack);
  await settle();
  await bill(customerId, { from: july(1), to: july(11) });
  const made = await bill(customerId, { from: july(11), to: july(21) }, { mayEstimate: true });
  expect(made.problems).toEqual([]);
  const [invoice] = made.invoices;
  expect(invoice.estimated).toBe(true);
  timeAt('2026-07-21T06:00');
  await arrive(meterId, ['2026-07-21T06:00', 1202.5]);
  const refused = async () =>
    (await stack.call(tenant, corrections, 'GET', '/api/billing/corrections', { query: { status: 'refused' } })).body
      .data;
  expect(await refused()).toHaveLength(1);
  timeAt('2026-07-27T00:00');
  await arrive(meterId, ['2026-07-27T00:00', 1260, fed(104)]);
  expect(await refused()).toEqual([]);
  const [note, ...more] = await notes(customerId);
  expect(more).toEqual([]);
  // 4 kWh a day from the 18th on, as before: 40 in the ten days. 60 of 100 kWh at 5.
  expect(note.bills[0].bill).toMatchObject({ exportKwh: '40', importKwh: '100', estimated: false, total: '300.00' });
  expect(await openSession(tenant).require(occupancyEntity, { meterId })).not.toHaveProperty('unsettled');
});
