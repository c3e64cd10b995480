/** Meters that answer after their command was given up: they are heard, and alerts about them end. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { commandScene } from '../test-support/command-scene.ts';
import { commandEntity } from './command-entity.ts';
import { endConfirmed } from './confirm-command.ts';

const stack = useBillingStack();
const tenant = 'late-word';
beforeAll(() => stack.addTenant(tenant));
const { addMeter, ask, changeMeter, get, says } = commandScene(stack, tenant);

describe('a command that was given up', () => {
  const alertEvents = (meterId: string) =>
    ['system.alert', 'system.alert_cleared'].flatMap((type) =>
      stack
        .events(type)
        .filter(({ payload }) => JSON.parse(payload.S).dedupeKey === `meter-command/${meterId}`)
        .map(() => type),
    );
  async function giveUp(command = 'reconnect', answer = 200): Promise<{ meterId: string; id: string }> {
    const meterId = await addMeter();
    stack.brokerAnswers(answer);
    const { id } = (await ask(meterId, command)).body.data;
    await stack.workOffCommands(185);
    stack.brokerAnswers(200);
    expect(alertEvents(meterId)).toEqual(['system.alert']);
    return { meterId, id };
  }
  const cleared = ['system.alert', 'system.alert_cleared'];

  it('is confirmed by a late word of the meter, once, and its alert ends', async () => {
    const { meterId, id } = await giveUp();
    await says(meterId, 'disconnected');
    expect(await get(id)).toMatchObject({ status: 'timed_out' });
    const { firstSentAt, endedAt } = await get(id);
    await says(meterId, 'connected', firstSentAt);
    await says(meterId, 'connected');
    expect(await get(id)).toMatchObject({
      status: 'confirmed',
      confirmedBy: 'status',
      timedOutAt: endedAt,
      outcome: 'Confirmed late.',
    });
    expect(alertEvents(meterId)).toEqual(cleared);
  });

  it('takes nothing of a newer one that is given up while its late word is written down', async () => {
    const { meterId, id } = await giveUp();
    const session = openSession(tenant);
    const before = await session.require(commandEntity, { id });
    const newer = (await ask(meterId, 'reconnect')).body.data;
    await stack.workOffCommands(185);
    await expect(endConfirmed(session, before, 'status')).rejects.toMatchObject({ code: 'version_conflict' });
    expect(alertEvents(meterId)).toEqual(['system.alert', 'system.alert']);
    await says(meterId, 'connected');
    expect([(await get(id)).status, (await get(newer.id)).status]).toEqual(['timed_out', 'confirmed']);
    expect(alertEvents(meterId)).toEqual(['system.alert', ...cleared]);
  });

  it('is looked at again where the meter was so before, which no event tells', async () => {
    const { meterId, id } = await giveUp();
    await changeMeter(meterId, { status: 'connected', statusAt: new Date().toISOString() });
    await stack.workOffCommands(900);
    expect([(await get(id)).status, ...alertEvents(meterId)]).toEqual(['confirmed', ...cleared]);
  });

  it('is heard late also while a newer order waits, and its alert ends with a newer confirmation', async () => {
    const [early, late] = [await giveUp(), await giveUp()];
    await ask(early.meterId);
    await says(early.meterId, 'connected');
    expect((await get(early.id)).status).toBe('confirmed');
    const newer = (await ask(late.meterId, 'reconnect')).body.data;
    await stack.workOffCommands(0);
    await says(late.meterId, 'connected');
    expect([(await get(late.id)).status, (await get(newer.id)).status]).toEqual(['timed_out', 'confirmed']);
    expect([alertEvents(early.meterId), alertEvents(late.meterId)]).toEqual([cleared, cleared]);
  });

  it('since the broker refused it stays failed when somebody switches by hand; a tariff clears no alert of a relay', async () => {
    const { meterId, id } = await giveUp('reconnect', 403);
    await ask(meterId, 'set_tariff', { tariffId: 'T-2' });
    await stack.workOffCommands(0);
    expect(alertEvents(meterId)).toEqual(['system.alert']);
    await says(meterId, 'connected');
    expect(await get(id)).toMatchObject({ status: 'failed' });
    expect(alertEvents(meterId)).toEqual(cleared);
  });
});
