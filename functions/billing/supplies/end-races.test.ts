/** A customer moves out while the meter's days are billed: the end is taken, whichever comes first. */
import { beforeAll, expect, it } from 'vitest';
import { withoutKey } from '../../../test/support/call-handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { useCallWatch } from '../test-support/watch-calls.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const watch = useCallWatch();
const tenant = 'ends';
const { setUp, bill } = meteredCustomers(stack, tenant);
/** Nothing was read in May: it is estimated by April, which the row of the meter remembers. */
async function billedToMay() {
  const made = await setUp(aprilReadings.filter((_, i) => i % 15 === 0));
  await bill(made.customerId, april);
  return made;
}
const end = (supplyId: string) =>
  stack.call(tenant, handler, 'POST', `/api/billing/supplies/${supplyId}/end`, {
    body: { to: '2026-06-10' },
    headers: withoutKey,
  });

beforeAll(() => stack.addTenant(tenant));

it('also when the bill is estimated between any two of its calls', async () => {
  const { supplyId: counted } = await billedToMay();
  watch.reset();
  await end(counted);
  const { calls } = watch.counts();
  expect(calls).toBeGreaterThan(2);
  for (let number = 1; number <= calls; number++) {
    const { customerId, supplyId } = await billedToMay();
    watch.reset();
    watch.interruptCall(number, async () => {
      expect((await bill(customerId, may, { mayEstimate: true })).problems).toEqual([]);
    });
    const { status, body } = await end(supplyId);
    watch.reset();
    expect(status, `call ${number} of ${calls}: ${body.detail}`).toBe(200);
    expect(body.data).toMatchObject({ to: '2026-06-10', billedTo: may.to });
  }
});
