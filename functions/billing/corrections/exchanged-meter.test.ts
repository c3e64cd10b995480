/** An exchange that is told of late: every reading stays with the device and the customer who had it then, and bills follow. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumptionBetween } from '../../metering/contract.ts';
import { handler as meters } from '../../metering/meters/handler.ts';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as customers } from '../customers/handler.ts';
import { invoiceContent } from '../documents/invoice-content.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { aprilReadings, bringReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'exc';
const { setUp, bill, invoicesOf, addTariff } = meteredCustomers(stack, tenant);
const utc = (local: string) => new Date(`${local}:00+03:00`).toISOString();
const asMetering = { as: { permissions: ['metering:*'] } };
const settle = () => stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
const exchange = (meterId: string, at: string, finalRegisterKwh: string, more: object = {}) =>
  stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, {
    ...asMetering,
    body: { at: utc(at), finalRegisterKwh, newSerialNumber: `NEW-${meterId}`, ...more },
  });
const used = async (meterId: string, from: string, to: string) =>
  (await consumptionBetween(openSession(tenant), meterId, Date.parse(utc(from)), Date.parse(utc(to)))).energyKwh;
const kinds = async (customerId: string) =>
  (await invoicesOf(customerId)).map(({ kind, totalAmount }) => [kind, totalAmount]).sort();

let nextTariff: string;
beforeAll(async () => {
  await stack.addTenant(tenant);
  nextTariff = await addTariff('NEXT');
});

/** The first customer has the meter until 16 April, the second from then on. */
async function twoCustomers(readings: [string, number][]) {
  const first = await setUp(readings, { meter: { installedAt: utc('2026-04-01T00:00'), initialRegisterKwh: '1000' } });
  const made = await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Second' } });
  const second: string = made.body.data.id;
  const end = { body: { to: '2026-04-16' } };
  await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${first.supplyId}/end`, end);
  const started = await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
    body: { customerId: second, meterId: first.meterId, tariffId: nextTariff, from: '2026-04-16' },
  });
  expect(started.status).toBe(201);
  return { ...first, second };
}

describe('an exchange told of late', () => {
  it('leaves each reading with the device and the customer who had it then', async () => {
    const { meterId, customerId, second } = await twoCustomers([
      ['2026-04-01T00:00', 1000],
      ['2026-04-10T00:00', 1045],
    ]);
    // Taken out on 11 April at 1050: 50 kWh. The new one counts 25 until the move and 75 after it.
    expect((await exchange(meterId, '2026-04-11T00:00', '1050')).status).toBe(200);
    await stack.read(tenant, meterId, [
      ['2026-04-16T00:00', 25],
      ['2026-05-01T00:00', 100],
    ]);
    expect(await used(meterId, '2026-04-01T00:00', '2026-04-16T00:00')).toBe('75');
    expect(await used(meterId, '2026-04-16T00:00', '2026-05-01T00:00')).toBe('75');
    // A late reading from before the exchange is judged by the old device and moves nothing after it.
    await stack.read(tenant, meterId, [['2026-04-05T00:00', 1030]]);
    expect(await used(meterId, '2026-04-01T00:00', '2026-04-05T00:00')).toBe('30');
    expect(await used(meterId, '2026-04-01T00:00', '2026-04-16T00:00')).toBe('75');
    const [a, b] = [(await bill(customerId)).invoices, (await bill(second)).invoices];
    expect(a[0].bills[0].bill.importKwh).toBe('75');
    expect(b[0].bills[0].bill.importKwh).toBe('75');
  });

  it('puts the bills right that were made by the old register, of whoever had the meter then', async () => {
    // The new device began at 1100, so that nothing was noticed: 1150 on 1 May looked like 150 kWh.
    const { meterId, customerId, second } = await twoCustomers([
      ['2026-04-01T00:00', 1000],
      ['2026-04-10T00:00', 1045],
      ['2026-04-16T00:00', 1125],
      ['2026-05-01T00:00', 1200],
    ]);
    const [a, b] = [(await bill(customerId)).invoices[0], (await bill(second)).invoices[0]];
    expect([a.bills[0].bill.importKwh, b.bills[0].bill.importKwh]).toEqual(['125', '75']);
    await bringReadings(stack);
    await settle();
    // 1000 to 1050 on the old one, 1100 to 1125 on the new one: 75 kWh instead of 125.
    expect((await exchange(meterId, '2026-04-11T00:00', '1050', { newInitialRegisterKwh: '1100' })).status).toBe(200);
    await bringReadings(stack, 2);
    await settle();
    expect(await used(meterId, '2026-04-01T00:00', '2026-04-16T00:00')).toBe('75');
    const notes = (await invoicesOf(customerId)).filter(({ kind }: { kind: string }) => kind === 'difference_note');
    expect(notes).toHaveLength(1);
    expect(Number(notes[0].totalAmount)).toBeLessThan(0);
    // On paper, the note says what the registers do not; the invoice before it knew of no exchange.
    const printed = async (id: string) => {
      const session = openSession(tenant);
      return (await invoiceContent(session, await session.require(invoiceEntity, { id }))).readings[0]!.by;
    };
    const exchanges = [{ day: '2026-04-11', isDevice: true, finalKwh: '1050', initialKwh: '1100' }];
    expect(await printed(notes[0].id)).toEqual({ multipliers: [1], exchanges });
    expect(await printed(a.id)).toEqual({ multipliers: [1], exchanges: [] });
    expect((await printed(b.id)).exchanges).toEqual([]);
    expect((await kinds(second)).filter(([kind]) => kind === 'difference_note')).toEqual([]);
    expect((await bill(customerId, may)).invoices).toEqual([]);
  });

  it('is refused where readings since then can only be the old device’s, until they are rejected', async () => {
    const { meterId } = await setUp([
      ['2026-04-01T00:00', 1000],
      ['2026-04-10T00:00', 1045],
      ['2026-04-11T01:00', 1051],
    ]);
    const refused = await exchange(meterId, '2026-04-11T00:00', '1050');
    expect(refused.status).toBe(422);
    expect(refused.body.errors[0]).toMatchObject({ path: '/at' });
    expect(refused.body.errors[0].message).toContain('1051 kWh at 2026-04-10T22:00:00.000Z');
    const rejected = await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', {
      ...asMetering,
      body: {
        meterId,
        action: 'reject',
        time: utc('2026-04-11T01:00'),
        registerKwh: '1051',
        reason: 'Clock of the old device',
      },
    });
    expect(rejected.status).toBe(201);
    expect((await exchange(meterId, '2026-04-11T00:00', '1050')).status).toBe(200);
    await stack.read(tenant, meterId, [['2026-05-01T00:00', 100]]);
    expect(await used(meterId, '2026-04-01T00:00', '2026-05-01T00:00')).toBe('150');
  });
});

describe('a correction of the record of the meter', () => {
  const put = async (meterId: string, body: object, follow = settle) => {
    const answer = await stack.call(tenant, meters, 'PUT', `/api/billing/meters/${meterId}`, { ...asMetering, body });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await bringReadings(stack, 2);
    await follow();
  };
  const notesOf = async (customerId: string) =>
    (await kinds(customerId)).filter(([kind]) => kind === 'difference_note').map(([, amount]) => amount);
  const transformers = { model: 'THREE', phases: 3, ctRatio: 20, registerScale: 'secondary', ratedCurrentA: 5 };

  it('makes the bills anew since the device was installed, of whoever had it then, and back again', async () => {
    const { customerId, meterId } = await setUp(
      [
        ['2026-04-01T00:00', 1000],
        ['2026-05-01T00:00', 1005],
      ],
      { meter: { ...transformers, installedAt: utc('2026-04-01T00:00'), initialRegisterKwh: '1000' } },
    );
    const [invoice] = (await bill(customerId)).invoices;
    expect(invoice.bills[0].bill.importKwh).toBe('100');
    await bringReadings(stack);
    await settle();
    // 5 × 20 was billed, 5 × 30 flowed: 50 kWh more at 8.
    await put(meterId, { ctRatio: 30 });
    expect(await notesOf(customerId)).toEqual(['400.00']);
    await put(meterId, { ctRatio: 20 });
    expect(await notesOf(customerId)).toEqual(['-400.00', '400.00']);
  });

  it('reaches any number of bills, some at a time', async () => {
    const { customerId, meterId } = await setUp(aprilReadings, { meter: transformers });
    const days = aprilReadings.slice(0, 27).map(([time]) => time.slice(0, 10));
    for (const [i, to] of days.slice(1).entries()) await bill(customerId, { from: days[i]!, to });
    const written = () =>
      stack.tables
        .scan('billing')
        .filter(
          ({ _type, customerId: whose, kind }) =>
            _type?.S === 'invoice' && whose?.S === customerId && kind?.S === 'difference_note',
        ).length;
    await put(meterId, { ctRatio: 10 }, () => correctMeter({ tenantId: tenant, meterId }));
    expect(written()).toBe(24);
    await settle();
    expect(written()).toBe(26);
  });

  it('is found where nobody knows when it was installed, and says nothing where readings count as before', async () => {
    const { customerId, meterId } = await setUp(
      [
        ['2026-04-01T00:00', 1000],
        ['2026-05-01T00:00', 1005],
      ],
      { meter: { ...transformers } },
    );
    await bill(customerId);
    const told = () => stack.tables.scan('metering').filter(({ type }) => type?.S === 'meter.record_corrected');
    const before = told().length;
    await put(meterId, { model: 'FOUR', ctRatio: 20, status: 'offline' });
    expect(told()).toHaveLength(before);
    await put(meterId, { ctRatio: 30 });
    expect(told()).toHaveLength(before + 1);
    expect(await notesOf(customerId)).toEqual(['400.00']);
  });
});
