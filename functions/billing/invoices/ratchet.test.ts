/** A ratchet rests on what was measured in the eleven months before, never on what a ratchet or a contract billed. */
import { beforeAll, expect, it } from 'vitest';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { label, meteredCustomers } from '../test-support/metered-customers.ts';

const stack = useBillingStack();
const tenant = 'ratchet';
const { addTariff, setUp, bill } = meteredCustomers(stack, tenant);
let tariffs = 0;
beforeAll(() => stack.addTenant(tenant));

const firstOf = (month: number): string => new Date(Date.UTC(2025, 3 + month, 1)).toISOString().slice(0, 10);
/** Months from May 2025 on: the register of demand is reset on the second day and has its highest value on the twentieth. */
const readings = (peaks: number[], obis: string): [string, number, object][] =>
  peaks.flatMap((kw, i): [string, number, object][] => {
    const [day, kwh] = [firstOf(i + 1), 100 * i];
    const at = (date: string, more: number, value: number): [string, number, object] => [
      `${date}T00:00`,
      kwh + more,
      { registers: { [obis]: String(value) } },
    ];
    return [
      ...(i === 0 ? [at(day, 0, 3)] : []),
      at(`${day.slice(0, 8)}02`, 1, 0),
      at(`${day.slice(0, 8)}20`, 50, kw),
      at(firstOf(i + 2), 100, kw),
    ];
  });

const ratcheted = (more: object = {}) =>
  addTariff(`T${tariffs++}`, [
    {
      ...{ kind: 'demand', code: 'demand', label: label('Demand'), rate: '1', source: 'register' },
      ...{ ratchetPercent: '80', ...more },
    },
  ]);
const connect = (peaks: number[], tariff: string, supply: object = {}, obis = '1.6.0') =>
  setUp(readings(peaks, obis), { from: firstOf(1), tariff, meter: { registers: [{ obis }] }, supply });

/** Bills up to the first of each of these months, and says which demand. */
async function billed(
  customerId: string,
  months: number[],
  of: 'demandKw' | 'demandKva' = 'demandKw',
): Promise<string[]> {
  const demands = [];
  for (const to of months) {
    const { invoices, problems } = await bill(customerId, { from: firstOf(1), to: firstOf(to) });
    expect(problems).toEqual([]);
    demands.push(invoices[0].bills[0].bill[of]);
  }
  return demands;
}

const quiet = new Array<number>(12).fill(5);

it('a peak counts for eleven months, and then not any more', async () => {
  const { customerId } = await connect([20, ...quiet], await ratcheted());
  const months = Array.from({ length: 13 }, (_, i) => i + 2);
  expect(await billed(customerId, months)).toEqual(['20', ...new Array<string>(11).fill('16'), '5']);
});

it('a peak counts for eleven months of longer bills, too, and so does one of apparent power', async () => {
  const { customerId } = await connect([20, ...quiet], await ratcheted({ unit: 'kVA' }), {}, '9.6.0');
  expect(await billed(customerId, [2, 5, 9, 13, 14], 'demandKva')).toEqual(['20', '16', '16', '16', '5']);
});

it('the share of a contract that was billed is no peak', async () => {
  const [contract, plain] = [await ratcheted({ contractedPercent: '50' }), await ratcheted()];
  const { customerId, supplyId } = await connect([5, 5, 5], contract, { contractedKw: '40' });
  expect(await billed(customerId, [2, 3])).toEqual(['20', '20']);
  const change = { body: { tariffId: plain } };
  expect((await stack.call(tenant, supplies, 'PUT', `/api/billing/supplies/${supplyId}`, change)).status).toBe(200);
  expect(await billed(customerId, [4])).toEqual(['5']);
});
