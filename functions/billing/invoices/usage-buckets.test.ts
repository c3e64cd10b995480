/** How finely a bill looks: as finely as the windows of its tariff need, where readings are as fine. */
import { expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { label, meteredCustomers } from '../test-support/metered-customers.ts';
import { usageBuckets } from './usage-buckets.ts';

it.each([
  ['2026-10-04', [0, 1, 2, 2.5, 3.5], 23.5],
  ['2026-04-05', [0, 1, 2, 2.5, 3.5], 24.5],
])(
  'the hours of %s, when clocks are changed by half an hour at two, are those that clocks show',
  (day, edges, hours) => {
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const buckets = usageBuckets('hour', { from: day, to: next }, 'Australia/Lord_Howe');
    const [first, last] = [buckets[0]!.start, buckets.at(-1)!.end];
    expect(buckets.slice(0, 5).map(({ start }) => (start - first) / 3_600_000)).toEqual(edges);
    expect((last - first) / 3_600_000).toBe(hours);
    expect(buckets.every(({ start }, i) => i === 0 || start === buckets[i - 1]!.end)).toBe(true);
    expect(buckets.filter(({ start, end }) => end - start !== 3_600_000)).toHaveLength(1);
  },
);

const stack = useBillingStack();
const tenant = 'fine';
const { setUp, bill, addTariff } = meteredCustomers(stack, tenant);
const halfHourMs = 1_800_000;

it('a window that begins at half past has the half hours that the meter told of, not half of an hour', async () => {
  await stack.addTenant(tenant);
  const band = (bucket: string, rate: string) => ({
    ...{ kind: 'energy', code: bucket, label: label(bucket), bucket, blocks: [{ rate }] },
  });
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday'];
  const windows = [{ bucket: 'peak', days, from: '17:30', to: '22:00' }];
  const tariff = await addTariff('HALF', [band('peak', '10'), band('base', '1')], {
    timeOfUse: { defaultBucket: 'base', windows },
  });
  const readings: [string, number][] = [];
  let register = 1000;
  for (let at = Date.UTC(2026, 3, 29); at <= Date.UTC(2026, 4, 1); at += halfHourMs) {
    const time = new Date(at).toISOString().slice(0, 16);
    readings.push([time, register]);
    // From 17:00 to 17:30 of every day five kilowatt-hours, in every other half hour one.
    register += time.endsWith('T17:00') ? 5 : 1;
  }
  const { customerId } = await setUp(readings, { tariff, from: '2026-04-29' });
  const [invoice] = (await bill(customerId)).invoices;
  const lines = invoice.bills[0].bill.lines.map(({ code, quantity }: any) => `${code} ${quantity}`);
  expect(lines).toEqual([`peak ${2 * 9}`, `base ${2 * (38 + 5)}`]);
});
