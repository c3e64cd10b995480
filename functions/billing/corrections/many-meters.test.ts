/** Late readings of one meter among many on an invoice: its bill is made anew, and the others wait for their own readings. */
import { beforeAll, expect, it } from 'vitest';
import { handler as invoices } from '../invoices/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { aprilReadings, bringReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'many-meters';
const { setUp, addSupply, bill, invoicesOf } = meteredCustomers(stack, tenant);
/** Nothing at the end of April: it is taken from the days around. */
const readings: [string, number][] = [...aprilReadings.slice(0, 30), ['2026-05-02T00:00', 1155]];

beforeAll(() => stack.addTenant(tenant));

it('are charged by a note of that meter alone', async () => {
  const { customerId, meterId } = await setUp(readings);
  const other = await addSupply(customerId, readings);
  expect((await bill(customerId)).invoices).toMatchObject([{ totalAmount: '2400.00' }]);
  await bringReadings(stack);
  const settle = () => stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
  await settle();
  const notes = async () =>
    (await invoicesOf(customerId))
      .filter(({ kind }) => kind === 'difference_note')
      .map(({ totalAmount, bills }) => `${totalAmount} of ${bills.length}`)
      .sort();
  await stack.read(tenant, meterId, [['2026-05-01T00:00', 1152]]);
  await bringReadings(stack);
  // Nobody has told of this one yet.
  await stack.read(tenant, other.meterId, [['2026-05-01T00:00', 1151]]);
  await settle();
  expect(await notes()).toEqual(['16.00 of 2']);
  const [note] = (await invoicesOf(customerId)).filter(({ kind }) => kind === 'difference_note');
  const { body } = await stack.call(tenant, invoices, 'GET', `/api/billing/invoices/${note.id}/trace`);
  // The other's bill stands on what was known when it was made, though more had come by the time of the note.
  expect(body.data.bills).toMatchObject([{ agrees: true }, { agrees: true }]);
  await bringReadings(stack);
  await settle();
  expect(await notes()).toEqual(['16.00 of 2', '8.00 of 2']);
});
