import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { invoiceContent } from './invoice-content.ts';

const stack = useBillingStack();
const tenant = 'content';
const { setUp, addSupply, bill } = meteredCustomers(stack, tenant);

beforeAll(() => stack.addTenant(tenant));

it('the chart has the months of the invoice’s own meters, whatever other invoices the customer has of them', async () => {
  const upTo = (kwh: number): [string, number][] => [
    ['2026-04-01T00:00', 0],
    ['2026-05-01T00:00', kwh],
    ['2026-06-01T00:00', 3 * kwh],
  ];
  const { customerId } = await setUp(upTo(10), { supply: { invoiceGroup: 'North' } });
  for (const group of ['East', 'South', 'West'])
    await addSupply(customerId, upTo(100), { supply: { invoiceGroup: group } });
  await bill(customerId, april);
  const { invoices } = await bill(customerId, may);
  const north = invoices.find(({ group }: { group: string }) => group === 'North');
  const { months } = await invoiceContent(openSession(tenant), north);
  expect(months).toMatchObject([
    { from: '2026-04-01', kwh: '10', isThis: false },
    { from: '2026-05-01', kwh: '20', isThis: true },
  ]);
});
