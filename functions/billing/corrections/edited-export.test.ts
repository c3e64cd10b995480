/** Edits of energy fed in and of reactive energy reach the bill: marked, traced, by difference notes, and with the bank right. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as edits } from '../../metering/usage-edits/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { bringReadings, label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'eex';
const { addTariff, setUp, bill, invoicesOf, balance } = meteredCustomers(stack, tenant);
const utc = (local: string) => new Date(`${local}:00+03:00`).toISOString();
const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
const call = async (path: string, body: object) => {
  const answer = await stack.call(tenant, edits, 'POST', `/api/billing/usage-edits${path}`, {
    body: { reason: 'The clamp was the wrong way round', ...body },
    as: { permissions: ['metering:*'], subject: 'usr_editor' },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.data.id as string;
};
const edit = (meterId: string, more: object) =>
  call('', { meterId, from: utc('2026-04-10T00:00'), to: utc('2026-04-12T00:00'), interval: 'day', ...more });
const follow = async (seconds = 1000) => {
  await bringReadings(stack);
  await stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds });
};
const notes = async (customerId: string) =>
  (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note');
const bankOf = async (id: string) => (await openSession(tenant).require(supplyEntity, { id })).exportBank;
const trace = async (id: string) =>
  (await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${id}/trace`)).body.data.bills[0];

beforeAll(() => stack.addTenant(tenant));

it('moves the bank by what was fed in, and back again, with a note each time', async () => {
  const tariff = await addTariff('SUN', [energy], { export: { mode: 'net_energy' } });
  // Takes 300 and feeds 330 in April: 30 are banked. Takes 310 and feeds 305 in May: 25 are left.
  const { customerId, supplyId, meterId } = await setUp(
    [
      ['2026-04-01T00:00', 0, { exportRegisterKwh: '0' }],
      ['2026-05-01T00:00', 300, { exportRegisterKwh: '330' }],
      ['2026-06-01T00:00', 610, { exportRegisterKwh: '635' }],
    ],
    { tariff },
  );
  await bill(customerId);
  await bill(customerId, may);
  await follow();
  expect(await bankOf(supplyId)).toEqual({ all: '25' });
  // Two days of 11 kWh were none.
  const id = await edit(meterId, { energy: 'fed_in', method: 'values', values: ['0', '0'] });
  await follow();
  expect(await bankOf(supplyId)).toEqual({ all: '3' });
  expect(await balance(customerId)).toBe('0.00');
  const [first, ...more] = await notes(customerId);
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    totalAmount: '0.00',
    estimated: false,
    bills: [{ bill: { importKwh: '300', exportKwh: '308' } }],
  });
  const traced = await trace(first.id);
  expect(traced).toMatchObject({ agrees: true, usageEdits: [{ id, energy: 'fed_in', oldKwh: '22', newKwh: '0' }] });
  expect(traced.intervals.filter(({ edits: of }: any) => of?.includes(id))).toHaveLength(48);
  stack.advance(60_000);
  await call(`/${id}/undo`, { reason: 'It was right' });
  await follow();
  expect(await bankOf(supplyId)).toEqual({ all: '25' });
  expect(await balance(customerId)).toBe('0.00');
});

it('has the bill looked at that settled the year, be it within it, and no other, once', async () => {
  const tariff = await addTariff('YEAR', [energy], {
    export: { mode: 'net_energy', settlementRate: '2', settledIn: 4 },
  });
  const { customerId, supplyId, meterId } = await setUp(
    [
      ['2026-04-01T00:00', 0, { exportRegisterKwh: '0' }],
      ['2026-04-16T00:00', 300, { exportRegisterKwh: '450' }],
      ['2026-04-21T00:00', 350, { exportRegisterKwh: '520' }],
      ['2026-05-01T00:00', 400, { exportRegisterKwh: '620' }],
      ['2026-05-16T00:00', 450, { exportRegisterKwh: '720' }],
      ['2026-06-01T00:00', 500, { exportRegisterKwh: '720' }],
    ],
    { tariff },
  );
  const ends = ['2026-04-01', '2026-04-16', '2026-04-21', '2026-05-16', '2026-06-01'];
  for (let i = 1; i < ends.length; i++) await bill(customerId, { from: ends[i - 1]!, to: ends[i]! });
  await follow();
  // 150 and 20 and 50 by the end of April; the 50 of May's first half are used in the second.
  expect(await balance(customerId)).toBe('-440.00');
  expect(await bankOf(supplyId)).toEqual({ all: '0' });
  const id = await edit(meterId, { energy: 'fed_in', method: 'values', values: ['0', '0'] });
  // A window of a quarter of an hour each.
  await follow(3000);
  const noted = async () =>
    (await notes(customerId)).map(({ period, totalAmount }) => `${period.from} ${totalAmount}`).sort();
  const once = ['2026-04-01 0.00', '2026-04-21 120.00'];
  expect(await noted()).toEqual(once);
  await follow(3000);
  expect(await noted()).toEqual(once);
  expect(await bankOf(supplyId)).toEqual({ all: '0' });
  stack.advance(60_000);
  await call(`/${id}/undo`, { reason: 'It was right' });
  await follow(3000);
  expect(await noted()).toEqual(['2026-04-01 0.00', '2026-04-01 0.00', '2026-04-21 -120.00', '2026-04-21 120.00']);
  expect(await balance(customerId)).toBe('-440.00');
});

it('charges the reactive energy that a method made up, and says that it is an estimate', async () => {
  const reactive = { kind: 'reactive', code: 'kvarh', label: label('Reactive'), freePercent: '0', rate: '3' };
  const tariff = await addTariff('VAR', [energy, reactive]);
  const { customerId, meterId } = await setUp(
    [
      ['2026-04-01T00:00', 0, { registers: { '1-0:3.8.0': '0' } }],
      ['2026-05-01T00:00', 300, { registers: { '1-0:3.8.0': '60' } }],
    ],
    { tariff, meter: { registers: [{ obis: '1-0:3.8.0' }] } },
  );
  const [invoice] = (await bill(customerId)).invoices;
  expect(invoice.bills[0].bill).toMatchObject({ reactiveKvarh: '60', estimated: false });
  await follow();
  await edit(meterId, { energy: 'reactive', method: 'linear', totalKwh: '10' });
  await follow();
  const [note] = await notes(customerId);
  expect(note).toMatchObject({ estimated: true, bills: [{ bill: { importKwh: '300', reactiveKvarh: '66' } }] });
  expect(note.totalAmount).toBe('18.00');
});
