/** What a change of a supply's tariff does to what bills rest on: energy that is banked, and registers of rates. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { rebillInvoice } from '../invoices/rebill-invoice.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';
import { supplyEntity } from './supply-entity.ts';

const stack = useBillingStack();
const tenant = 'changed';
const { addTariff, setUp, bill, balance, setEndOfApril } = meteredCustomers(stack, tenant);
const tariffIds: Record<string, string> = {};

const energy = (rate: string) => ({ kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate }] });

beforeAll(async () => {
  await stack.addTenant(tenant);
  tariffIds['plain'] = await addTariff('PLAIN', [energy('5')]);
  tariffIds['sun'] = await addTariff('SUN', [energy('5')], { export: { mode: 'net_energy', settlementRate: '2' } });
  tariffIds['free'] = await addTariff('FREE', [energy('5')], { export: { mode: 'net_energy' } });
  tariffIds['gratis'] = await addTariff('GRATIS', [energy('0')]);
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
  tariffIds['rates'] = await addTariff(
    'RATES',
    [
      { kind: 'energy', code: 'peak', label: label('Peak'), bucket: 'peak', blocks: [{ rate: '20' }] },
      { kind: 'energy', code: 'off', label: label('Off'), bucket: 'off', blocks: [{ rate: '10' }] },
    ],
    {
      timeOfUse: {
        ...{ defaultBucket: 'off', windows: [{ bucket: 'peak', days, from: '17:00', to: '22:00' }] },
        registers: [
          { bucket: 'peak', obis: '1.8.1' },
          { bucket: 'off', obis: '1.8.2' },
        ],
      },
    },
  );
});

const change = async (supplyId: string, tariff: string, tariffFrom: string) => {
  const body = { tariffId: tariffIds[tariff], tariffFrom };
  const answer = await stack.call(tenant, handler, 'PUT', `/api/billing/supplies/${supplyId}`, { body });
  expect(answer.status).toBe(200);
};
const end = async (supplyId: string, to: string) => {
  const answer = await stack.call(tenant, handler, 'POST', `/api/billing/supplies/${supplyId}/end`, { body: { to } });
  expect(answer.status).toBe(200);
};
const post = (path: string, body: object = {}) =>
  stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${path}`, { body });
const bankOf = async (id: string) => (await openSession(tenant).require(supplyEntity, { id })).exportBank;
const linesOf = ({ bills }: any) => bills[0].bill.lines.map(({ code, amount }: any) => `${code} ${amount}`);

/** Takes so much and feeds so much in each half of April, and in May. */
const sunny = (tariff: string, april: [number, number], may: [number, number]) =>
  setUp(
    [
      ['2026-04-01T00:00', 0, { exportRegisterKwh: '0' }],
      ['2026-04-16T00:00', april[0], { exportRegisterKwh: String(april[1]) }],
      ['2026-05-01T00:00', 2 * april[0], { exportRegisterKwh: String(2 * april[1]) }],
      ['2026-06-01T00:00', 2 * april[0] + may[0], { exportRegisterKwh: String(2 * april[1] + may[1]) }],
    ],
    { tariff: tariffIds[tariff]! },
  );

describe('energy that is banked', () => {
  it('by later bills is not used by an earlier one that is made anew with net metering', async () => {
    const { customerId, supplyId } = await sunny('plain', [30, 10], [50, 100]);
    const [first] = (await bill(customerId)).invoices;
    await change(supplyId, 'sun', '2026-05-01');
    await bill(customerId, may);
    expect(await bankOf(supplyId)).toEqual({ all: '50' });
    await change(supplyId, 'sun', '2026-04-16');
    const { note } = (await post(`${first.id}/rebill`)).body.data;
    // Ten kWh were fed in in the second half, and the fifty of May are May's.
    expect(note.totalAmount).toBe('-50.00');
    expect(await bankOf(supplyId)).toEqual({ all: '50' });
    expect((await post(`${first.id}/rebill`)).body.data.note).toBeNull();
  });

  it('is banked once, however often the newest bill is made anew', async () => {
    const { customerId, supplyId } = await sunny('plain', [10, 100], [0, 0]);
    const [first] = (await bill(customerId)).invoices;
    await change(supplyId, 'sun', '2026-04-16');
    await post(`${first.id}/rebill`);
    expect(await bankOf(supplyId)).toEqual({ all: '90' });
    expect((await post(`${first.id}/rebill`)).body.data.note).toBeNull();
    expect(await bankOf(supplyId)).toEqual({ all: '90' });
  });

  it('is paid out on the bill over the change where the next tariff keeps none', async () => {
    const { customerId, supplyId } = await sunny('sun', [10, 100], [40, 0]);
    await change(supplyId, 'plain', '2026-04-16');
    const [invoice] = (await bill(customerId)).invoices;
    expect(linesOf(invoice)).toEqual(['energy 0.00', 'energy 50.00', 'export_settlement -180.00']);
    expect(Object.values((await bankOf(supplyId)) ?? {}).every((kwh) => kwh === '0')).toBe(true);
  });

  it('is paid out on the next bill where the change falls between two, and again when that is made anew', async () => {
    const { customerId, supplyId } = await sunny('sun', [10, 100], [40, 0]);
    await bill(customerId);
    expect(await bankOf(supplyId)).toEqual({ all: '180' });
    await change(supplyId, 'plain', '2026-05-01');
    const [second] = (await bill(customerId, may)).invoices;
    expect(linesOf(second)).toEqual(['energy 200.00', 'export_settlement -360.00']);
    expect((await post(`${second.id}/rebill`)).body.data.note).toBeNull();
    const kept = { dueDays: 14, mayEstimate: false, keepTariff: true };
    expect((await rebillInvoice(openSession(tenant), second.id, kept)).note).toBeUndefined();
    expect(await post(`${second.id}/cancel`, { reason: 'Wrong' })).toMatchObject({ status: 200 });
    expect(await bankOf(supplyId)).toEqual({ all: '180' });
    await bill(customerId, may);
    expect(await balance(customerId)).toBe('-160.00');
  });

  it('is paid out by the last bill also where the last tariff keeps none and an earlier bill comes to bank some', async () => {
    const { customerId, supplyId, meterId } = await sunny('sun', [50, 50], [40, 0]);
    const [first] = (await bill(customerId)).invoices;
    await change(supplyId, 'plain', '2026-05-01');
    await end(supplyId, may.to);
    const [second] = (await bill(customerId, may)).invoices;
    expect(linesOf(second)).toEqual(['energy 200.00']);
    await setEndOfApril(meterId, 100, 80);
    expect((await post(`${first.id}/rebill`)).body.data.note.totalAmount).toBe('0.00');
    // May took 60: 20 × 5 more, and the 20 of April at 2.
    expect((await post(`${second.id}/rebill`)).body.data.note.totalAmount).toBe('60.00');
    expect((await post(`${second.id}/rebill`)).body.data.note).toBeNull();
    expect(await bankOf(supplyId)).toEqual({});
  });

  it('expires once where nobody pays for it, however often the bill that found it late is made anew', async () => {
    const { customerId, supplyId, meterId } = await sunny('free', [50, 50], [40, 0]);
    const [first] = (await bill(customerId)).invoices;
    await change(supplyId, 'gratis', '2026-05-01');
    const [second] = (await bill(customerId, may)).invoices;
    await setEndOfApril(meterId, 100, 80);
    await post(`${first.id}/rebill`);
    expect(await bankOf(supplyId)).toEqual({ all: '20' });
    expect((await post(`${second.id}/rebill`)).body.data.note).toMatchObject({ totalAmount: '0.00' });
    expect(await bankOf(supplyId)).toEqual({ all: '0' });
    expect(await post(`${second.id}/rebill`)).toMatchObject({ status: 200, body: { data: { note: null } } });
    expect(await bankOf(supplyId)).toEqual({ all: '0' });
  });
});

describe('rates of a meter’s registers', () => {
  it('are needed from the day a tariff bills by them', async () => {
    const registers = (peak: number, off: number) => ({
      registers: { '1-0:1.8.1': String(peak), '1-0:1.8.2': String(off) },
    });
    const { customerId, supplyId } = await setUp(
      [
        ['2026-04-01T00:00', 0],
        ['2026-04-16T00:00', 100, registers(0, 0)],
        ['2026-05-01T00:00', 200, registers(30, 70)],
      ],
      {
        tariff: tariffIds['plain']!,
        meter: { registers: ['1-0:1.8.1', '1-0:1.8.2'].map((obis) => ({ obis })) },
      },
    );
    await change(supplyId, 'rates', '2026-04-16');
    const { invoices: made, problems } = await bill(customerId);
    expect(problems).toEqual([]);
    expect(linesOf(made[0])).toEqual(['energy 500.00', 'peak 600.00', 'off 700.00']);
    const trace = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${made[0].id}/trace`);
    expect(trace.body.data.bills[0].agrees).toBe(true);
  });
});
