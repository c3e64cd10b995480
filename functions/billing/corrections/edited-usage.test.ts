/** Bills stand on edits of usage, and follow those that come late: by a difference note, once, and back again. */
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as edits } from '../../metering/usage-edits/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { aprilReadings, bringReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'eus';
const { setUp, moveTo, bill, invoicesOf, balance } = meteredCustomers(stack, tenant);
const utc = (local: string) => new Date(`${local}:00+03:00`).toISOString();
const call = async (path: string, body: object) => {
  const answer = await stack.call(tenant, edits, 'POST', `/api/billing/usage-edits${path}`, {
    body: { reason: 'The meter was bypassed', ...body },
    as: { permissions: ['metering:*'], subject: 'usr_editor' },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.data.id as string;
};
/** From midnight to midnight, by days. */
const edit = (meterId: string, from: string, to: string, more: object) =>
  call('', { meterId, from: utc(`${from}T00:00`), to: utc(`${to}T00:00`), interval: 'day', ...more });
const follow = async (times = 1) => {
  await bringReadings(stack, times);
  await stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000, times });
};
const notes = async (customerId: string) =>
  (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note').map(({ totalAmount }) => totalAmount);
const trace = async (id: string) =>
  (await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${id}/trace`)).body.data.bills[0];

beforeAll(async () => {
  await stack.addTenant(tenant);
});

describe('a bill', () => {
  it('stands on an edit made before it, says that it is partly estimated, and its trace shows by whom and why', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    // Two days that the register counted as 10 kWh.
    const id = await edit(meterId, '2026-04-10', '2026-04-12', { method: 'linear', totalKwh: '30' });
    const [invoice] = (await bill(customerId)).invoices;
    expect(invoice).toMatchObject({ estimated: true, bills: [{ bill: { importKwh: '170' }, estimatedKwh: '0' }] });
    const traced = await trace(invoice.id);
    expect(traced).toMatchObject({ measuredKwh: '170', agrees: true });
    expect(traced.usageEdits).toEqual([
      {
        ...{ id, from: utc('2026-04-10T00:00'), to: utc('2026-04-12T00:00'), energy: 'taken', method: 'linear' },
        ...{ oldKwh: '10', newKwh: '30', registerKwh: '10', basis: 'evenly spread, scaled to a total given' },
        ...{ reason: 'The meter was bypassed', by: 'usr_editor', decidedAt: expect.any(String), counted: true },
      },
    ]);
    expect(traced.intervals.filter(({ edits: of }: any) => of?.includes(id))).toMatchObject([
      { from: utc('2026-04-10T00:00'), importKwh: '15', origin: 'edited' },
      { from: utc('2026-04-11T00:00'), importKwh: '15', origin: 'edited' },
    ]);
  });

  it('is not kept back by a value that a person set', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    await edit(meterId, '2026-04-10', '2026-04-11', { method: 'values', values: ['90'] });
    const made = await bill(customerId);
    expect(made.problems).toEqual([]);
    expect(made.invoices[0]).toMatchObject({ estimated: false, bills: [{ bill: { importKwh: '235' } }] });
  });

  it('is put right by an edit that comes late, once, and again when it is taken back', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    const [invoice] = (await bill(customerId)).invoices;
    await follow();
    stack.advance(60_000);
    const id = await edit(meterId, '2026-04-10', '2026-04-12', { method: 'values', values: ['15', '15'] });
    await follow(2);
    await follow(2);
    // 20 kWh more at 8.
    expect(await notes(customerId)).toEqual(['160.00']);
    const traced = await trace(invoice.id);
    expect(traced).toMatchObject({ measuredKwh: '150', agrees: true, usageEdits: [{ id, counted: false }] });
    expect(traced.intervals.some(({ origin }: any) => origin === 'edited')).toBe(false);
    stack.advance(60_000);
    await call(`/${id}/undo`, { reason: 'It was not' });
    await follow();
    expect((await notes(customerId)).sort()).toEqual(['-160.00', '160.00']);
    expect(await balance(customerId)).toBe('1200.00');
    const [note] = (await invoicesOf(customerId)).filter(({ totalAmount }) => totalAmount === '160.00');
    expect((await trace(note.id)).usageEdits).toMatchObject([{ id, counted: true, undoneAt: expect.any(String) }]);
  });

  it('of who had the meter in the stretch changes, and nobody else’s', async () => {
    const first = await setUp(aprilReadings);
    const second = await setUp([]);
    await moveTo(second, first, '2026-04-16');
    await bill(first.customerId);
    await bill(second.customerId);
    await follow();
    // Up to the day he moved out, and not into the other's first day.
    await edit(first.meterId, '2026-04-14', '2026-04-16', { method: 'values', values: ['6', '7'] });
    await follow();
    expect(await notes(first.customerId)).toEqual(['24.00']);
    expect(await notes(second.customerId)).toEqual([]);
    await edit(first.meterId, '2026-04-16', '2026-04-17', { method: 'values', values: ['6'] });
    await follow();
    expect(await notes(first.customerId)).toEqual(['24.00']);
    expect(await notes(second.customerId)).toEqual(['8.00']);
  });

  it('of a meter that was silent stands on what a person set for the silence', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    await bill(customerId);
    await edit(meterId, '2026-05-01', '2026-06-01', { method: 'history', ignoreRegister: true });
    const [invoice] = (await bill(customerId, may)).invoices;
    expect(invoice).toMatchObject({ estimated: true, bills: [{ bill: { importKwh: '155' }, estimatedKwh: '0' }] });
    expect(await trace(invoice.id)).toMatchObject({ agrees: true, measuredKwh: '155' });
  });
});
