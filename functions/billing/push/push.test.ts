/** Push messages through the simulated provider: to the app of customers and of field staff, in the device's language, once, and nothing a stranger should read. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { notifyCustomer } from '../messages/notify-customer.ts';
import { sendInvoice } from '../messages/send-invoice.ts';
import { templateNames } from '../messages/templates/index.ts';
import { pushTexts } from '../messages/templates/push-texts.ts';
import { wakeMessages } from '../messages/wake-messages.ts';
import { handler as portal } from '../portal/handler.ts';
import { linkUser, unlinkUser } from '../portal/link-account.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { fieldWork, reader } from '../test-support/field-work.ts';
import { type MessageScene, useMessageScene } from '../test-support/message-scene.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useProviderPayments } from '../test-support/provider-payments.ts';
import { fieldNoticesQueue, handler as onRouteChanged } from './tell-field-staff.ts';

const stack = useBillingStack();
const providers = useProviderPayments(stack);
const field = fieldWork(stack);
let tenant = '';
let customerId = '';
let scene: MessageScene;
useMessageScene(stack, 'push', (made) => {
  ({ tenant, scene, customerId } = made);
});

const user = (n: number) => `usr_p${n}`;
const tokenOf = (name: string) => `${name}-0123456789abcdef-${tenant}`;
const register = async (n: number, name: string, language = 'ar') => {
  const body = { token: tokenOf(name), platform: 'android', language };
  const as = { subject: user(n), kind: 'user' as const, permissions: ['portal:*'] };
  const answer = await stack.call(tenant, portal, 'POST', '/api/portal/devices', { body, as });
  expect([answer.status, answer.text]).toMatchObject([201, expect.any(String)]);
};
const devices = async (n: number): Promise<any[]> =>
  (
    await stack.call(tenant, portal, 'GET', '/api/portal/devices', {
      as: { subject: user(n), kind: 'user', permissions: ['portal:*'] },
    })
  ).body.data;
const shown = (name?: string) =>
  providers
    .acts('fcm', 'message')
    .map(({ data }) => data)
    .filter(({ to }) => to.endsWith(`-${tenant}`) && (name === undefined || to === tokenOf(name)));
const bill = async () => {
  const invoice = await oweInvoice(tenant, customerId, '14250.00');
  await sendInvoice(openSession(tenant), invoice.id, {});
  return invoice;
};
const pushed = async () => (await scene.messagesOf(customerId)).filter(({ channel }) => channel === 'push');

describe('a customer with the app', () => {
  beforeEach(async () => {
    await providers.integrate(tenant, 'fcm');
    await linkUser(openSession(tenant), user(1), customerId);
  });

  it('is shown on each device, in its language, once, that the bill is there, and no amount', async () => {
    await linkUser(openSession(tenant), user(2), customerId);
    await register(1, 'phone');
    await register(1, 'tablet', 'en');
    await register(2, 'wife');
    const { id } = await bill();
    await scene.deliver(3);
    await sendInvoice(openSession(tenant), id, {});
    await scene.deliver();
    expect(await pushed()).toMatchObject([{ status: 'sent', provider: 'fcm', aboutId: id }]);
    expect(shown()).toHaveLength(3);
    expect(shown('phone')).toMatchObject([
      { body: 'فاتورتكم جاهزة.', data: { template: 'invoice_issued', aboutId: id } },
    ]);
    expect(shown('tablet')[0].body).toBe('Your bill is ready.');
    expect((await scene.messagesOf(customerId)).map(({ channel }) => channel).sort()).toEqual(['push', 'sms']);
  });

  it('sees amounts where the utility wants it', async () => {
    await register(1, 'phone', 'en');
    await scene.set({ pushAmounts: true });
    await bill();
    await scene.deliver();
    expect(shown()[0].body).toContain('14,250.00');
  });

  it('never sees a token, whatever the settings', async () => {
    await register(1, 'phone', 'en');
    await scene.set({ pushAmounts: true });
    const values = { token: '1234 5678 9012 3456 7890', meter: 'M-77', amount: '500', energy: '9 kWh' };
    await notifyCustomer(openSession(tenant), { customerId, template: 'prepaid_token', values, reference: 'vend 1' });
    await scene.deliver();
    expect(shown()).toHaveLength(1);
    const [{ title, body, data }] = shown();
    expect(`${title} ${body} ${data.template}`).not.toMatch(/1234|7890|M-77|500/);
    for (const name of templateNames) {
      const text = JSON.stringify(pushTexts[name]);
      expect(text).not.toMatch(/\{(token|meter|name|account|invoice|receipt|balance|answer|subject)\}/);
    }
  });

  it('loses a device that is gone, and hears on the others', async () => {
    await register(1, 'unregistered');
    await register(1, 'phone');
    await bill();
    await scene.deliver();
    expect(await pushed()).toMatchObject([{ status: 'sent' }]);
    expect(await devices(1)).toHaveLength(1);
    expect(shown('phone')).toHaveLength(1);
  });

  it('whose only device is gone has no address, and is not tried in the app again', async () => {
    await register(1, 'unregistered');
    await bill();
    await scene.deliver();
    expect(await pushed()).toMatchObject([{ status: 'failed', reason: 'no_address' }]);
    expect(await devices(1)).toEqual([]);
    stack.advance(1000);
    await bill();
    expect(await pushed()).toHaveLength(1);
  });

  it('whose app is of another project is not tried for hours, and its telephone is not forgotten', async () => {
    await register(1, 'mismatched');
    await bill();
    await scene.deliver();
    expect(await pushed()).toMatchObject([{ status: 'failed', reason: 'rejected' }]);
    expect(await devices(1)).toHaveLength(1);
  });

  it('is tried again where one telephone refuses and another one is out of order', async () => {
    await register(1, 'mismatched');
    await register(1, 'busy');
    await bill();
    await scene.deliver();
    expect(await pushed()).toMatchObject([{ status: 'queued' }]);
  });

  it('hears nothing there when it is refused, others are asked for, or the account is unlinked', async () => {
    await register(1, 'phone');
    await scene.change(customerId, { refusedChannels: ['push'] });
    await bill();
    await scene.change(customerId, { refusedChannels: [] });
    const { id } = await oweInvoice(tenant, customerId, '1.00');
    await sendInvoice(openSession(tenant), id, { channels: ['sms'] });
    await unlinkUser(openSession(tenant), user(1), customerId);
    await bill();
    await scene.deliver();
    expect(await pushed()).toEqual([]);
    expect(shown()).toEqual([]);
  });

  it('sleeps: what is not urgent is shown in the morning, once', async () => {
    await register(1, 'phone');
    await scene.set({ quietHours: { from: '21:00', to: '07:30' } });
    vi.setSystemTime(Date.UTC(2026, 5, 15, 20));
    await bill();
    await scene.deliver();
    expect(shown()).toEqual([]);
    vi.setSystemTime(Date.UTC(2026, 5, 16, 4, 31));
    await wakeMessages(openSession(tenant));
    await scene.deliver(2);
    expect(shown()).toHaveLength(1);
  });

  it('gives a telephone on with its messages: it shows those of who logged in last', async () => {
    await register(1, 'phone');
    await register(2, 'phone');
    expect([await devices(1), await devices(2)]).toMatchObject([[], [{ platform: 'android' }]]);
    await bill();
    await scene.deliver();
    expect(shown()).toEqual([]);
  });
});

describe('field staff', () => {
  const brought = new Set<string>();
  /** The bus brings each event twice. */
  async function bring(): Promise<void> {
    const fresh = stack
      .events('field.route_changed')
      .filter(({ id, tenantId }) => tenantId.S === tenant && !brought.has(id.S));
    for (const { id } of fresh) brought.add(id.S);
    const events = fresh.map(({ payload, occurredAt }) =>
      makeEvent({
        type: 'field.route_changed',
        tenantId: tenant,
        payload: JSON.parse(payload.S),
        occurredAt: occurredAt.S,
      }),
    );
    if (events.length === 0) return;
    // Of two of one reference at once one comes again.
    await onRouteChanged(busBatch(events));
    expect((await onRouteChanged(busBatch(events))).batchItemFailures).toEqual([]);
  }
  const carry = async (n: number, language = 'ar') =>
    field.call(tenant, n, 'POST', '/devices', {
      body: { token: tokenOf(`reader${n}`), platform: 'android', language },
    });
  const told = (n: number) => shown(`reader${n}`).map(({ data }) => data.kind);

  beforeEach(async () => {
    await providers.integrate(tenant, 'fcm');
    for (const n of [1, 2]) {
      await field.addUser(tenant, n);
      expect((await carry(n, n === 1 ? 'ar' : 'en')).status).toBe(201);
      await stack.addMeter(tenant, `${tenant}-M${n}`);
    }
  });

  it('are told of a route that is theirs, changed, and given to somebody else', async () => {
    const id = await field.addRoute(tenant, 1, []);
    await bring();
    expect(shown('reader1')).toMatchObject([
      { body: 'أُسندت إليك جولة.', data: { kind: 'route_assigned', routeId: id } },
    ]);
    const stops = (n: number) => ({ body: { stops: [{ meterId: `${tenant}-M${n}` }] } });
    for (const n of [1, 2]) await field.office(tenant, 'POST', `/routes/${id}/stops`, stops(n));
    await bring();
    expect(told(1)).toEqual(['route_assigned', 'route_changed']);
    await field.office(tenant, 'PUT', `/routes/${id}`, { body: { assigneeId: reader(2) } });
    await bring();
    expect(told(1)).toEqual(['route_assigned', 'route_changed', 'route_withdrawn']);
    expect(shown('reader2')).toMatchObject([{ body: 'A route was assigned to you.' }]);
  });

  it('are not told of what changed back, or is closed', async () => {
    const id = await field.addRoute(tenant, 1, []);
    await field.office(tenant, 'PUT', `/routes/${id}`, { body: { assigneeId: reader(2) } });
    await field.office(tenant, 'PUT', `/routes/${id}`, { body: { status: 'closed' } });
    await bring();
    expect([told(1), told(2)]).toEqual([['route_withdrawn'], []]);
  });

  it('sleep too', async () => {
    await scene.set({ quietHours: { from: '21:00', to: '06:00' } });
    vi.setSystemTime(Date.UTC(2026, 5, 15, 20));
    await field.addRoute(tenant, 1, []);
    await bring();
    expect(told(1)).toEqual([]);
    await stack.workOff(
      fieldNoticesQueue,
      async (body) =>
        void (await onRouteChanged({
          Records: [{ messageId: 'm', body, attributes: { ApproximateReceiveCount: '1' } }],
        } as never)),
      { seconds: 8 * 3600 },
    );
    expect(told(1)).toEqual(['route_assigned']);
  });
});
