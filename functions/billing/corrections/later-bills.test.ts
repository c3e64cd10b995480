/** What a correction of one bill means for those after it: the peak they rest on, and days the customer was not there any more. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { occupancyEntity, supplyEntity } from '../supplies/supply-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { bringReadings, label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { correctMeter } from './correct-meter.ts';
import { handler as corrections } from './handler.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'later';
const { setUp, bill, invoicesOf, addTariff, balance, setEndOfApril } = meteredCustomers(stack, tenant);
const halfOfMay = { from: '2026-05-01', to: '2026-05-16' };
const settle = () => stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 3000 });

beforeAll(() => stack.addTenant(tenant));

const standing = async (customerId: string) =>
  (await invoicesOf(customerId)).map(({ kind, period, totalAmount }) => `${period.from} ${kind} ${totalAmount}`).sort();

describe('a peak that was never there', () => {
  it('is not what later bills rest on', async () => {
    const tariff = await addTariff('RATCHET', [
      { kind: 'demand', code: 'demand', label: label('Demand'), rate: '1', source: 'register', ratchetPercent: '80' },
    ]);
    const peak = (time: string, kwh: number, kw: number): [string, number, object] => [
      `${time}T00:00`,
      kwh,
      { registers: { '1.6.0': String(kw) } },
    ];
    const { customerId, meterId } = await setUp(
      [
        ...[
          peak('2026-04-01', 0, 3),
          peak('2026-04-02', 1, 0),
          peak('2026-04-20', 50, 200),
          peak('2026-05-01', 100, 5),
        ],
        ...[peak('2026-05-20', 150, 6), peak('2026-06-01', 200, 6)],
      ],
      { tariff, meter: { registers: [{ obis: '1.6.0' }] } },
    );
    expect((await bill(customerId)).problems).toEqual([]);
    expect((await bill(customerId, may)).problems).toEqual([]);
    expect(await standing(customerId)).toEqual(['2026-04-01 invoice 200.00', '2026-05-01 invoice 160.00']);
    const body = { meterId, reason: 'Misread', action: 'reject', time: '2026-04-19T21:00:00.000Z', registerKwh: '50' };
    const as = { permissions: ['metering:*'] };
    expect((await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', { body, as })).status).toBe(201);
    await bringReadings(stack);
    await settle();
    expect(await standing(customerId)).toEqual([
      '2026-04-01 difference_note -195.00',
      '2026-04-01 invoice 200.00',
      '2026-05-01 difference_note -154.00',
      '2026-05-01 invoice 160.00',
    ]);
  });
});

describe('an end told of late', () => {
  const monthly: [string, number][] = [
    ['2026-04-01T00:00', 0],
    ['2026-05-01T00:00', 60],
    ['2026-06-01T00:00', 122],
  ];
  const end = async (supplyId: string, to: string) =>
    expect(
      (await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body: { to } })).status,
    ).toBe(200);

  it('gives back what whole bills charged after it, and the part of the one it lies in', async () => {
    const { customerId, supplyId } = await setUp(monthly);
    for (const period of [undefined, halfOfMay, may]) await bill(customerId, period);
    expect(await balance(customerId)).toBe('1210.00');
    await end(supplyId, '2026-04-16');
    await settle();
    // 15 of 30 days: half of the monthly charge and 30 kWh at 5.
    expect(await standing(customerId)).toEqual([
      '2026-04-01 difference_note -300.00',
      '2026-04-01 invoice 600.00',
      '2026-05-01 difference_note -295.16',
      '2026-05-01 invoice 295.16',
      '2026-05-16 difference_note -314.84',
      '2026-05-16 invoice 314.84',
    ]);
    expect(await balance(customerId)).toBe('300.00');
    const refused = { query: { status: 'refused' } };
    expect((await stack.call(tenant, corrections, 'GET', '/api/billing/corrections', refused)).body.data).toEqual([]);
    const [note] = (await invoicesOf(customerId)).filter(({ totalAmount }) => totalAmount === '-295.16');
    const trace = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${note.id}/trace`);
    expect(trace).toMatchObject({ status: 200, body: { data: { bills: [] } } });
    expect((await bill(customerId, may)).invoices).toEqual([]);
  });

  it('leaves the other meters of the invoice as they are', async () => {
    const { customerId, supplyId } = await setUp(monthly);
    const other = `${tenant}-OTHER`;
    await stack.addMeter(tenant, other);
    await stack.read(tenant, other, monthly);
    const tariffId = (await openSession(tenant).require(supplyEntity, { id: supplyId })).tariffId;
    const body = { customerId, meterId: other, tariffId, from: '2026-04-01' };
    expect((await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', { body })).status).toBe(201);
    for (const period of [undefined, may]) await bill(customerId, period);
    await end(supplyId, '2026-05-01');
    await settle();
    expect(await standing(customerId)).toEqual([
      '2026-04-01 invoice 1200.00',
      '2026-05-01 difference_note -610.00',
      '2026-05-01 invoice 1220.00',
    ]);
  });

  it('leaves the bill waiting for the reading that it was estimated without', async () => {
    const { customerId, supplyId, meterId } = await setUp(monthly.slice(0, 2));
    await bill(customerId);
    await bill(customerId, may, { mayEstimate: true });
    await end(supplyId, '2026-05-16');
    await settle();
    expect(await openSession(tenant).require(occupancyEntity, { meterId })).toMatchObject({ awaits: '2026-06-01' });
  });
});

it('a difference is charged once, however many other invoices of the same days there are', async () => {
  const { customerId, meterId } = await setUp([
    ['2026-04-01T00:00', 0],
    ['2026-05-01T00:00', 60],
  ]);
  const [invoice] = (await bill(customerId)).invoices;
  const rebill = async () => {
    const path = `/api/billing/invoices/${invoice.id}/rebill`;
    return (await stack.call(tenant, invoices, 'POST', path, { body: {} })).body.data.note?.totalAmount;
  };
  await setEndOfApril(meterId, 60, 70);
  expect(await rebill()).toBe('50.00');
  // More than a page of them, which all come before the note in the customer's list.
  for (let i = 0; i < 205; i++)
    await oweInvoice(tenant, customerId, '1.00', {
      id: `inv_0${String(i).padStart(25, '0')}`,
      invoiceNumber: `OTHER-${i}`,
    });
  expect(await rebill()).toBeUndefined();
});
