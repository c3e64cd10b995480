/** One number is one invoice's. */
import { beforeAll, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, label, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'numbers';
const { addTariff, addSupply, setUp, bill } = meteredCustomers(stack, tenant);
const ends: [string, number][] = [
  ['2026-04-01T00:00', 0],
  ['2026-05-01T00:00', 10],
];
let tariffId: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  tariffId = await addTariff('FLAT', [
    { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '5' }] },
  ]);
});

const numbers = (invoices: any[]): string[] => invoices.map(({ invoiceNumber }) => invoiceNumber);

it('the meter that is billed later, and the second currency, have numbers of their own', async () => {
  const dollars = await addTariff(
    'USD',
    [{ kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '1' }] }],
    { currency: 'USD' },
  );
  const { customerId } = await setUp(ends, { tariff: tariffId });
  await addSupply(customerId, ends, { tariff: dollars });
  const { meterId: late } = await addSupply(customerId, [], { tariff: tariffId });
  const first = await bill(customerId);
  expect(first.invoices).toHaveLength(2);
  expect(first.problems).toMatchObject([{ meterId: late, reason: 'no_readings' }]);
  await stack.read(tenant, late, ends);
  const [second] = (await bill(customerId)).invoices;
  const [base] = numbers(first.invoices);
  expect(base).toMatch(/^\d{10}-20260430$/);
  expect(numbers([...first.invoices, second])).toEqual([base, `${base}-2`, `${base}-3`]);
  // Made anew after it was cancelled, it is not taken for the first.
  const cancel = { body: { reason: 'Wrong' } };
  await stack.call(tenant, handler, 'POST', `/api/billing/invoices/${second.id}/cancel`, cancel);
  expect(numbers((await bill(customerId)).invoices)).toEqual([`${base}-3-R1`]);
});

it('those who bill different meters of one customer at the same time do not give one number twice', async () => {
  const { customerId } = await setUp(ends, { tariff: tariffId });
  await addSupply(customerId, ends, { tariff: tariffId });
  const { openSession } = await import('../../../layers/kernel/data/session.ts');
  const { billCustomer } = await import('./bill-customer.ts');
  const { suppliesOfCustomer } = await import('../supplies/supply-entity.ts');
  const session = openSession(tenant);
  const all = await suppliesOfCustomer(session, customerId);
  const options = {
    ...{ period: april, timeZone: 'Asia/Aden', mayEstimate: false, issueDate: '2026-06-15', dueDays: 14 },
  };
  const made = await Promise.all(
    all.map(({ id }) => billCustomer(session, customerId, { ...options, supplyIds: [id] })),
  );
  const given = numbers(made.flatMap(({ invoices }) => invoices));
  expect(new Set(given).size).toBe(2);
});

it('meters that are connected at the same moment are different ones to the numbers', async () => {
  const { customerId } = await setUp(ends, { tariff: tariffId });
  await Promise.all(Array.from({ length: 4 }, () => addSupply(customerId, [], { tariff: tariffId })));
  const { openSession } = await import('../../../layers/kernel/data/session.ts');
  const { suppliesOfCustomer } = await import('../supplies/supply-entity.ts');
  const places = (await suppliesOfCustomer(openSession(tenant), customerId)).map(({ place }) => place);
  expect(places.sort()).toEqual([1, 2, 3, 4, 5]);
});
