/** A late reading reads the invoices of its days, and not those of the year before, which may be long and many. */
import { beforeAll, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { aprilReadings, bringReadings, meteredCustomers } from '../test-support/metered-customers.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { correctMeter } from './correct-meter.ts';
import { correctionQueue } from './note-late-readings.ts';

const stack = useBillingStack();
const tenant = 'costs';
const { setUp, bill, invoicesOf } = meteredCustomers(stack, tenant);

beforeAll(() => stack.addTenant(tenant));

/** Read units of putting an invoice right, of a customer with so many invoices before. */
async function costOf(before: number): Promise<number> {
  const { customerId, meterId } = await setUp([...aprilReadings.slice(0, 30), ['2026-05-02T00:00', 1155]]);
  for (let i = 0; i < before; i++)
    await oweInvoice(tenant, customerId, '10.00', { period: { from: '2025-06-01', to: '2025-07-01' } });
  await bill(customerId);
  await bringReadings(stack);
  const settle = () => stack.workOff(correctionQueue, (body) => correctMeter(JSON.parse(body)), { seconds: 1000 });
  await settle();
  await stack.read(tenant, meterId, [['2026-05-01T00:00', 1152]]);
  await bringReadings(stack);
  const { meter } = stack.tables.dynamodb;
  const units = () => meter.bill().lines.find(({ key }) => key.includes('readRequestUnit'))!.units;
  const start = units();
  await settle();
  const cost = units() - start;
  const made = await invoicesOf(customerId);
  expect(made.filter(({ kind }) => kind === 'difference_note')).toMatchObject([{ totalAmount: '16.00' }]);
  return cost;
}

it('costs the same however many there were', async () => {
  await costOf(0);
  // Their places in the customer's list are read, a few units in all.
  expect((await costOf(40)) - (await costOf(0))).toBeLessThan(5);
});
