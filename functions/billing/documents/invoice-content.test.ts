import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as meters } from '../../metering/meters/handler.ts';
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

describe('what registers are counted with', () => {
  const exchanged = async (readings: [string, number][], at: string, body: object) => {
    const { customerId, meterId } = await setUp(readings);
    const exchange = { at: new Date(`${at}:00+03:00`).toISOString(), newSerialNumber: `${meterId}-NEW`, ...body };
    if ('newCtRatio' in body) exchange.newSerialNumber = meterId;
    const as = { permissions: ['metering:*'] };
    const path = `/api/billing/meters/${meterId}/exchange`;
    const { status } = await stack.call(tenant, meters, 'POST', path, { body: exchange, as });
    expect(status).toBe(200);
    return { customerId, meterId };
  };
  const printed = async (customerId: string) => {
    const { invoices } = await bill(customerId, april);
    return (await invoiceContent(openSession(tenant), invoices[0])).readings[0]!;
  };

  it('has an exchange between the reading that is printed first and the first day', async () => {
    const before: [string, number][] = [['2026-03-28T00:00', 1000]];
    const final = { finalRegisterKwh: '1010', newInitialRegisterKwh: '5' };
    const { customerId, meterId } = await exchanged(before, '2026-03-30T00:00', final);
    await stack.read(tenant, meterId, [['2026-05-01T00:00', 165]]);
    const { previous, by } = await printed(customerId);
    expect(previous).toMatchObject({ day: '2026-03-28', registerKwh: '1000' });
    expect(by.exchanges).toEqual([{ day: '2026-03-30', isDevice: true, finalKwh: '1010', initialKwh: '5' }]);
  });

  it('tells new transformers from a new device, and multipliers in their order', async () => {
    const final = { finalRegisterKwh: '1045', newInitialRegisterKwh: '1045' };
    const { customerId, meterId } = await exchanged([['2026-04-01T00:00', 1000]], '2026-04-10T00:00', {
      ...{ ...final, newCtRatio: 40, newRegisterScale: 'secondary' },
    });
    await stack.read(tenant, meterId, [['2026-05-01T00:00', 1046]]);
    const { by } = await printed(customerId);
    expect(by).toEqual({
      multipliers: [1, 40],
      exchanges: [{ day: '2026-04-10', isDevice: false, finalKwh: '1045', initialKwh: '1045' }],
    });
  });
});
