/** Late readings of one meter among many on an invoice: its bill is made anew, and the others wait for their own readings. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { aprilReadings, bringReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { correctInvoice } from './correct-invoice.ts';
import { correctMeter } from './correct-meter.ts';
import { handler } from './handler.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'many-meters';
const { setUp, addSupply, bill, invoicesOf, balance } = meteredCustomers(stack, tenant);
/** Nothing at the end of April: it is taken from the days around. */
const readings: [string, number][] = [...aprilReadings.slice(0, 30), ['2026-05-02T00:00', 1155]];

beforeAll(() => stack.addTenant(tenant));

const settle = () => stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
const notes = async (customerId: string) =>
  (await invoicesOf(customerId))
    .filter(({ kind }) => kind === 'difference_note')
    .map(({ totalAmount, bills }) => `${totalAmount} of ${bills.length}`)
    .sort();
const call = (method: string, path: string, options: object = {}) =>
  stack.call(tenant, handler, method, `/api/billing/corrections${path}`, options);
const correctionsOf = async (invoiceId: string): Promise<any[]> =>
  (await call('GET', '', { query: { invoiceId } })).body.data;
const apply = (id: string) => call('POST', `/${id}/apply`);
const edit = async (meterId: string, change: object) => {
  const { status, text } = await stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', {
    body: { meterId, reason: 'Photo', time: '2026-04-30T21:00:00.000Z', ...change },
    as: { permissions: ['metering:*'] },
  });
  expect(status, text).toBe(201);
};
const lower = (meterId: string) => edit(meterId, { action: 'correct', registerKwh: '1150', newRegisterKwh: '1140' });

const few = aprilReadings.filter((_, i) => i % 15 === 0);

/** A bill of 2400 over two meters, of which some were edited down by 10 kWh, 80, and wait for a person. */
async function proposed(edited: 1 | 2) {
  const { customerId, meterId } = await setUp(few);
  const meters = [meterId, (await addSupply(customerId, few)).meterId];
  const [{ id }] = (await bill(customerId)).invoices;
  const session = openSession(tenant);
  const invoice = await session.require(invoiceEntity, { id });
  for (const each of meters.slice(0, edited)) {
    await lower(each);
    const settings = { mode: 'propose', windowMinutes: 3, dueDays: 14 } as const;
    await correctInvoice(session, invoice, each, ['edited_reading'], settings);
  }
  return { customerId, meters, invoiceId: id as string };
}

it('are charged by a note of that meter alone', async () => {
  const { customerId, meterId } = await setUp(readings);
  const other = await addSupply(customerId, readings);
  expect((await bill(customerId)).invoices).toMatchObject([{ totalAmount: '2400.00' }]);
  await bringReadings(stack);
  await settle();
  await stack.read(tenant, meterId, [['2026-05-01T00:00', 1152]]);
  await bringReadings(stack);
  // Nobody has told of this one yet.
  await stack.read(tenant, other.meterId, [['2026-05-01T00:00', 1151]]);
  await settle();
  expect(await notes(customerId)).toEqual(['16.00 of 2']);
  const [note] = (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note');
  const { body } = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${note.id}/trace`);
  // The other's bill stands on what was known when it was made, though more had come by the time of the note.
  expect(body.data.bills).toMatchObject([{ agrees: true }, { agrees: true }]);
  await bringReadings(stack);
  await settle();
  expect(await notes(customerId)).toEqual(['16.00 of 2', '8.00 of 2']);
});

it('are proposed, applied and dismissed meter by meter', async () => {
  const { customerId, meters, invoiceId } = await proposed(2);
  const both = await correctionsOf(invoiceId);
  expect(both.map(({ meterId, status, amount }) => [meterId, status, amount])).toEqual(
    meters.map((meterId) => [meterId, 'proposed', '-80.00']),
  );
  expect((await apply(both[0].id)).body.data).toMatchObject({
    status: 'applied',
    amount: '-80.00',
    meterId: meters[0],
  });
  // Of the other nothing was charged or credited with it.
  expect(await notes(customerId)).toEqual(['-80.00 of 2']);
  expect((await call('POST', `/${both[1].id}/dismiss`, { body: { reason: 'Agreed' } })).status).toBe(200);
  expect(await balance(customerId)).toBe('2320.00');
  const open = (await call('GET', '', { query: { status: 'proposed' } })).body.data;
  expect(open.filter((each: any) => each.invoiceId === invoiceId)).toEqual([]);
});

it('that make bills too long for a note wait for a person, with the way out', async () => {
  const { meters, invoiceId } = await proposed(1);
  const session = openSession(tenant);
  const invoice = await session.require(invoiceEntity, { id: invoiceId });
  // The row itself is what DynamoDB still takes.
  const bills = invoice.bills.map((each) =>
    each.meterId === meters[0] ? each : { ...each, findings: ['x'.repeat(392_000)] },
  );
  const long = await session.transact('billing', (unit) => unit.update(invoiceEntity, invoice, { bills }));
  await correctInvoice(session, long, meters[0]!, ['edited_reading'], {
    mode: 'automatic',
    windowMinutes: 3,
    dueDays: 14,
  });
  const [correction] = await correctionsOf(invoiceId);
  expect(correction).toMatchObject({ status: 'refused', reason: expect.stringContaining('cancel the invoice') });
});

it('of a meter that cannot be billed hold up no other', async () => {
  const { customerId, meters, invoiceId } = await proposed(2);
  for (const mode of ['propose', 'automatic']) {
    await call('PUT', '/settings', { body: { mode } });
    if (mode === 'propose') await edit(meters[0]!, { action: 'reject', registerKwh: '1150' });
    else await edit(meters[1]!, { action: 'restore', registerKwh: '1150' });
    await bringReadings(stack);
    await settle();
    const [broken, sound] = await correctionsOf(invoiceId);
    expect(broken, mode).toMatchObject({ status: 'refused', meterId: meters[0] });
    if (mode === 'propose')
      expect((await apply(sound.id)).body.data).toMatchObject({ status: 'applied', amount: '-80.00' });
    expect((await apply(broken.id)).status, mode).toBe(422);
  }
  expect(await notes(customerId)).toEqual(['-80.00 of 2', '80.00 of 2']);
  expect(await balance(customerId)).toBe('2400.00');
});

it('are credited once each, whoever applies the other, the same, or dismisses it in between', async () => {
  const scene = await proposed(2);
  const [first] = await correctionsOf(scene.invoiceId);
  watch.reset();
  await apply(first.id);
  const { calls } = watch.counts();
  expect(calls).toBeGreaterThan(8);
  // Every third call, each with one of the three: what is tried at a call differs, and all three come early and late.
  for (let number = 2, round = 0; number <= calls; number += 3, round++) {
    const what = ['other', 'same', 'dismiss'][round % 3]!;
    const { customerId, invoiceId } = await proposed(2);
    const [one, two] = await correctionsOf(invoiceId);
    let answer: { status: number } | undefined;
    watch.reset();
    watch.interruptCall(number, async () => {
      if (what === 'dismiss') answer = await call('POST', `/${one.id}/dismiss`, { body: { reason: 'Agreed' } });
      else answer = await apply(what === 'other' ? two.id : one.id);
    });
    const { status } = await apply(one.id);
    watch.reset();
    const said = `${what} at ${number} of ${calls}`;
    const credited = (await correctionsOf(invoiceId)).filter((each) => each.status === 'applied').length;
    expect(await notes(customerId), said).toEqual(new Array(credited).fill('-80.00 of 2'));
    expect(await balance(customerId), said).toBe(`${2400 - 80 * credited}.00`);
    if (what === 'other') expect([status, answer?.status, credited], said).toEqual([200, 200, 2]);
    // Of two who decide the same, one is told that it is decided.
    else if (number < calls) expect([status, answer?.status].sort(), said).toEqual([200, 409]);
  }
}, 120_000);

it('are found though the customer had days of another meter billed with it that were long past', async () => {
  const { customerId, meterId } = await setUp(few);
  const old: [string, number][] = [
    ['2025-01-01T00:00', 10],
    ['2025-01-11T00:00', 60],
  ];
  const { supplyId } = await addSupply(customerId, old, { from: '2025-01-01' });
  const body = { to: '2025-01-11' };
  expect((await stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body })).status).toBe(
    200,
  );
  const made = (await bill(customerId)).invoices;
  expect(made.flatMap(({ bills }: { bills: object[] }) => bills)).toHaveLength(2);
  await bringReadings(stack);
  await settle();
  await lower(meterId);
  await bringReadings(stack);
  await settle();
  // 10 kWh less at 8.
  expect((await notes(customerId)).map((note) => note.split(' ')[0])).toEqual(['-80.00']);
});
