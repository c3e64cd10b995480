/** A scheduled report while functions die and messages come twice: it is made once, and told once to each who is to hear of it. */
import { expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as settings } from '../messages/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDisturbance } from '../test-support/disturb-flow.ts';
import { useReportClock } from '../test-support/report-clock.ts';

const tenant = 'broken-reports';
const stack = useBillingStack();
const clock = useReportClock(stack);
const { billing, everyWay } = useDisturbance(stack);

it('an occurrence with its report and its mails', async () => {
  await stack.addTenant(tenant);
  const recipients = [await clock.addUser(tenant), await clock.addUser(tenant)];
  const body = { publicUrl: 'https://api.utility.example' };
  await stack.call(tenant, settings, 'PUT', '/api/billing/message-settings', { body });
  await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Ahmed' } });
  const about = { report: { kind: 'ageing' }, repeat: { every: 'day' }, at: '06:00', language: 'en' };
  await clock.add(tenant, { name: 'Debt', ...about, recipients });
  await billing.calmDown();
  stack.advance(18 * 3_600_000);
  const told = await everyWay({
    async act() {
      // One that stands still is gone on with after a while.
      for (let tick = 0; tick < 3; tick++) {
        await billing.insist(() => clock.tick(tenant));
        await billing.calmDown();
        stack.advance(45 * 60_000);
      }
    },
    // Nobody knows whether its mail went out.
    spare: ['report link'],
    outside() {
      const before = clock.mails().length;
      return () =>
        new Set(
          clock
            .mails()
            .slice(before)
            .map(({ to }) => to.join()),
        ).size;
    },
  });
  expect(told).toMatchObject({ 'report.ready': 1 });
});
