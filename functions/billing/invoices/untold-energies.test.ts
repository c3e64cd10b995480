/** Energy fed in that some readings do not carry: no kWh of it falls between two bills, and none is billed as nothing. */
import { beforeAll, expect, it } from 'vitest';
import { handler as usageEdits } from '../../metering/usage-edits/handler.ts';
import { correctMeter } from '../corrections/correct-meter.ts';
import { correctionQueue } from '../corrections/note-late-readings.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import {
  april,
  aprilReadings,
  bringReadings,
  label,
  may,
  meteredCustomers,
} from '../test-support/metered-customers.ts';
import { handler as exceptions } from '../vee-exceptions/handler.ts';

const stack = useBillingStack();
const tenant = 'untold';
const { addTariff, setUp, bill, invoicesOf } = meteredCustomers(stack, tenant);
const follow = async () => {
  await bringReadings(stack);
  await stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
};
let tariff: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
  tariff = await addTariff('SUN', [energy], { export: { mode: 'net_energy' } });
});

const fed = (kwh: number) => ({ exportRegisterKwh: String(kwh) });
const exportOf = ({ invoices: [invoice] }: any) => invoice?.bills[0].bill.exportKwh;

it('is divided alike by the bill before and the bill after', async () => {
  // At the midnight between the bills the message lacks it: 10 kWh between noon and noon.
  const { customerId } = await setUp(
    [
      ['2026-04-01T00:00', 0, fed(0)],
      ['2026-04-30T12:00', 295, fed(140)],
      ['2026-05-01T00:00', 300],
      ['2026-05-01T12:00', 305, fed(150)],
      ['2026-06-01T00:00', 610, fed(250)],
    ],
    { tariff },
  );
  expect(exportOf(await bill(customerId))).toBe('145');
  expect(exportOf(await bill(customerId, may))).toBe('105');
});

it('is divided anew where a reading comes late that tells of it nearer to the midnight', async () => {
  const { customerId, meterId } = await setUp(
    [
      ['2026-04-01T00:00', 0, fed(0)],
      ['2026-04-30T12:00', 295, fed(140)],
      ['2026-05-01T00:00', 300],
      ['2026-05-03T00:00', 320, fed(164)],
    ],
    { tariff },
  );
  // 24 kWh in 60 hours, 12 of them in April.
  expect(exportOf(await bill(customerId))).toBe('144.8');
  await follow();
  await stack.read(tenant, meterId, [['2026-05-01T12:00', 305, fed(150)]]);
  await follow();
  const [note] = (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note');
  expect(note.bills[0].bill.exportKwh).toBe('145');
});

it('is of the bill after, too, where the last reading that told of it is weeks before', async () => {
  // It is told on the third of each month: 5 kWh a day.
  const { customerId, meterId } = await setUp(
    [
      ['2026-04-01T00:00', 0, fed(0)],
      ['2026-04-03T00:00', 20, fed(10)],
      ['2026-04-25T00:00', 240],
      ['2026-04-30T00:00', 290],
      ['2026-05-01T00:00', 300],
      ['2026-05-03T00:00', 320, fed(160)],
      ['2026-06-01T00:00', 610],
      ['2026-06-03T00:00', 630, fed(315)],
    ],
    { tariff },
  );
  expect(exportOf(await bill(customerId))).toBe('150');
  expect(exportOf(await bill(customerId, may))).toBe('155');
  await follow();
  // 6 kWh a day in the ten days up to the third of May: less in April, more in May.
  await stack.read(tenant, meterId, [['2026-04-23T00:00', 220, fed(100)]]);
  await follow();
  const notes = (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note');
  expect(notes.map(({ period, bills }) => `${period.from} ${bills[0].bill.exportKwh}`).sort()).toEqual([
    '2026-04-01 148',
    '2026-05-01 157',
  ]);
});

it('is not billed as nothing where the meter told of it and does not any more, until a person says what it was', async () => {
  const { customerId, meterId } = await setUp(
    [
      ['2026-04-01T00:00', 0, fed(0)],
      ['2026-05-01T00:00', 300],
      ['2026-06-01T00:00', 610, fed(250)],
    ],
    { tariff },
  );
  const refused = await bill(customerId);
  expect(refused.invoices).toEqual([]);
  expect(refused.problems).toMatchObject([{ reason: 'registers_untold', details: [expect.stringContaining('2.8.0')] }]);
  const open = (await stack.call(tenant, exceptions, 'GET', '/api/billing/vee-exceptions')).body.data;
  expect(open).toMatchObject([{ reason: 'registers_untold', status: 'open', meterId }]);
  const resolve = `/api/billing/vee-exceptions/${open[0].id}/resolve`;
  const body = { decision: 'accept', reason: 'Never mind' };
  expect((await stack.call(tenant, exceptions, 'POST', resolve, { body })).status).toBe(409);
  const [from, to] = [april.from, april.to].map((day) => new Date(`${day}T00:00:00+03:00`).toISOString());
  const edit = await stack.call(tenant, usageEdits, 'POST', '/api/billing/usage-edits', {
    body: { meterId, from, to, energy: 'fed_in', method: 'linear', interval: 'day', totalKwh: '120', reason: 'Photo' },
    as: { permissions: ['metering:*'] },
  });
  expect(edit.status, edit.text).toBe(201);
  expect(exportOf(await bill(customerId))).toBe('120');
  expect((await stack.call(tenant, exceptions, 'GET', '/api/billing/vee-exceptions')).body.data).toEqual([]);
});

it('leaves what a person decided about the readings: once it is told, the bill follows the decision', async () => {
  // An hour of the tenth day leaps, and the last message lacks what was fed in.
  const leapt = aprilReadings.map(([time, kwh], i): [string, number, object] => [
    time,
    i < 10 ? kwh : kwh + 45,
    i < 30 ? fed(i) : {},
  ]);
  const { customerId, meterId } = await setUp([...leapt, ['2026-04-10T01:00', 1055]], { tariff });
  const exceptionOf = async (status: string) =>
    (await stack.call(tenant, exceptions, 'GET', '/api/billing/vee-exceptions', { query: { status } })).body.data.find(
      (each: any) => each.meterId === meterId,
    );
  expect((await bill(customerId)).problems).toMatchObject([{ checks: ['spike'] }]);
  const { id } = await exceptionOf('open');
  const body = { decision: 'accept', reason: 'A fair' };
  const path = `/api/billing/vee-exceptions/${id}/resolve`;
  expect((await stack.call(tenant, exceptions, 'POST', path, { body })).status).toBe(200);
  for (const version of [3, 3]) {
    await bill(customerId);
    expect(await exceptionOf('open')).toMatchObject({ id, reason: 'registers_untold', decision: 'accept', version });
  }
  await stack.read(tenant, meterId, [['2026-05-01T12:00', 1197.5, fed(30.5)]]);
  expect((await bill(customerId)).problems).toEqual([]);
  expect(await exceptionOf('closed')).toMatchObject({ id });
});

it('does not hold up the bill of a meter that never told of it, or began to', async () => {
  const never = await setUp(
    [
      ['2026-04-01T00:00', 0],
      ['2026-05-01T00:00', 300],
    ],
    { tariff },
  );
  expect((await bill(never.customerId)).invoices).toHaveLength(1);
  const begun = await setUp(
    [
      ['2026-04-01T00:00', 0],
      ['2026-04-16T00:00', 150, fed(0)],
      ['2026-05-01T00:00', 300, fed(90)],
    ],
    { tariff },
  );
  expect(exportOf(await bill(begun.customerId))).toBe('90');
});

it('is said on the bill where the meter is registered with it, or draws reactive energy as all do, and never told', async () => {
  const readings: [string, number][] = [
    ['2026-04-01T00:00', 0],
    ['2026-05-01T00:00', 300],
  ];
  const findingsOf = async (more: object) => {
    const { customerId } = await setUp(readings, more);
    return (await bill(customerId)).invoices[0].bills[0].findings;
  };
  const registered = { meter: { registers: [{ obis: '1-0:2.8.0', name: 'Export' }] } };
  expect(await findingsOf({ tariff, ...registered })).toEqual([expect.stringContaining('never_told: 2.8.0')]);
  expect(await findingsOf({ tariff })).toEqual([]);
  expect(await findingsOf(registered)).toEqual([]);
  const penalty = {
    ...{ kind: 'power_factor', code: 'pf', label: label('Power factor'), of: ['energy'] },
    penalties: [{ below: '0.9', percentPerHundredth: '1' }],
  };
  const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
  const reactive = await addTariff('REACTIVE', [energy, penalty]);
  expect(await findingsOf({ tariff: reactive })).toEqual([expect.stringContaining('never_told: 3.8.0')]);
  const { customerId, meterId } = await setUp(readings, { tariff, ...registered });
  const [from, to] = [april.from, april.to].map((day) => new Date(`${day}T00:00:00+03:00`).toISOString());
  const body = {
    meterId,
    from,
    to,
    energy: 'fed_in',
    method: 'linear',
    interval: 'day',
    totalKwh: '60',
    reason: 'Read',
  };
  const as = { permissions: ['metering:*'] };
  expect((await stack.call(tenant, usageEdits, 'POST', '/api/billing/usage-edits', { body, as })).status).toBe(201);
  const decided = await bill(customerId);
  expect([exportOf(decided), decided.invoices[0].bills[0].findings]).toEqual(['60', []]);
});
