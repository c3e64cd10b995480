/** Energy that is banked stays what was fed in and not used, whatever is corrected and cancelled in which order. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { lateReadingsEntity } from '../corrections/correction-entity.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { label, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'banks';
const { addTariff, setUp, bill, balance, setEndOfApril } = meteredCustomers(stack, tenant);
let tariff: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
  tariff = await addTariff('SUN', [energy], { export: { mode: 'net_energy' } });
});

const post = async (path: string, body: object = {}) =>
  stack.call(tenant, handler, 'POST', `/api/billing/invoices/${path}`, { body });
const cancel = async (id: string) => (await post(`${id}/cancel`, { reason: 'Wrong' })).status;
const rebill = async (id: string) => (await post(`${id}/rebill`)).body.data.note;
const bankOf = async (id: string) => (await openSession(tenant).require(supplyEntity, { id })).exportBank;

/** Takes 30 kWh and feeds 150 in April, takes 50 and feeds 100 in May. */
const sunny = (tariffId = tariff) =>
  setUp(
    [
      ['2026-04-01T00:00', 0, { exportRegisterKwh: '0' }],
      ['2026-05-01T00:00', 30, { exportRegisterKwh: '150' }],
      ['2026-06-01T00:00', 80, { exportRegisterKwh: '250' }],
    ],
    { tariff: tariffId },
  );

it('cancelling May after April was corrected takes back what May put in, and not April’s correction', async () => {
  const { customerId, supplyId, meterId } = await sunny();
  const [first] = (await bill(customerId)).invoices;
  const [second] = (await bill(customerId, may)).invoices;
  expect(await bankOf(supplyId)).toEqual({ all: '170' });
  await setEndOfApril(meterId, 30, 50);
  // April costs nothing either way, but banks 100 and no longer 120.
  await rebill(first.id);
  expect(await bankOf(supplyId)).toEqual({ all: '150' });
  expect(await cancel(second.id)).toBe(200);
  expect(await bankOf(supplyId)).toEqual({ all: '100' });
  // May took 30 after all.
  const [again] = (await bill(customerId, may)).invoices;
  expect(again.bills[0].bill.importKwh).toBe('30');
  expect(await bankOf(supplyId)).toEqual({ all: '170' });
});

it('a note that is cancelled leaves the bank as it was before the note', async () => {
  const { customerId, supplyId, meterId } = await sunny();
  const [first] = (await bill(customerId)).invoices;
  await setEndOfApril(meterId, 30, 50);
  const note = await rebill(first.id);
  expect(note).toMatchObject({ totalAmount: '0.00', kind: 'difference_note' });
  expect(await bankOf(supplyId)).toEqual({ all: '100' });
  expect(await cancel(note.id)).toBe(200);
  expect(await bankOf(supplyId)).toEqual({ all: '120' });
  await rebill(first.id);
  expect(await bankOf(supplyId)).toEqual({ all: '100' });
  expect(await rebill(first.id)).toBeNull();
});

it('of the year is settled by one bill, which follows when an earlier one banks otherwise', async () => {
  const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
  const yearly = await addTariff('YEARLY', [energy], {
    export: { mode: 'net_energy', settlementRate: '2', settledIn: 5 },
  });
  const { customerId, supplyId, meterId } = await sunny(yearly);
  const [first] = (await bill(customerId)).invoices;
  expect(await bankOf(supplyId)).toEqual({ all: '120' });
  const [second] = (await bill(customerId, may)).invoices;
  const settlementOf = ({ bills }: any) => bills[0].bill.lines.at(-1);
  // 150 − 30 and 100 − 50 at 2.
  expect(settlementOf(second)).toMatchObject({
    ...{ code: 'export_settlement', quantity: '170', amount: '-340.00' },
    explanation: { en: '170 kWh fed in and not used by 2026-05-31, at 2 each' },
  });
  expect(await bankOf(supplyId)).toEqual({});
  expect(await rebill(second.id)).toBeNull();
  await setEndOfApril(meterId, 30, 50);
  const mays: string[] = [];
  const remake = async (difference: string) => {
    const { id, totalAmount } = await rebill(second.id);
    expect(totalAmount).toBe(difference);
    mays.push(id);
  };
  // May is made anew before April: it took 30, and finds the 120 yet.
  await remake('-40.00');
  const note = await rebill(first.id);
  expect(note.totalAmount).toBe('0.00');
  expect(await openSession(tenant).require(lateReadingsEntity, { meterId })).toMatchObject({
    causes: expect.arrayContaining(['earlier_bill']),
    toMs: Date.parse('2026-05-31T21:00:00Z') - 1,
  });
  await remake('40.00');
  expect(await balance(customerId)).toBe('-340.00');
  expect(await bankOf(supplyId)).toEqual({});
  // So it is when April's note is cancelled, and made again.
  expect(await cancel(note.id)).toBe(200);
  await remake('-40.00');
  await rebill(first.id);
  await remake('40.00');
  for (const id of [...mays.reverse(), second.id]) expect(await cancel(id)).toBe(200);
  expect(await bankOf(supplyId)).toEqual({ all: '100' });
  const [again] = (await bill(customerId, may)).invoices;
  expect(settlementOf(again).quantity).toBe('170');
  expect(await balance(customerId)).toBe('-340.00');
});

it('is paid out with the end of the supply, whose bill follows when an earlier one banks otherwise', async () => {
  const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] };
  const paid = await addTariff('PAID', [energy], { export: { mode: 'net_energy', settlementRate: '2' } });
  const { customerId, supplyId, meterId } = await sunny(paid);
  const [first] = (await bill(customerId)).invoices;
  const end = await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, {
    body: { to: may.to },
  });
  expect(end.status).toBe(200);
  const [second] = (await bill(customerId, may)).invoices;
  await setEndOfApril(meterId, 30, 50);
  expect((await rebill(first.id)).totalAmount).toBe('0.00');
  // 20 less of April, and 20 more of May, which took 30.
  expect(await rebill(second.id)).toBeNull();
  expect(await balance(customerId)).toBe('-340.00');
});

it('the tenth note is newer than the ninth', async () => {
  const { customerId, supplyId, meterId } = await sunny();
  const [first] = (await bill(customerId)).invoices;
  for (let number = 1; number <= 11; number++) {
    await setEndOfApril(meterId, 30, 30 + number);
    expect((await rebill(first.id)).invoiceNumber).toBe(`${first.invoiceNumber}-D${number}`);
    expect(await bankOf(supplyId)).toEqual({ all: String(120 - number) });
  }
});

it('notes are cancelled from the newest on, also while another is made', async () => {
  const plain = await addTariff('PLAIN', [
    { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] },
  ]);
  const scene = async () => {
    const made = await setUp(
      [
        ['2026-04-01T00:00', 0],
        ['2026-05-01T00:00', 30],
      ],
      { tariff: plain },
    );
    const [invoice] = (await bill(made.customerId)).invoices;
    await setEndOfApril(made.meterId, 30, 50);
    const note = await rebill(invoice.id);
    await setEndOfApril(made.meterId, 30, 40);
    return { ...made, invoice, note };
  };
  const { customerId, invoice, note } = await scene();
  watch.reset();
  expect((await rebill(invoice.id)).totalAmount).toBe('-50.00');
  const { calls } = watch.counts();
  expect(await cancel(note.id)).toBe(409);
  expect(await balance(customerId)).toBe('200.00');
  for (let number = 1; number <= calls; number++) {
    const raced = await scene();
    watch.reset();
    watch.interruptCall(number, async () => {
      expect(await cancel(raced.note.id)).toBe(200);
    });
    await rebill(raced.invoice.id);
    expect(watch.hasStruck()).toBe(true);
    // 40 kWh at 5, whoever was first.
    expect(await balance(raced.customerId), `call ${number}`).toBe('200.00');
  }
}, 90_000);

it('a bill older than what is remembered is not made anew with a bank of another time', async () => {
  const readings = Array.from({ length: 15 }, (_, i): [string, number, object] => [
    `${addDays('2026-04-01', i)}T00:00`,
    2 * i,
    { exportRegisterKwh: String(5 * i) },
  ]);
  const { customerId, supplyId } = await setUp(readings, { tariff });
  const days = Array.from({ length: 14 }, (_, i) => ({
    from: addDays('2026-04-01', i),
    to: addDays('2026-04-01', i + 1),
  }));
  const made = [];
  for (const day of days) made.push((await bill(customerId, day)).invoices[0]);
  expect(await bankOf(supplyId)).toEqual({ all: '42' });
  expect(await post(`${made[0].id}/rebill`)).toMatchObject({ status: 422 });
  expect(await rebill(made[5].id)).toBeNull();
  for (const { id } of made.slice(2).reverse()) expect(await cancel(id)).toBe(200);
  expect(await bankOf(supplyId)).toEqual({ all: '6' });
  expect(await cancel(made[1].id)).toBe(409);
  for (const day of days.slice(2)) await bill(customerId, day);
  expect(await bankOf(supplyId)).toEqual({ all: '42' });
});
