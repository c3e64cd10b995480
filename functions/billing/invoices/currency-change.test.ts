/** A tariff of another currency from a day on: the days before and after are invoices of their own, each day in one of them. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as customers } from '../customers/handler.ts';
import { billPage } from '../runs/bill-page.ts';
import { billingQueue } from '../runs/start-run.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import {
  april,
  aprilReadings,
  label,
  may,
  meteredCustomers,
  usualComponents,
} from '../test-support/metered-customers.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { handler } from './handler.ts';
import { rebillInvoice } from './rebill-invoice.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'currencies';
const { addTariff, setUp, bill, invoicesOf } = meteredCustomers(stack, tenant);
const energy = { kind: 'energy', code: 'energy', label: label('Energy'), blocks: [{ rate: '0.1' }] };
let dollars: string;

beforeAll(async () => {
  await stack.addTenant(tenant);
  dollars = await addTariff('USD', [energy], { currency: 'USD' });
});

const change = async (supplyId: string, tariffFrom: string, tariffId = dollars) => {
  const answer = await stack.call(tenant, supplies, 'PUT', `/api/billing/supplies/${supplyId}`, {
    body: { tariffId, tariffFrom },
  });
  expect(answer.status).toBe(200);
};
const post = (path: string, body: object = {}) =>
  stack.call(tenant, handler, 'POST', `/api/billing/invoices/${path}`, { body });
const said = (made: any[]) =>
  made.map(({ period: { from, to }, totalAmount, currency }) => `${from} ${to} ${totalAmount} ${currency}`).sort();
const balances = async (customerId: string): Promise<string[]> => {
  const { body } = await stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/balance`);
  return body.data.map(({ balance, currency }: any) => `${balance} ${currency}`).sort();
};
/** Half of 300, 50 kWh at 5 and 25 at 8; then 75 kWh at 10 cents. */
const bothParts = ['2026-04-01 2026-04-16 600.00 YER', '2026-04-16 2026-05-01 7.50 USD'];

it('makes two invoices of a period, each in its currency, also asked for by two at once', async () => {
  const { customerId, supplyId } = await setUp(aprilReadings);
  await change(supplyId, '2026-04-16');
  const answers = await Promise.all([bill(customerId), bill(customerId)]);
  expect(answers.flatMap(({ problems }) => problems)).toEqual([]);
  const made = await invoicesOf(customerId);
  expect(said(made)).toEqual(bothParts);
  expect(new Set(made.map(({ invoiceNumber }) => invoiceNumber)).size).toBe(2);
  expect(await balances(customerId)).toEqual(['600.00 YER', '7.50 USD']);
  for (const { id } of made) expect((await post(`${id}/rebill`)).body.data.note).toBeNull();
  for (const { id } of made) {
    const trace = await stack.call(tenant, handler, 'GET', `/api/billing/invoices/${id}/trace`);
    expect(trace.body.data.bills[0].agrees).toBe(true);
  }
});

it('bills the days after where a run broke down at any of its writes', async () => {
  for (const number of [1, 2, 3])
    for (const how of ['refused', 'lost'] as const) {
      const routeId = `BROKEN-${number}-${how}`;
      const { customerId, supplyId } = await setUp(aprilReadings, { customer: { routeId } });
      await change(supplyId, '2026-04-16');
      const { run } = (await post('generate', { period: april, routeId })).body.data;
      watch.reset();
      watch.breakChange(number, how);
      await stack.workOff(billingQueue, (body) =>
        billPage(JSON.parse(body)).catch(() => {
          watch.reset();
          return billPage(JSON.parse(body));
        }),
      );
      const progress = await stack.call(tenant, handler, 'GET', `/api/billing/invoices/runs/${run.id}`);
      expect(progress.body.data, routeId).toMatchObject({ status: 'completed', invoices: 2, problems: 0 });
      expect(said(await invoicesOf(customerId)), routeId).toEqual(bothParts);
    }
});

it('by a new version of the same tariff is billed alike', async () => {
  const tariff = await addTariff('NEW-MONEY');
  const { customerId } = await setUp(aprilReadings, { tariff });
  const body = { from: '2026-04-16', currency: 'USD', components: [energy] };
  await stack.call(tenant, tariffs, 'POST', `/api/billing/tariffs/${tariff}/versions`, { body });
  await bill(customerId);
  expect(said(await invoicesOf(customerId))).toEqual(bothParts);
});

it('that is told of late asks for the invoice to be cancelled, and then bills its days in both', async () => {
  const { customerId, supplyId } = await setUp(aprilReadings);
  const [whole] = (await bill(customerId)).invoices;
  await change(supplyId, '2026-04-16');
  expect(await post(`${whole.id}/rebill`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect((await post(`${whole.id}/cancel`, { reason: 'In dollars since the 16th' })).status).toBe(200);
  await bill(customerId);
  expect(await balances(customerId)).toEqual(['600.00 YER', '7.50 USD']);
});

it('charges a month that is not prorated, and a fee for a bill, once', async () => {
  const components = [
    ...usualComponents.slice(0, 1),
    { kind: 'fixed', code: 'fee', label: label('Fee'), amount: '50', per: 'bill' },
  ];
  const more = { proration: 'none' };
  const [first, second] = [
    await addTariff('MONTH', components, more),
    await addTariff('MONTH-USD', components, { ...more, currency: 'USD' }),
  ];
  const { customerId, supplyId } = await setUp(aprilReadings, { tariff: first });
  await change(supplyId, '2026-04-16', second);
  const { invoices } = await bill(customerId);
  expect(said(invoices)).toEqual(['2026-04-01 2026-04-16 200.00 YER', '2026-04-16 2026-05-01 150.00 USD']);
  for (const { id } of invoices) {
    expect((await post(`${id}/rebill`)).body.data.note).toBeNull();
    // As late readings make it anew, at the prices charged last.
    const kept = { dueDays: 14, mayEstimate: false, keepTariff: true };
    expect((await rebillInvoice(openSession(tenant), id, kept)).note).toBeUndefined();
  }
});

it('shares one month that is not prorated also where the bill begins before the route’s period', async () => {
  const more = { proration: 'none' };
  const [first, second] = [
    await addTariff('LONG', usualComponents.slice(0, 1), more),
    await addTariff('LONG-USD', usualComponents.slice(0, 1), { ...more, currency: 'USD' }),
  ];
  const { customerId, supplyId } = await setUp([['2026-03-01T00:00', 850], ...aprilReadings], {
    ...{ tariff: first, from: '2026-03-01' },
  });
  await change(supplyId, '2026-04-16', second);
  const { invoices } = await bill(customerId);
  // 46 and 15 of 61 days.
  expect(said(invoices)).toEqual(['2026-03-01 2026-04-16 226.23 YER', '2026-04-16 2026-05-01 73.77 USD']);
  for (const { id } of invoices) expect((await post(`${id}/rebill`)).body.data.note).toBeNull();
});

it('pays energy out in the old currency that the new tariff does not keep', async () => {
  const sun = await addTariff('SUN', [{ ...energy, blocks: [{ rate: '5' }] }], {
    export: { mode: 'net_energy', settlementRate: '2' },
  });
  const { customerId, supplyId } = await setUp(
    [
      ['2026-04-01T00:00', 0, { exportRegisterKwh: '0' }],
      ['2026-05-01T00:00', 30, { exportRegisterKwh: '150' }],
      ['2026-06-01T00:00', 80, { exportRegisterKwh: '250' }],
    ],
    { tariff: sun },
  );
  await change(supplyId, '2026-05-01');
  expect(said((await bill(customerId)).invoices)).toEqual(['2026-04-01 2026-05-01 -240.00 YER']);
  expect(said((await bill(customerId, may)).invoices)).toEqual(['2026-05-01 2026-06-01 5.00 USD']);
});
