/**
 * Collecting a debt while functions die and messages come twice: a late fee, an order of disconnection and its approval, the meter's
 * word, the payment and the light are each there once.
 */
import { beforeAll, expect, it } from 'vitest';
import { handler as commands } from '../commands/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { useDisturbance } from '../test-support/disturb-flow.ts';
import { dunningScene } from '../test-support/dunning-scene.ts';

const tenant = 'broken-light';
const stack = useBillingStack();
const scene = dunningScene(stack, tenant);
const { billing, everyWay } = useDisturbance(stack, { without: ['send-customer-messages'] });

beforeAll(async () => {
  await scene.begin({
    isActive: true,
    steps: [
      { id: 'first', afterDays: 3, action: 'remind', channels: ['sms'] },
      { id: 'fee', afterDays: 10, action: 'late_fee', fee: { type: 'percent', percent: '5' } },
      { id: 'cut', afterDays: 20, action: 'disconnect', minimumDue: '100' },
    ],
  });
  await scene.needApproval(true);
});

it('a debt from the reminder to the light that is given back', async () => {
  const debtor = await scene.debtor();
  const { meterId, customerId } = debtor;
  /** The meter does what it hears, and says so. */
  const says = (newStatus: string) =>
    billing.bringFrom('metering', 'meter.status_changed', tenant, {
      stationId: `ST-${tenant}`,
      meterId,
      time: new Date().toISOString(),
      previousStatus: newStatus === 'connected' ? 'disconnected' : 'connected',
      newStatus,
    });
  const told = await everyWay({
    async act() {
      await billing.insist(() => scene.dun(debtor));
      await billing.calmDown();
      const base = '/api/billing/meter-commands';
      const [{ id }] = (await billing.ask(tenant, commands, 'GET', base, { query: { meterId } })).body.data;
      await billing.ask(tenant, commands, 'POST', `${base}/${id}/approve`, { body: {}, as: { subject: 'usr_2' } });
      await billing.calmDown();
      await says('disconnected');
      await billing.calmDown();
      const body = { customerId, amount: '1050', method: 'cash' };
      await billing.ask(tenant, payments, 'POST', '/api/billing/payments', { body });
      await billing.calmDown();
      await says('connected');
      await billing.calmDown(1000);
    },
  });
  // Requested, approved, sent and confirmed; approved, sent and confirmed.
  expect(told).toMatchObject({
    'invoice.overdue': 1,
    'invoice.reminder': 1,
    'invoice.created': 1,
    'invoice.paid': 2,
    'payment.received': 1,
    'meter.command_changed': 7,
  });
});
