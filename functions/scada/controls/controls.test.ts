import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withoutKey } from '../../../test/support/call-handler.ts';
import { issueDeviceKey } from '../../identity/contract.ts';
import { handler as commands } from '../commands/handler.ts';
import { handler as devices } from '../devices/handler.ts';
import { gatewayOf } from '../test-support/gateway.ts';
import { addDevice, addLine, addPoint } from '../test-support/plant.ts';
import { minuteMs, type RequestOptions, useScadaStack } from '../test-support/scada-stack.ts';
import { handler as runTimers } from '../timers/run-timers.ts';
import { handler as controls } from './handler.ts';

const stack = useScadaStack();
const gateway = gatewayOf(stack);
const trip = { kind: 'operate', code: 'trip' } as const;
let key = 0;
const withKey = (options: RequestOptions = {}): RequestOptions => ({
  ...options,
  headers: { 'idempotency-key': `k${++key}`, ...options.headers },
});
const execute = (point: string, options: RequestOptions = {}, body: object = { action: trip, expiresInSeconds: 30 }) =>
  stack.request(controls, 'POST', `/api/scada/controls/${point}/execute`, withKey({ body, ...options }));
const command = async (id: string) => (await stack.request(commands, 'GET', `/api/scada/commands/${id}`)).body.data;
const decide = (id: string, what: 'approve' | 'reject', options: RequestOptions = {}) =>
  stack.request(commands, 'POST', `/api/scada/commands/${id}/${what}`, options);
const sentTo = (id: string) => gateway.commands().filter((sent) => sent.id === id);
const step = (commandId: string, name: string, final: boolean, pointId = 'cb', extra: object = {}) =>
  gateway.result({ commandId, pointId, step: name as never, final, timeMs: Date.now(), ...extra });

beforeAll(async () => {
  await addLine(stack, { name: 'ctl' });
  await addDevice(stack, { name: 'ctl' }, 'ctl-1');
  await addDevice(stack, { name: 'ctl' }, 'ctl-2');
  const output = { pointType: 'binary_output', dataType: 'boolean', writable: true };
  await addPoint(stack, 'ctl-1', 'cb-pos', { pointType: 'double_bit', dataType: 'double_bit' });
  await addPoint(stack, 'ctl-1', 'cb', {
    ...output,
    control: { mode: 'select_before_operate', interlock: '[cb-pos] = "on"', readBack: { pointId: 'cb-pos' } },
  });
  await addPoint(stack, 'ctl-1', 'two', { ...output, approval: 'two_person' });
  await addPoint(stack, 'ctl-1', 'set', {
    pointType: 'analog_output',
    writable: true,
    lowLimit: 0,
    highLimit: 100,
  });
  await addPoint(stack, 'ctl-1', 'meter');
});
beforeEach(async () => {
  stack.pass(5 * minuteMs);
  await gateway.alive();
});

describe('control points', () => {
  it('are listed with what an operator must know', async () => {
    await gateway.values([{ pointId: 'cb-pos', value: 'on', quality: 'good', timeMs: Date.now() }]);
    const list = await stack.request(controls, 'GET', '/api/scada/controls', { query: { stationId: 'ST-1' } });
    expect(list.body.data.map(({ id }: any) => id)).toEqual(['cb', 'set', 'two']);
    expect(list.body.data[0]).toMatchObject({
      mode: 'select_before_operate',
      interlock: '[cb-pos] = "on"',
      readBackPointId: 'cb-pos',
      readBack: { value: 'on' },
      reading: null,
    });
    const others = await stack.request(controls, 'GET', '/api/scada/controls', { tenantId: 'b' });
    expect(others.body.data).toEqual([]);
  });
});

describe('a command', () => {
  it('goes to its station once, by select before operate, and is followed to its read-back', async () => {
    const made = await execute('cb');
    expect(made).toMatchObject({ status: 202, body: { data: { status: 'sent', mode: 'select_before_operate' } } });
    const { id, validUntil } = made.body.data;
    expect(sentTo(id)).toMatchObject([
      {
        pointId: 'cb',
        action: trip,
        mode: 'select_before_operate',
        issuedBy: 'usr_tester',
        expiresAtMs: Date.parse(validUntil),
      },
    ]);
    await step(id, 'accepted', false);
    await step(id, 'sending', false);
    expect((await command(id)).status).toBe('selected');
    await step(id, 'executed', false);
    await step(id, 'confirmed', true, 'cb', { readBack: 'off' });
    await step(id, 'executed', false);
    expect(await command(id)).toMatchObject({ status: 'verified', final: true, readBack: 'off' });
    const news = stack.events('control.command_updated').filter(({ payload }) => payload.id === id);
    expect(news.map(({ payload }) => payload.status)).toEqual(['sent', 'selected', 'executed', 'verified']);
    const history = await stack.request(controls, 'GET', '/api/scada/controls/cb/history');
    expect(history.body.data[0]).toMatchObject({ id, status: 'verified' });
  });

  it('is the same one when its request is repeated', async () => {
    const headers = { 'idempotency-key': 'same' };
    const [first, second] = [await execute('set', { headers }, write(5)), await execute('set', { headers }, write(5))];
    expect(second.body.data.id).toBe(first.body.data.id);
    expect(sentTo(first.body.data.id)).toHaveLength(1);
    const without = { headers: withoutKey, body: write(5) };
    expect(await stack.request(controls, 'POST', '/api/scada/controls/set/execute', without)).toMatchObject({
      status: 400,
      body: { errors: [{ in: 'header', path: '/idempotency-key' }] },
    });
    await step(first.body.data.id, 'executed', true, 'set');
  });

  it('is one at a time for a point', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => execute('set', {}, write(7))));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    const { id } = answers.find(({ status }) => status === 202)!.body.data;
    await step(id, 'refused', true, 'set', { reason: 'interlock: breaker is open', code: 'I1' });
    expect(await command(id)).toMatchObject({ status: 'refused', reason: 'interlock: breaker is open', code: 'I1' });
    const next = await execute('set', {}, write(8));
    expect(next.status).toBe(202);
    await step(next.body.data.id, 'executed', true, 'set');
  });

  it.each<[string, string, object, number]>([
    ['without an end', 'cb', { action: trip }, 400],
    ['that lives too long', 'cb', { action: trip, expiresInSeconds: 3601 }, 400],
    ['of no kind', 'cb', { action: { kind: 'dance' }, expiresInSeconds: 5 }, 400],
    ['to a point that only measures', 'meter', { action: trip, expiresInSeconds: 5 }, 404],
    ['to nobody', 'nobody', { action: trip, expiresInSeconds: 5 }, 404],
    ['to operate a number', 'set', { action: trip, expiresInSeconds: 5 }, 422],
    ['beyond the limits', 'set', write(101), 422],
    ['of the wrong type', 'set', { action: { kind: 'write', value: true }, expiresInSeconds: 5 }, 422],
    ['that writes a number to a breaker', 'cb', write(1), 422],
  ])('%s is refused, and nothing is sent', async (_, point, body, status) => {
    const before = gateway.commands().length;
    expect((await execute(point, {}, body)).status).toBe(status);
    expect(gateway.commands()).toHaveLength(before);
  });

  it('needs the permission and the own tenant', async () => {
    expect((await execute('cb', { permissions: ['scada:controls:read'] })).status).toBe(403);
    expect((await execute('cb', { tenantId: 'b' })).status).toBe(404);
  });

  it('can be given by way of its device', async () => {
    const body = { pointId: 'set', action: { kind: 'write', value: 50 }, expiresInSeconds: 30 };
    const via = (device: string) =>
      stack.request(devices, 'POST', `/api/scada/devices/${device}/command`, withKey({ body }));
    expect((await via('ctl-2')).status).toBe(404);
    const made = await via('ctl-1');
    expect(made).toMatchObject({ status: 202, body: { data: { pointId: 'set', deviceId: 'ctl-1' } } });
    await step(made.body.data.id, 'executed', true, 'set');
  });

  it('is not given to a gateway that is not there', async () => {
    stack.pass(10 * minuteMs);
    const { handler: watch } = await import('../gateways/watch-gateways.ts');
    await watch();
    expect(await execute('cb')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('not connected') },
    });
  });

  it('that the broker refuses was not sent; one without an answer may have been, and is never sent again', async () => {
    stack.broker = { status: 403 };
    const refused = await execute('set', {}, write(1));
    expect(refused.body.data).toMatchObject({ status: 'refused', final: true });
    stack.broker = { status: 200, hangUp: true };
    const unknown = await execute('set', {}, write(2));
    expect(unknown.body.data).toMatchObject({ status: 'unknown', final: true });
    stack.broker = { status: 200 };
    stack.pass(10 * minuteMs);
    await runTimers();
    expect(sentTo(unknown.body.data.id)).toEqual([]);
    // The station's late word settles it.
    await step(unknown.body.data.id, 'executed', true, 'set');
    expect((await command(unknown.body.data.id)).status).toBe('executed');
  });

  it('of which nothing is heard is unknown after its time, not before', async () => {
    const { id } = (await execute('cb')).body.data;
    stack.pass(31_000);
    await runTimers();
    expect((await command(id)).status).toBe('sent');
    stack.pass(minuteMs);
    await runTimers();
    expect(await command(id)).toMatchObject({ status: 'unknown', final: true });
    await step(id, 'expired', true);
    expect((await command(id)).status).toBe('expired');
    await step(id, 'executed', true);
    expect((await command(id)).status).toBe('expired');
  });

  it('is not moved by what another station or nobody tells', async () => {
    const { id } = (await execute('cb')).body.data;
    const stranger = gatewayOf(stack, 'ST-9');
    await stranger.result({ commandId: id, pointId: 'cb', step: 'executed', final: true, timeMs: Date.now() });
    await gateway.result({
      commandId: 'cmd_nobody0',
      pointId: 'cb',
      step: 'executed',
      final: true,
      timeMs: Date.now(),
    });
    expect((await command(id)).status).toBe('sent');
    await step(id, 'executed', true);
  });
});

describe('where two persons are needed', () => {
  const ask = async (options: RequestOptions = {}) => (await execute('two', options)).body.data;

  it('a command waits for another, and is sent once', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({ status: 'requested', approvalNeeded: true });
    expect(sentTo(asked.id)).toEqual([]);
    const waiting = await stack.request(commands, 'GET', '/api/scada/commands', { query: { status: 'requested' } });
    expect(waiting.body.data.map(({ id }: any) => id)).toEqual([asked.id]);
    expect(await decide(asked.id, 'approve')).toMatchObject({ status: 403 });
    const answers = await Promise.all(['usr_2', 'usr_3'].map((subject) => decide(asked.id, 'approve', { subject })));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(sentTo(asked.id)).toMatchObject([
      { issuedBy: 'usr_tester', approvedBy: expect.stringMatching(/^usr_[23]$/) },
    ]);
    expect((await decide(asked.id, 'approve', { subject: 'usr_4' })).status).toBe(409);
    await step(asked.id, 'executed', true, 'two');
  });

  it('nobody approves by hand what they asked for by key, and no program approves at all', async () => {
    const made = await issueDeviceKey(stack.session(), {
      name: 'k',
      description: 'd',
      scopes: ['scada:*'],
      stationIds: [],
      createdBy: 'usr_sly',
    });
    const asked = await ask({ subject: made.id, kind: 'api_key' });
    expect((await decide(asked.id, 'approve', { subject: 'usr_sly' })).status).toBe(403);
    expect((await decide(asked.id, 'approve', { subject: 'key_other', kind: 'api_key' })).status).toBe(403);
    expect(
      (await decide(asked.id, 'approve', { subject: 'usr_2', permissions: ['scada:controls:execute'] })).status,
    ).toBe(403);
    expect((await decide(asked.id, 'approve', { subject: 'usr_2', tenantId: 'b' })).status).toBe(404);
    expect((await decide(asked.id, 'approve', { subject: 'usr_2' })).status).toBe(202);
    await step(asked.id, 'executed', true, 'two');
  });

  it('a command that is rejected or expired is never sent', async () => {
    const rejected = await ask();
    const answer = await decide(rejected.id, 'reject', { subject: 'usr_2', body: { comment: 'Crew on the line.' } });
    expect(answer.body.data).toMatchObject({ status: 'rejected', reason: 'Crew on the line.', final: true });
    expect((await decide(rejected.id, 'approve', { subject: 'usr_3' })).status).toBe(409);
    const late = await ask();
    stack.pass(31_000);
    const approve = () => decide(late.id, 'approve', { subject: 'usr_2', headers: { 'idempotency-key': 'late' } });
    expect((await approve()).status).toBe(410);
    // Nothing took effect that a repetition could hear of.
    expect((await approve()).body.code).toBe('conflict');
    expect((await command(late.id)).status).toBe('expired');
    const forgotten = await ask();
    stack.pass(31_000);
    await runTimers();
    expect((await command(forgotten.id)).status).toBe('expired');
    for (const { id } of [rejected, late, forgotten]) expect(sentTo(id)).toEqual([]);
  });
});

function write(value: number) {
  return { action: { kind: 'write', value }, expiresInSeconds: 30 };
}
