/** An invoice is followed back to what was known when it was issued, and to nothing that came after. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { takeInMessages } from '../../metering/contract.ts';
import { handler as meters } from '../../metering/meters/handler.ts';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { invoiceContent } from '../documents/invoice-content.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';
import { invoiceEntity } from './invoice-entity.ts';

const stack = useBillingStack();
const tenant = 'trc';
const { setUp, bill, addTariff } = meteredCustomers(stack, tenant);
const hourMs = 3_600_000;
const utc = (local: string) => new Date(`${local}:00+03:00`).toISOString();
const ask = (id: string, query: Record<string, string> = {}, as: object = {}, of = tenant) =>
  stack.call(of, handler, 'GET', `/api/billing/invoices/${id}/trace`, { query, as });
const trace = async (id: string, query: Record<string, string> = {}) => {
  const { status, body } = await ask(id, query);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.data;
};
const edit = async (meterId: string, body: object) => {
  const answer = await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', {
    body: { meterId, reason: 'Photo', ...body },
    as: { permissions: ['metering:*'], subject: 'usr_editor' },
  });
  expect(answer.status).toBe(201);
};
const content = async (id: string) =>
  invoiceContent(openSession(tenant), await openSession(tenant).require(invoiceEntity, { id }));

beforeAll(async () => {
  await stack.addTenant(tenant);
  await stack.addTenant('other');
});

describe('the trace of an invoice', () => {
  it('leads from a line to the message of each reading', async () => {
    const { customerId, meterId, supplyId } = await setUp([]);
    const receivedMs = Date.now() - 5000;
    const message = (time: string, kwh: number) => ({
      id: `msg-${kwh}`,
      topic: `acrel/ST-${tenant}/meter/${meterId}/data`,
      payload: { event_type: 'meter_reading', timestamp: utc(time), meter_id: meterId, data: { reading: kwh } },
      receivedMs,
      clientId: 'gateway',
    });
    expect(await takeInMessages(aprilReadings.map(([time, kwh]) => message(time, kwh)))).toBe(true);
    const [invoice] = (await bill(customerId)).invoices;
    const { bills, ...head } = await trace(invoice.id);
    expect(head).toEqual({
      invoiceId: invoice.id,
      invoiceNumber: invoice.invoiceNumber,
      kind: 'invoice',
      issuedAt: invoice.createdAt,
    });
    expect(bills).toHaveLength(1);
    expect(bills[0]).toMatchObject({
      supplyId,
      meterId,
      period: april,
      billed: { importKwh: '150', estimatedKwh: '0' },
      measuredKwh: '150',
      estimates: [],
      agrees: true,
      later: [],
      continuesOn: null,
    });
    expect(bills[0].lines.map(({ quantity, standsOn }: any) => [quantity, standsOn])).toEqual([
      ['1', 'other'],
      ['100', 'energy_taken'],
      ['50', 'energy_taken'],
    ]);
    expect(bills[0].intervals).toHaveLength(30);
    expect(bills[0].intervals[3]).toEqual({
      from: utc('2026-04-04T00:00'),
      to: utc('2026-04-05T00:00'),
      importKwh: '5',
      origin: 'measured',
      flags: [],
      openedBy: utc('2026-04-04T00:00'),
      closedBy: utc('2026-04-05T00:00'),
    });
    expect(bills[0].readings).toHaveLength(31);
    expect(bills[0].readings[3]).toEqual({
      time: utc('2026-04-04T00:00'),
      registerKwh: '1015',
      kind: 'raw',
      source: 'mqtt',
      receivedAt: new Date(receivedMs).toISOString(),
      messageId: 'msg-1015',
      topic: `acrel/ST-${tenant}/meter/${meterId}/data`,
    });
  });

  it('tells an edit made before from one made after', async () => {
    const { customerId, meterId } = await setUp([
      aprilReadings[0]!,
      ['2026-04-20T00:00', 1090],
      ['2026-05-01T00:00', 1140],
    ]);
    await edit(meterId, {
      action: 'correct',
      time: utc('2026-05-01T00:00'),
      registerKwh: '1140',
      newRegisterKwh: '1150',
    });
    const [invoice] = (await bill(customerId)).invoices;
    stack.advance(hourMs);
    await edit(meterId, {
      action: 'correct',
      time: utc('2026-05-01T00:00'),
      registerKwh: '1140',
      newRegisterKwh: '1160',
    });
    await edit(meterId, { action: 'reject', time: utc('2026-04-20T00:00'), registerKwh: '1090' });
    const [traced] = (await trace(invoice.id)).bills;
    expect(traced).toMatchObject({ billed: { importKwh: '150' }, measuredKwh: '150', agrees: true });
    expect(traced.readings.map(({ registerKwh, kind }: any) => [registerKwh, kind])).toEqual([
      ['1000', 'raw'],
      ['1090', 'raw'],
      ['1150', 'edited'],
    ]);
    expect(traced.readings[2].edit).toMatchObject({ action: 'corrected', arrivedKwh: '1140', reason: 'Photo' });
    expect(traced.intervals.at(-1).origin).toBe('edited');
    expect(traced.intervals[5].origin).toBe('interpolated');
    expect(traced.later.map(({ registerKwh, stands }: any) => [registerKwh, stands])).toEqual([
      ['1090', false],
      ['1160', true],
    ]);
    expect((await content(invoice.id)).readings[0]!.current).toMatchObject({ registerKwh: '1150' });
  });

  it('shows an estimate as the invoice keeps it, and the reading that came too late as later', async () => {
    const { customerId, meterId } = await setUp(aprilReadings);
    await bill(customerId);
    const [invoice] = (await bill(customerId, may, { mayEstimate: true })).invoices;
    stack.advance(hourMs);
    await stack.read(tenant, meterId, [
      ['2026-05-20T00:00', 1290],
      ['2026-06-01T00:00', 1350],
    ]);
    const [traced] = (await trace(invoice.id)).bills;
    expect(traced).toMatchObject({
      billed: { importKwh: '155', estimatedKwh: '155' },
      measuredKwh: '0',
      agrees: true,
    });
    expect(traced.intervals.every(({ origin }: any) => origin === 'estimated')).toBe(true);
    expect(traced.estimates).toEqual(invoice.bills[0].estimates ?? []);
    expect(traced.readings.map(({ registerKwh }: any) => registerKwh)).toEqual(['1145', '1150']);
    expect(traced.later.map(({ registerKwh }: any) => registerKwh)).toEqual(['1290', '1350']);
    expect(traced.later[0].knownAt > invoice.createdAt).toBe(true);
    const { readings } = await content(invoice.id);
    const timeMs = Date.parse('2026-05-01T00:00+03:00');
    expect(readings[0]!.current).toEqual({ day: '2026-05-01', timeMs, registerKwh: '1150', isEstimated: false });
  });

  it('shows both devices of an exchange', async () => {
    const { customerId, meterId } = await setUp([
      ['2026-04-01T00:00', 1000],
      ['2026-04-11T00:00', 1050],
    ]);
    const exchange = await stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, {
      as: { permissions: ['metering:*'] },
      body: {
        at: utc('2026-04-16T00:00'),
        finalRegisterKwh: '1075',
        newSerialNumber: 'NEW',
        newInitialRegisterKwh: '2',
      },
    });
    expect(exchange.status).toBe(200);
    await stack.read(tenant, meterId, [['2026-05-01T00:00', 77]]);
    const [invoice] = (await bill(customerId)).invoices;
    const [traced] = (await trace(invoice.id)).bills;
    expect(traced).toMatchObject({ measuredKwh: '150', agrees: true });
    expect(traced.devices).toMatchObject([
      { removedAt: utc('2026-04-16T00:00'), finalRegisterKwh: '1075' },
      { serialNumber: 'NEW', initialRegisterKwh: '2' },
    ]);
    expect(traced.intervals.some(({ flags }: any) => flags.includes('exchanged'))).toBe(true);
  });

  it('knows nothing of an exchange that was told of after it was issued', async () => {
    const { customerId, meterId } = await setUp([
      ['2026-04-01T00:00', 1000],
      ['2026-04-11T00:00', 1050],
      ['2026-05-01T00:00', 1150],
    ]);
    const [invoice] = (await bill(customerId)).invoices;
    stack.advance(hourMs);
    const exchange = await stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, {
      as: { permissions: ['metering:*'] },
      body: {
        at: utc('2026-04-16T00:00'),
        finalRegisterKwh: '1060',
        newSerialNumber: `${meterId}-LATE`,
        newInitialRegisterKwh: '1100',
      },
    });
    expect(exchange.status, JSON.stringify(exchange.body)).toBe(200);
    const [traced] = (await trace(invoice.id)).bills;
    expect(traced).toMatchObject({ billed: { importKwh: '150' }, measuredKwh: '150', agrees: true });
    expect(traced.devices).toHaveLength(1);
    expect(traced.devices[0].removedAt).toBeUndefined();
    // What is billed from now on does.
    const rebill = await stack.call(tenant, handler, 'POST', `/api/billing/invoices/${invoice.id}/rebill`, {
      body: {},
    });
    const [note] = (await trace(rebill.body.data.note.id)).bills;
    expect(note).toMatchObject({ measuredKwh: '110', agrees: true });
    expect(note.devices).toHaveLength(2);
  });

  it('holds whole days as far as there is room, and goes on where it ended', async () => {
    const fine = await addTariff('FINE', [
      { kind: 'energy', code: 'energy', label: { en: 'e', ar: 'e' }, blocks: [{ rate: '5' }] },
      { kind: 'demand', code: 'demand', label: { en: 'd', ar: 'd' }, rate: '1' },
    ]);
    const quarters = Array.from({ length: 30 * 96 + 1 }, (_, i): [string, number] => [
      new Date(Date.UTC(2026, 3, 1) + i * 900_000).toISOString().slice(0, 16),
      1000 + i / 100,
    ]);
    const { customerId } = await setUp(quarters.slice(0, 500), { tariff: fine });
    for (const { meterId } of [await meterOf(customerId)])
      for (let i = 500; i < quarters.length; i += 500) await stack.read(tenant, meterId, quarters.slice(i, i + 500));
    const [invoice] = (await bill(customerId)).invoices;
    const [first] = (await trace(invoice.id)).bills;
    expect(first.intervals).toHaveLength(20 * 96);
    expect(first.continuesOn).toBe('2026-04-21');
    const [rest] = (await trace(invoice.id, { supplyId: first.supplyId, from: first.continuesOn })).bills;
    expect(rest.continuesOn).toBeNull();
    expect(rest.intervals).toHaveLength(10 * 96);
    expect(first.readings.length + rest.readings.length).toBe(quarters.length);
    const [day] = (await trace(invoice.id, { from: '2026-04-07', to: '2026-04-07' })).bills;
    expect(day.intervals).toHaveLength(96);
  });

  it('is for staff of the own tenant', async () => {
    const { customerId } = await setUp(aprilReadings);
    const [invoice] = (await bill(customerId)).invoices;
    expect((await ask(invoice.id, {}, {}, 'other')).status).toBe(404);
    expect((await ask(invoice.id, {}, { permissions: ['portal:*'] })).status).toBe(403);
    expect((await ask('inv_00000000000000000000000000')).status).toBe(404);
    expect((await ask(invoice.id, { from: '2026-04-09', to: '2026-04-01' })).status).toBe(422);
    expect((await ask(invoice.id, { from: 'x' })).status).toBe(400);
  });
});

async function meterOf(customerId: string): Promise<{ meterId: string }> {
  const { suppliesOfCustomer } = await import('../supplies/supply-entity.ts');
  const [supply] = await suppliesOfCustomer(openSession(tenant), customerId);
  return supply!;
}
