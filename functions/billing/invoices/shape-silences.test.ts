/** Silences of a meter on a tariff of hours: the amount is the register's, the shape that of like days, the whole is kept. */
import { beforeAll, describe, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler as settings } from '../vee-settings/handler.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'sil';
const { setUp, bill, addTariff } = meteredCustomers(stack, tenant);
const label = { en: 'x', ar: 'x' };
const hourMs = 3_600_000;
const local = (ms: number) => new Date(ms).toISOString().slice(0, 16);
let tariff: string;

/** Hourly from the middle of March to the end of April; 1 kWh an hour, 5 from 18 to 20; silent between two hours of April. */
async function hourly(silent: { from: number; to: number }, from = Date.UTC(2026, 2, 15)) {
  const start = Date.UTC(2026, 3, 1);
  const readings: [string, number][] = [];
  let register = 1000;
  for (let at = from; at <= Date.UTC(2026, 4, 1); at += hourMs) {
    const hour = (at - start) / hourMs;
    if (hour <= silent.from || hour >= silent.to) readings.push([local(at), register]);
    const ofDay = new Date(at).getUTCHours();
    register += ofDay === 18 || ofDay === 19 ? 5 : 1;
  }
  const made = await setUp(readings.slice(0, 400), { tariff });
  for (let i = 400; i < readings.length; i += 400) await stack.read(tenant, made.meterId, readings.slice(i, i + 400));
  return made;
}
const bucketsOf = (made: any) =>
  Object.fromEntries(made.bill.lines.map(({ code, quantity }: any) => [code, quantity])) as Record<string, string>;

beforeAll(async () => {
  await stack.addTenant(tenant);
  const band = (bucket: string, rate: string) => ({
    ...{ kind: 'energy', code: bucket, label, bucket, blocks: [{ rate }] },
  });
  tariff = await addTariff('HOURS', [band('peak', '10'), band('base', '1')], {
    timeOfUse: {
      defaultBucket: 'base',
      windows: [
        {
          bucket: 'peak',
          days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'],
          from: '18:00',
          to: '20:00',
        },
      ],
    },
  });
});

describe('a silence of three days', () => {
  it('has the shape of like days, and the amount of the register', async () => {
    const { customerId } = await hourly({ from: 10 * 24, to: 13 * 24 });
    const [invoice] = (await bill(customerId)).invoices;
    const [made] = invoice.bills;
    expect(made.bill.importKwh).toBe(String(30 * 32));
    expect(bucketsOf(made)).toEqual({ peak: String(30 * 10), base: String(30 * 22) });
    expect(made).toMatchObject({ estimatedKwh: '96', estimates: [{ method: 'like_days', intervals: 72, kwh: '96' }] });
    expect(made.estimates[0].basis).toContain('in a silence of 72 h');
    const { body } = await stack.call(tenant, handler, 'GET', `/api/billing/invoices/${invoice.id}/trace`);
    expect(body.data.bills[0]).toMatchObject({ agrees: true, measuredKwh: String(27 * 32) });
  });

  it('stays a straight line where no day is like it', async () => {
    const { customerId } = await hourly({ from: -24, to: 13 * 24 }, Date.UTC(2026, 2, 31));
    const [made] = (await bill(customerId)).invoices[0].bills;
    expect(made.bill.importKwh).toBe(String(30 * 32));
    expect(made.estimates).toBeUndefined();
    // 13 days at 32/24 kWh in two hours, and 17 measured.
    expect(Number(bucketsOf(made)['peak'])).toBeCloseTo(17 * 10 + (13 * 2 * 32) / 24, 3);
  });
});

it('a shorter silence is a straight line, as long as the settings say', async () => {
  const { customerId } = await hourly({ from: 10 * 24 + 6, to: 12 * 24 + 6 });
  expect((await bill(customerId)).invoices[0].bills[0].estimates).toBeUndefined();
  const put = (body: object) => stack.call(tenant, settings, 'PUT', '/api/billing/vee-settings', { body });
  await put({ general: { gap: { longestMinutes: 240 } } });
  const other = await hourly({ from: 10 * 24 + 17, to: 10 * 24 + 22 });
  const [made] = (await bill(other.customerId, april)).invoices[0].bills;
  expect(made.estimates).toMatchObject([{ method: 'like_days', intervals: 5, kwh: '13' }]);
  expect(bucketsOf(made)).toEqual({ peak: '300', base: '660' });
  await put({});
});
