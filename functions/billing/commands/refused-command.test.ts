/** Meters that say they did not do what they were told: the command has failed, with their reason, and nobody waits for them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { commandScene } from '../test-support/command-scene.ts';

const stack = useBillingStack();
const tenant = 'refused';
beforeAll(() => stack.addTenant(tenant));
const { addMeter, ask, get, refuses, says, sentTo } = commandScene(stack, tenant);

const alertsOf = (meterId: string): string[] =>
  ['system.alert', 'system.alert_cleared']
    .flatMap((type) => stack.events(type))
    .map(({ type, payload }) => ({ type: type.S, ...JSON.parse(payload.S) }))
    .filter(({ dedupeKey }) => dedupeKey === `meter-command/${meterId}`)
    .map(({ type, title }) => title?.en ?? type);
const sent = async (command = 'reconnect'): Promise<{ meterId: string; id: string }> => {
  const meterId = await addMeter();
  const { id } = (await ask(meterId, command)).body.data;
  await stack.workOffCommands(0);
  return { meterId, id };
};

describe('a command that its meter refuses', () => {
  it('has failed at once, with the reason and one alert, and is not told again', async () => {
    const { meterId, id } = await sent();
    for (let time = 0; time < 2; time++) await refuses(meterId, 'reconnect', { commandId: id, reason: 'relay_stuck' });
    const refused = { status: 'failed', attempts: 1, outcome: 'The meter refused it: relay_stuck' };
    expect(await get(id)).toMatchObject(refused);
    await stack.workOffCommands(300);
    expect(await get(id)).toMatchObject(refused);
    expect(sentTo(meterId)).toHaveLength(1);
    expect(alertsOf(meterId)).toEqual([`Meter ${meterId} refused a command`]);
    expect((await ask(meterId, 'reconnect')).status).toBe(201);
  });

  it('fails by a word without number or reason as well', async () => {
    const { meterId, id } = await sent();
    await refuses(meterId, 'reconnect');
    expect(await get(id)).toMatchObject({ status: 'failed', outcome: 'The meter refused it.' });
  });

  it('is not failed by the refusal of another one, of the other action, or from before it was sent', async () => {
    const { meterId, id } = await sent();
    await refuses(meterId, 'reconnect', { commandId: 'cmd_other' });
    await refuses(meterId, 'disconnect');
    await refuses(meterId, 'reconnect', { time: '2026-06-15T08:00:00.000Z' });
    expect(await get(id)).toMatchObject({ status: 'sent' });
    const waiting = await addMeter();
    const { id: unsent } = (await ask(waiting)).body.data;
    await refuses(waiting, 'disconnect', { commandId: unsent });
    expect(await get(unsent)).toMatchObject({ status: 'requested' });
  });

  it('after it was given up has failed and not timed out, also while a newer one waits for approval', async () => {
    const { meterId, id } = await sent();
    await stack.workOffCommands(185);
    const { status, endedAt } = await get(id);
    expect(status).toBe('timed_out');
    await ask(meterId);
    await refuses(meterId, 'reconnect', { reason: 'relay_stuck' });
    expect(await get(id)).toMatchObject({ status: 'failed', timedOutAt: endedAt });
    await stack.workOffCommands(1000);
    expect(await get(id)).toMatchObject({ status: 'failed', outcome: 'The meter refused it: relay_stuck' });
  });

  it('and does it all the same is confirmed: who is off must have light again', async () => {
    const { meterId, id } = await sent();
    await refuses(meterId, 'reconnect', { commandId: id });
    await says(meterId, 'connected');
    expect(await get(id)).toMatchObject({ status: 'confirmed', confirmedBy: 'status' });
    expect(alertsOf(meterId)).toEqual([`Meter ${meterId} refused a command`, 'system.alert_cleared']);
  });
});
