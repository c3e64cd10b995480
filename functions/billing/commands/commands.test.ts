/** Commands to meters over the handler, the queue and a broker that answers: nobody is switched twice or against a newer order. */
import { beforeAll, describe, expect, it } from 'vitest';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { commandsBase as base, commandScene } from '../test-support/command-scene.ts';
import { handler } from './handler.ts';
import { handler as onCommandChanged } from './on-command-changed.ts';
import { handler as onStatusChanged } from './on-status-changed.ts';

const stack = useBillingStack();
const tenant = 'cmd';
const second = { subject: 'usr_2', name: 'second' };
beforeAll(() => stack.addTenant(tenant));
const { addMeter, ask, changeMeter, get, post, says, sentTo } = commandScene(stack, tenant);

describe('a disconnection', () => {
  it('is approved by a second person, sent as documented, and confirmed by the meter', async () => {
    const meterId = await addMeter();
    const { id, status } = (await ask(meterId)).body.data;
    expect(status).toBe('requested');
    await stack.workOffCommands(0);
    expect(sentTo(meterId)).toEqual([]);
    expect(await post(`/${id}/approve`)).toMatchObject({ status: 403 });
    expect((await post(`/${id}/approve`, undefined, second)).body.data).toMatchObject({
      status: 'approved',
      approvedBy: 'usr_2',
    });
    await stack.workOffCommands(0);
    expect(sentTo(meterId)).toEqual([
      { command: 'relay_off', command_id: id, timestamp: expect.any(String), source: 'billing_system' },
    ]);
    await says(meterId, 'disconnected');
    expect(await get(id)).toMatchObject({ status: 'confirmed', confirmedBy: 'status', attempts: 1 });
    await stack.workOffCommands(120);
    expect(sentTo(meterId)).toHaveLength(1);
  });

  it('goes without a second person where the settings say so', async () => {
    const settings = (body: object) => stack.call(tenant, handler, 'PUT', `${base}/settings`, { body });
    await settings({ disconnectNeedsApproval: false });
    const meterId = await addMeter();
    expect((await ask(meterId)).body.data.status).toBe('approved');
    await settings({});
    expect((await stack.call(tenant, handler, 'GET', `${base}/settings`)).body.data).toEqual({
      disconnectNeedsApproval: true,
      confirmWithinSeconds: 60,
      maxAttempts: 3,
    });
  });

  it('of a protected customer is refused', async () => {
    const meterId = await addMeter();
    const customerId = (
      await stack.call(tenant, customers, 'POST', '/api/billing/customers', {
        body: { name: 'Clinic', isProtected: true },
      })
    ).body.data.id;
    const tariffId = (
      await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', { body: { code: 'T1', name: 'T' } })
    ).body.data.id;
    await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
      body: { customerId, meterId, tariffId, from: '2026-01-01' },
    });
    expect(await ask(meterId)).toMatchObject({ status: 422 });
    expect((await ask(meterId, 'reconnect')).body.data).toMatchObject({ status: 'approved', customerId });
  });

  it('can be rejected or withdrawn, and then another one asked for', async () => {
    const meterId = await addMeter();
    const { id } = (await ask(meterId)).body.data;
    expect(await ask(meterId)).toMatchObject({
      status: 409,
      body: { code: 'already_exists', message: expect.stringContaining('Another command of this meter is open') },
    });
    expect((await post(`/${id}/reject`, { reason: 'Paid meanwhile' }, second)).body.data).toMatchObject({
      status: 'rejected',
      outcome: 'Paid meanwhile',
    });
    expect(await post(`/${id}/approve`, undefined, second)).toMatchObject({ status: 409 });
    const again = (await ask(meterId)).body.data;
    expect((await post(`/${again.id}/cancel`, { reason: 'Mistake' })).body.data.status).toBe('cancelled');
    expect((await ask(meterId)).status).toBe(201);
  });
});

describe('a command', () => {
  it('is told again when the meter is silent, and given up with an alert', async () => {
    const meterId = await addMeter();
    const { id } = (await ask(meterId, 'reconnect')).body.data;
    await stack.workOffCommands(70);
    expect(sentTo(meterId).map(({ command, command_id }) => [command, command_id])).toEqual([
      ['relay_on', id],
      ['relay_on', id],
    ]);
    await stack.workOffCommands(180);
    expect(sentTo(meterId)).toHaveLength(3);
    expect(await get(id)).toMatchObject({ status: 'timed_out', attempts: 3 });
    expect(stack.events('system.alert')).not.toHaveLength(0);
    expect((await ask(meterId, 'reconnect')).status).toBe(201);
  });

  it('whose messages all come three times is published once for each attempt', async () => {
    const meterId = await addMeter();
    await ask(meterId, 'reconnect');
    await stack.workOffCommands(0, 3);
    expect(sentTo(meterId)).toHaveLength(1);
  });

  it('is not confirmed by what the meter said before it was sent, nor by the other state', async () => {
    const meterId = await addMeter();
    const { id } = (await ask(meterId, 'reconnect')).body.data;
    await says(meterId, 'connected');
    expect((await get(id)).status).toBe('approved');
    await stack.workOffCommands(0);
    await says(meterId, 'connected', '2026-06-15T08:00:00.000Z');
    await says(meterId, 'disconnected');
    expect((await get(id)).status).toBe('sent');
    await says(meterId, 'connected');
    await says(meterId, 'connected');
    expect((await get(id)).status).toBe('confirmed');
  });

  it('that was confirmed is never repeated over a newer one', async () => {
    const meterId = await addMeter();
    await ask(meterId, 'reconnect');
    await stack.workOffCommands(0);
    await says(meterId, 'connected');
    const off = (await ask(meterId)).body.data;
    await post(`/${off.id}/approve`, undefined, second);
    await stack.workOffCommands(30);
    await says(meterId, 'disconnected');
    await stack.workOffCommands(300);
    expect(sentTo(meterId).map(({ command }) => command)).toEqual(['relay_on', 'relay_off']);
  });

  it('that only the last attempt of was refused may have been heard: it is not said to have failed', async () => {
    const meterId = await addMeter();
    const { id } = (await ask(meterId, 'reconnect')).body.data;
    await stack.workOffCommands(70);
    stack.brokerAnswers(403);
    await stack.workOffCommands(60);
    expect(await get(id)).toMatchObject({ status: 'sent', attempts: 3, refusals: 1 });
    stack.brokerAnswers(200);
    await stack.workOffCommands(70);
    expect(await get(id)).toMatchObject({ status: 'timed_out', attempts: 3 });
  });

  it('is sent by its event, so also when whoever asked for it died', async () => {
    const meterId = await addMeter();
    const { id, ...command } = (await ask(meterId, 'reconnect')).body.data;
    const event = makeEvent({ type: 'meter.command_changed', tenantId: tenant, payload: { id, ...command } });
    for (let time = 0; time < 2; time++)
      expect((await onCommandChanged(busBatch([event, event]))).batchItemFailures).toEqual([]);
    await stack.workOffCommands(0, 2);
    expect(sentTo(meterId)).toHaveLength(1);
  });

  it('is confirmed by the platform of the meter, also where the meter was so before', async () => {
    const meterId = await addMeter();
    const { id } = (await ask(meterId, 'reconnect')).body.data;
    await stack.workOffCommands(0);
    const payload = { meterId, stationId: 'S', confirmedAt: new Date().toISOString(), integrationId: 'int_1' };
    const tell = (action: string) =>
      onStatusChanged(
        busBatch([makeEvent({ type: 'meter.control_confirmed', tenantId: tenant, payload: { ...payload, action } })]),
      );
    await tell('disconnect');
    expect((await get(id)).status).toBe('sent');
    await tell('reconnect');
    expect(await get(id)).toMatchObject({ status: 'confirmed', confirmedBy: 'webhook' });
  });

  it('is confirmed by a state the meter repeated, which is no change, before it is told again', async () => {
    const meterId = await addMeter();
    const { id } = (await ask(meterId, 'reconnect')).body.data;
    await stack.workOffCommands(0);
    await changeMeter(meterId, { status: 'connected', statusAt: new Date().toISOString() });
    await stack.workOffCommands(70);
    expect(await get(id)).toMatchObject({ status: 'confirmed', attempts: 1 });
    expect(sentTo(meterId)).toHaveLength(1);
  });

  it('to a meter that was taken out meanwhile is not sent, and one that moved hears it at its new station', async () => {
    const [retired, moved] = [await addMeter(), await addMeter()];
    const orders = [await ask(retired), await ask(moved)].map(({ body }) => body.data.id);
    await changeMeter(retired, { status: 'retired' });
    await changeMeter(moved, { stationId: 'ST-OTHER' });
    for (const id of orders) await post(`/${id}/approve`, undefined, second);
    await stack.workOffCommands(0);
    expect(await get(orders[0])).toMatchObject({ status: 'cancelled', attempts: 0 });
    expect(sentTo(retired)).toEqual([]);
    expect(stack.published().some(({ topic }) => topic === `acrel/ST-OTHER/meter/${moved}/command`)).toBe(true);
  });

  it('that sets a tariff, which no meter answers, ends when the broker has it, and is told again until then', async () => {
    const meterId = await addMeter();
    stack.brokerAnswers(500);
    const { id } = (await ask(meterId, 'set_tariff', { tariffId: 'T-2' })).body.data;
    await stack.workOffCommands(0);
    expect((await get(id)).status).toBe('sent');
    stack.brokerAnswers(200);
    await stack.workOffCommands(70);
    expect(await get(id)).toMatchObject({ status: 'confirmed', confirmedBy: 'broker', attempts: 2 });
    await stack.workOffCommands(120);
    expect(sentTo(meterId)).toMatchObject([{ command: 'set_tariff', tariff_id: 'T-2' }]);
    expect((await ask(meterId, 'reconnect')).status).toBe(201);
  });

  it('the broker refuses to the end has failed', async () => {
    const meterId = await addMeter();
    stack.brokerAnswers(403);
    const { id } = (await ask(meterId, 'reconnect')).body.data;
    await stack.workOffCommands(200);
    stack.brokerAnswers(200);
    expect(await get(id)).toMatchObject({ status: 'failed', attempts: 3 });
    const alerts = stack.events('system.alert').map(({ payload }) => JSON.parse(payload.S));
    expect(alerts.filter(({ alertData }) => alertData.commandId === id)).toHaveLength(1);
  });

  it.each<[string, object, number]>([
    ['an unknown meter', { meterId: 'NOBODY' }, 404],
    ['an unknown command', { command: 'explode' }, 400],
    ['a tariff without its name', { command: 'set_tariff' }, 422],
    ['a disconnection with a tariff', { command: 'disconnect', tariffId: 'T' }, 422],
    ['no reason', { reason: '' }, 400],
  ])('is refused for %s', async (_, wrong, status) => {
    const meterId = await addMeter();
    expect((await post('', { meterId, command: 'disconnect', reason: 'x', ...wrong })).status).toBe(status);
  });

  it('is refused for a meter that people read', async () => {
    expect((await ask(await addMeter({ type: 'manual' }))).status).toBe(422);
  });

  it('of another tenant does not exist', async () => {
    const { id } = (await ask(await addMeter())).body.data;
    await stack.addTenant('cmd-foreign');
    const foreign = (method: string, path: string, body?: object) =>
      stack.call('cmd-foreign', handler, method, `${base}${path}`, { ...(body ? { body } : {}), as: second });
    expect((await foreign('GET', `/${id}`)).status).toBe(404);
    expect((await foreign('POST', `/${id}/approve`)).status).toBe(404);
    expect((await foreign('POST', `/${id}/reject`, { reason: 'x' })).status).toBe(404);
    expect((await foreign('GET', '')).body.data).toEqual([]);
  });
});
