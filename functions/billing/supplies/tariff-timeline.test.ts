/** A supply that changes its tariff: which days each holds, and what the bill over the change is. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { handler as meters } from '../../metering/meters/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { aprilReadings, label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';
import { changeTariff, type TariffTimeline, tariffsHeld, versionsAlong, withHeld } from './tariff-timeline.ts';

const stack = useBillingStack();
const tenant = 'timeline';
const { addTariff, setUp, bill, invoicesOf } = meteredCustomers(stack, tenant);
let shop: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  shop = await addTariff('SHOP', [
    { kind: 'fixed', code: 'service', label: label('Service'), amount: '600' },
    { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '10' }] },
  ]);
});

const change = (supplyId: string, body: object) =>
  stack.call(tenant, handler, 'PUT', `/api/billing/supplies/${supplyId}`, { body });

describe('a bill over a change of tariff', () => {
  it('prices each part of the month by its own tariff, with its share of charges and blocks', async () => {
    const { customerId, supplyId } = await setUp(aprilReadings);
    const { body } = await change(supplyId, { tariffId: shop, tariffFrom: '2026-04-16' });
    expect(body.data.tariffsBefore).toEqual([{ tariffId: expect.any(String), until: '2026-04-16' }]);
    const [invoice] = (await bill(customerId)).invoices;
    // Half a month and 75 kWh each: 150 + 50 × 5 + 25 × 8 = 600, and 300 + 75 × 10 = 1050.
    expect(invoice.totalAmount).toBe('1650.00');
    expect(invoice.bills[0]).toMatchObject({ tariffId: shop, tariffsBefore: [{ until: '2026-04-16' }] });
    const trace = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${invoice.id}/trace`);
    expect(trace.body.data.bills[0].agrees).toBe(true);
  });

  it('holds for days that no bill covers yet, where no day is said; bills made anew keep their own', async () => {
    const { customerId, supplyId } = await setUp([...aprilReadings, ['2026-06-01T00:00', 1250]]);
    const [april] = (await bill(customerId)).invoices;
    await change(supplyId, { tariffId: shop });
    const rebill = await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${april.id}/rebill`, {
      body: { reason: 'Asked for.' },
    });
    expect(rebill.status).toBeLessThan(300);
    expect((await bill(customerId, may)).invoices[0]).toMatchObject({ totalAmount: '1600.00' });
    expect((await invoicesOf(customerId)).map(({ totalAmount }) => totalAmount).sort()).toEqual(['1200.00', '1600.00']);
  });

  it('that was noticed late is put right by making the bill anew', async () => {
    const { customerId, supplyId } = await setUp(aprilReadings);
    const [april] = (await bill(customerId)).invoices;
    await change(supplyId, { tariffId: shop, tariffFrom: '2026-04-16' });
    const path = `/api/billing/invoices/${april.id}/rebill`;
    await stack.call(tenant, invoices, 'POST', path, { body: { reason: 'A shop since the 16th.' } });
    const notes = (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note');
    expect(notes.map(({ totalAmount }) => totalAmount)).toEqual(['450.00']);
  });

  it('is announced ahead without touching the days before', async () => {
    const { customerId, supplyId } = await setUp(aprilReadings);
    await change(supplyId, { tariffId: shop, tariffFrom: '2026-05-01' });
    const [april] = (await bill(customerId)).invoices;
    expect(april).toMatchObject({ totalAmount: '1200.00' });
    expect(april.bills[0].tariffId).not.toBe(shop);
    expect(april.bills[0]).not.toHaveProperty('tariffsBefore');
  });

  it('holds from the day of the move in, on the last day alone, and not after', async () => {
    const first = await setUp(aprilReadings);
    expect(
      (await change(first.supplyId, { tariffId: shop, tariffFrom: '2026-04-01' })).body.data.tariffsBefore,
    ).toEqual([]);
    // 600 and 150 kWh at 10.
    expect((await bill(first.customerId)).invoices).toMatchObject([{ totalAmount: '2100.00' }]);
    const last = await setUp(aprilReadings);
    const path = `/api/billing/supplies/${last.supplyId}/end`;
    await stack.call(tenant, handler, 'POST', path, { body: { to: '2026-04-16' } });
    expect(await change(last.supplyId, { tariffId: shop, tariffFrom: '2026-04-16' })).toMatchObject({ status: 422 });
    expect(await change(last.supplyId, { tariffId: shop, tariffFrom: '2026-04-15' })).toMatchObject({ status: 200 });
    // 140, 46.667 kWh at 5 and 23.333 at 8 are 560; a day of 600 a month and 5 kWh at 10 are 70.
    expect((await bill(last.customerId)).invoices).toMatchObject([{ totalAmount: '630.00' }]);
  });

  it('on the day that the meter is exchanged takes each half from its own device', async () => {
    const half = aprilReadings.slice(0, 15);
    const { customerId, supplyId, meterId } = await setUp(half);
    const body = { at: '2026-04-15T21:00:00.000Z', finalRegisterKwh: '1075', newSerialNumber: `NEW-${meterId}` };
    const exchanged = await stack.call(tenant, meters, 'POST', `/api/billing/meters/${meterId}/exchange`, {
      body,
      as: { permissions: ['metering:*'] },
    });
    expect(exchanged.status).toBe(200);
    await stack.read(tenant, meterId, [
      ['2026-04-16T00:00', 0],
      ['2026-05-01T00:00', 75],
    ]);
    await change(supplyId, { tariffId: shop, tariffFrom: '2026-04-16' });
    expect((await bill(customerId)).invoices).toMatchObject([{ totalAmount: '1650.00' }]);
  });

  it('is refused on days the supply is not held, and for prepaid supplies', async () => {
    const { supplyId } = await setUp([]);
    expect(await change(supplyId, { tariffId: shop, tariffFrom: '2026-03-31' })).toMatchObject({ status: 422 });
    const prepaid = await setUp([], { supply: { mode: 'prepaid' } });
    expect(await change(prepaid.supplyId, { tariffId: shop, tariffFrom: '2026-04-20' })).toMatchObject({ status: 422 });
    expect((await change(prepaid.supplyId, { tariffId: shop })).body.data).toMatchObject({ tariffId: shop });
  });
});

const began = '2026-01-01';
const day = (n: number): string => addDays(began, n);
const version = (from: string, currency: string) => ({ from, currency }) as never;

/** The tariff that held on a day, looked up without cutting anything. */
function heldOn({ tariffId, tariffsBefore = [] }: TariffTimeline, date: string): string {
  return tariffsBefore.find(({ until }) => date < until)?.tariffId ?? tariffId;
}

it('changes in any order leave each day with the tariff that was said of it last', async () => {
  const changes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 30 })), { maxLength: 8 });
  const property = fc.asyncProperty(
    changes,
    fc.nat(20),
    fc.integer({ min: 1, max: 10 }),
    async (said, first, length) => {
      let timeline: TariffTimeline = { tariffId: 'a' };
      const expected = new Array<string>(31).fill('a');
      for (const [tariff, at] of said) {
        timeline = changeTariff({ ...timeline, from: began }, tariff, day(at));
        expected.fill(tariff, at);
      }
      expect(expected.map((_, n) => heldOn(timeline, day(n)))).toEqual(expected);
      // Days that were charged by others keep those, and the days around them theirs.
      const charged = { tariffId: 'y', tariffsBefore: [{ tariffId: 'x', until: day(first + 1) }] };
      const mixed = withHeld({ ...timeline, from: began }, { from: day(first), to: day(first + length + 1) }, charged);
      const others = expected.with(first, 'x').fill('y', first + 1, first + length + 1);
      expect(others.map((_, n) => heldOn(mixed, day(n)))).toEqual(others);
      // Versions along the days of a bill: each day in exactly one, of the right tariff.
      const days = { from: day(first), to: day(first + length) };
      const published = async (id: string) => [version('2020-01-01', id), version(day(15), id)];
      const versions = await versionsAlong(tariffsHeld(timeline, days), days, published);
      expect(versions.every(({ from, to = '9' }) => from < days.to && to > days.from)).toBe(true);
      for (let n = first; n < first + length; n++) {
        const inForce = versions.filter(({ from, to }, i) => {
          const ends = to ?? versions[i + 1]?.from;
          return from <= day(n) && (ends === undefined || day(n) < ends);
        });
        expect(inForce.map(({ currency }) => currency)).toEqual([expected[n]]);
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
