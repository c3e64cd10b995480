/** What is IEC 61850's own: quality and time in words, reports through cuts, blocks that cannot be had, outcomes. */
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Iec61850Client } from '../../protocols/iec61850/acsi/client.ts';
import { encodeQuality } from '../../protocols/iec61850/acsi/quality.ts';
import { bitsOf } from '../../protocols/iec61850/asn1/bit-string.ts';
import { utcTimeOf } from '../../protocols/iec61850/mms/utc-time.ts';
import type { MmsValue } from '../../protocols/iec61850/mms/value.ts';
import type { ControlHandler } from '../../protocols/iec61850/server/control-object.ts';
import { Iec61850Server } from '../../protocols/iec61850/server/server.ts';
import { stationModel } from '../../protocols/iec61850/testing/station-model.ts';
import type { Command, Driver } from '../../runtime/driver.ts';
import { RecordingSink } from '../contract-suite.ts';
import { ManualClock } from '../manual-clock.ts';
import { outcomeOf } from './execute-command.ts';
import { iec61850Driver } from './index.ts';

const ld = 'STATION1LD0';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const float = (value: number): MmsValue => ({ type: 'float', value, width: 32 });
const boolean = (value: boolean): MmsValue => ({ type: 'boolean', value });

interface Options {
  points: Record<string, unknown>;
  reports?: unknown[];
  writable?: string[];
  controls?: ControlHandler;
  connection?: object;
  serverOptions?: object;
}

async function setUp({ points, reports = [], writable = [], controls, connection = {}, serverOptions = {} }: Options) {
  const clock = new ManualClock();
  const server = new Iec61850Server(stationModel, { clock, ...(controls && { controls }), ...serverOptions });
  const port = await server.listen({ port: 0 });
  const sink = new RecordingSink();
  const plan = iec61850Driver.parse({
    connection: { host: '127.0.0.1', port, timeoutMs: 1_000, ...connection },
    devices: [{ id: 'ied', settings: { reports } }],
    points: Object.entries(points).map(([id, address]) => ({
      id,
      deviceId: 'ied',
      address,
      dataType: 'float32',
      scanRateMs: 1_000,
      writable: writable.includes(id),
    })),
  });
  const driver: Driver = iec61850Driver.create(plan, clock);
  ends.push(async () => {
    await clock.settle(driver.stop());
    await server.close();
  });
  const begin = async (): Promise<void> => {
    driver.start(sink);
    await clock.until(() => sink.stateOf() === 'online', { what: 'online' });
  };
  return { clock, server, port, sink, driver, begin };
}

const command = (clock: ManualClock, pointId: string, more: Partial<Command> = {}): Command => ({
  id: crypto.randomUUID(),
  pointId,
  action: { kind: 'operate', code: 'close' },
  mode: 'direct',
  expiresAtMs: clock.now() + 60_000,
  ...more,
});

describe('quality and time', () => {
  const power = { power: `${ld}/MMXU1.TotW.mag.f[MX]` };
  const place = `${ld}/MMXU1.TotW`;

  it.each([
    [{ validity: 'good', details: [] }, 'good', undefined],
    [{ validity: 'questionable', details: ['oldData'] }, 'uncertain', 'questionable, oldData'],
    [{ validity: 'invalid', details: ['failure'] }, 'bad', 'invalid, failure'],
    [{ validity: 'good', details: ['substituted'] }, 'uncertain', 'substituted'],
    [{ validity: 'good', details: ['test'] }, 'uncertain', 'test'],
    [{ validity: 'good', details: ['inaccurate'] }, 'good', undefined],
  ] as const)('%j is %s', async (quality, expected, reason) => {
    const { clock, server, sink, begin } = await setUp({ points: power });
    server.updateAll([
      [`${place}.mag.f[MX]`, float(5)],
      [`${place}.q[MX]`, { type: 'bit-string', value: encodeQuality({ ...quality, details: [...quality.details] }) }],
      [`${place}.t[MX]`, { type: 'utc-time', value: utcTimeOf(1_700_000_000_123) }],
    ]);
    await begin();
    await clock.until(() => sink.last('power') !== undefined);
    expect(sink.last('power')).toEqual({
      pointId: 'power',
      value: 5,
      quality: expected,
      ...(reason && { reason }),
      sourceTimeMs: 1_700_000_000_123,
    });
  });

  it('of a clock that is not synchronised is kept, and called uncertain', async () => {
    const { clock, server, sink, begin } = await setUp({ points: power });
    const time = utcTimeOf(1_700_000_000_000, { clockNotSynchronized: true });
    server.update(`${place}.t[MX]`, { type: 'utc-time', value: time });
    await begin();
    await clock.until(() => sink.last('power') !== undefined);
    expect(sink.last('power')).toMatchObject({ sourceTimeMs: 1_700_000_000_000, sourceTimeUncertain: true });
  });

  it('of what the server does not have is bad, beside points that are good', async () => {
    const points = { ...power, none: `${ld}/MMXU1.TotW.angle[MX]`, nowhere: `${ld}/MMXU9.TotW.mag.f[MX]` };
    const { clock, sink, begin } = await setUp({ points });
    await begin();
    await clock.until(() => sink.last('none') !== undefined && sink.last('power') !== undefined);
    expect(sink.last('none')).toMatchObject({ quality: 'bad', reason: expect.stringContaining('no such attribute') });
    expect(sink.last('nowhere')).toMatchObject({ quality: 'bad' });
    expect(sink.last('power')).toMatchObject({ quality: 'good' });
  });

  it('comes with elements of arrays too', async () => {
    const { clock, server, sink, begin } = await setUp({ points: { third: `${ld}/MHAI1.HA.har(3).mag.f[MX]` } });
    server.update(`${ld}/MHAI1.HA.har(3).mag.f[MX]`, float(0.25));
    server.update(`${ld}/MHAI1.HA.q[MX]`, { type: 'bit-string', value: bitsOf(13, [0, 1]) });
    await begin();
    await clock.until(() => sink.last('third') !== undefined);
    expect(sink.last('third')).toMatchObject({ value: 0.25, quality: 'uncertain', reason: 'questionable' });
  });
});

describe('reports', () => {
  const control = `${ld}/LLN0.BR.brcbA01`;
  const points = { first: `${ld}/GGIO1.Ind1.stVal[ST]`, position: `${ld}/XCBR1.Pos.stVal[ST]` };

  it('tell members as events with their own time, and nobody polls them', async () => {
    const { clock, server, sink, driver, begin } = await setUp({ points, reports: [{ control }] });
    await begin();
    await clock.until(() => sink.last('first') !== undefined);
    const { requests } = driver.statistics();
    server.updateAll([
      [`${ld}/GGIO1.Ind1.stVal[ST]`, boolean(true)],
      [`${ld}/GGIO1.Ind1.t[ST]`, { type: 'utc-time', value: utcTimeOf(1_767_225_600_500) }],
    ]);
    await clock.until(() => sink.last('first')?.value === true);
    expect(sink.last('first')).toMatchObject({ quality: 'good', isEvent: true, sourceTimeMs: 1_767_225_600_500 });
    await clock.run(5_000);
    expect(driver.statistics().requests).toBe(requests);
  });

  it('of members in parts join value, quality and time', async () => {
    const { clock, server, sink, begin } = await setUp({
      points: { hz: `${ld}/MMXU1.Hz.mag.f[MX]` },
      reports: [{ control: `${ld}/LLN0.RP.urcbA01` }],
    });
    await begin();
    await clock.until(() => sink.last('hz') !== undefined);
    server.update(`${ld}/MMXU1.Hz.mag.f[MX]`, float(50.5));
    await clock.until(() => sink.last('hz')?.value === 50.5);
    server.update(`${ld}/MMXU1.Hz.q[MX]`, { type: 'bit-string', value: bitsOf(13, [1]) });
    await clock.until(() => sink.last('hz')?.quality === 'bad');
    expect(sink.last('hz')).toMatchObject({ value: 50.5, reason: 'invalid', isEvent: true });
    server.update(`${ld}/MMXU1.Hz.mag.f[MX]`, float(50.25));
    await clock.until(() => sink.last('hz')?.value === 50.25);
    expect(sink.last('hz')).toMatchObject({ quality: 'bad', reason: 'invalid' });
  });

  it('that were buffered while the line was cut come all, once and in order', async () => {
    const { clock, server, port, sink, begin } = await setUp({ points, reports: [{ control }] });
    const set = (value: boolean): void => server.update(`${ld}/GGIO1.Ind1.stVal[ST]`, boolean(value));
    await begin();
    await clock.until(() => sink.last('first') !== undefined);
    set(true);
    await clock.until(() => sink.last('first')?.value === true);
    for (let round = 0; round < 3; round++) {
      await server.close();
      await clock.until(() => sink.stateOf() === 'offline');
      for (const value of [false, true, false, true]) set(value);
      await server.listen({ port });
      await clock.until(() => sink.stateOf() === 'online');
      const events = () => sink.of('first').filter(({ isEvent }) => isEvent);
      await clock.until(() => events().length === 1 + (round + 1) * 4);
      await clock.run(1_000);
      expect(events().map(({ value }) => value)).toEqual([
        true,
        ...Array.from({ length: (round + 1) * 4 }, (_, at) => at % 2 === 1),
      ]);
    }
  });

  it('that cannot be had are said, and their points are read', async () => {
    const { clock, server, port, sink, begin } = await setUp({ points, reports: [{ control }] });
    const other = await Iec61850Client.connect({ kind: 'tcp', host: '127.0.0.1', port });
    await other.subscribe({ control, onReport: () => {} });
    await begin();
    expect(sink.states).toContainEqual({
      deviceId: 'ied',
      state: 'degraded',
      reason: expect.stringContaining('in use by another client'),
    });
    server.update(`${ld}/GGIO1.Ind1.stVal[ST]`, boolean(true));
    await clock.until(() => sink.last('first')?.value === true);
    expect(sink.of('first').some(({ isEvent }) => isEvent)).toBe(false);
    // Whoever had it is gone: it is had at the next attempt, and what was buffered meanwhile comes.
    other.abort();
    await clock.until(() => sink.stateOf('ied') === 'online', { withinMs: 40_000, stepMs: 100 });
    await clock.until(() => sink.of('first').some(({ isEvent, value }) => isEvent && value === true));
  });
});

describe('a server that is silent', () => {
  const points = { first: `${ld}/GGIO1.Ind1.stVal[ST]` };
  const reports = [{ control: `${ld}/LLN0.BR.brcbA01` }];

  it('but there is left connected', async () => {
    const { clock, sink, driver, begin } = await setUp({ points, reports, connection: { keepAliveMs: 10_000 } });
    await begin();
    const { requests } = driver.statistics();
    await clock.run(60_000, 100);
    expect(driver.statistics().requests - requests).toBeGreaterThanOrEqual(3);
    expect(sink.states.some(({ state }) => state === 'offline')).toBe(false);
  });

  it('and gone without a word is found out, though nothing is polled', async () => {
    const { clock, port, sink, driver } = await setUp({ points });
    // A line that swallows everything once it is told to: what a switch does that lost its power.
    let isDead = false;
    const relay = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      near.on('data', (chunk) => isDead || far.write(chunk));
      far.on('data', (chunk) => isDead || near.write(chunk));
      for (const socket of [near, far])
        socket.on('error', () => {}).on('close', () => [near, far].map((end) => end.destroy()));
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    ends.push(async () => void relay.close());
    const quiet = iec61850Driver.create(
      iec61850Driver.parse({
        connection: { host: '127.0.0.1', port: (relay.address() as { port: number }).port, timeoutMs: 1_000 },
        devices: [{ id: 'ied', settings: { reports } }],
        points: [
          { id: 'first', deviceId: 'ied', address: points.first, dataType: 'bool', scanRateMs: 1_000, writable: false },
        ],
      }),
      clock,
    );
    quiet.start(sink);
    await clock.until(() => sink.stateOf() === 'online');
    isDead = true;
    await clock.until(() => sink.stateOf() === 'offline', { withinMs: 30_000 });
    await clock.settle(quiet.stop());
    expect(driver.statistics().requests).toBe(0);
  });
});

describe('commands', () => {
  it('reach what is set by writing, in the type that it has', async () => {
    const points = { setting: `${ld}/MMXU1.TotW.d[DC]`, timeout: `${ld}/GGIO1.SPCSO2.sboTimeout[CF]` };
    const { clock, server, driver, begin } = await setUp({ points, writable: ['setting', 'timeout'] });
    await begin();
    const write = (pointId: string, value: string | number, more: Partial<Command> = {}) =>
      clock.settle(driver.execute(command(clock, pointId, { action: { kind: 'write', value }, ...more })));
    expect(await write('setting', 'Bay 4')).toEqual({ status: 'executed' });
    expect(server.read(points.setting)).toMatchObject({ value: 'Bay 4' });
    expect(await write('timeout', 5_000)).toEqual({ status: 'executed' });
    expect(await write('timeout', 'soon')).toMatchObject({ status: 'not_sent' });
    expect(await write('timeout', -1)).toMatchObject({ status: 'not_sent' });
    expect(await write('timeout', 1, { mode: 'select_before_operate' })).toMatchObject({ status: 'not_sent' });
    expect(await write('timeout', 1, { expiresAtMs: clock.now() })).toMatchObject({ status: 'not_sent' });
    expect(server.read(points.timeout)).toMatchObject({ value: 5_000 });
  });

  it('select where the model asks for it, and never where it cannot', async () => {
    const points = { breaker: `${ld}/XCBR1.Pos[CO]`, lamp: `${ld}/GGIO1.SPCSO1.stVal[ST]` };
    const { clock, sink, driver, begin } = await setUp({ points, writable: ['breaker', 'lamp'] });
    await begin();
    const execute = (pointId: string, more: Partial<Command> = {}) =>
      clock.settle(driver.execute(command(clock, pointId, more)));
    expect(await execute('breaker')).toEqual({ status: 'executed' });
    await clock.settle(driver.refresh(['breaker']));
    expect(sink.last('breaker')).toMatchObject({ value: 2, quality: 'good' });
    expect(await execute('breaker', { action: { kind: 'operate', code: 'trip' } })).toEqual({ status: 'executed' });
    await clock.settle(driver.refresh(['breaker']));
    expect(sink.last('breaker')).toMatchObject({ value: 1 });
    expect(await execute('breaker', { action: { kind: 'write', value: 'on' } })).toEqual({ status: 'executed' });
    expect(await execute('lamp', { mode: 'select_before_operate' })).toMatchObject({
      status: 'not_sent',
      reason: expect.stringContaining('knows no select'),
    });
    expect(await execute('lamp', { action: { kind: 'operate', code: 'pulse_on', onMs: 100 } })).toMatchObject({
      status: 'not_sent',
      reason: expect.stringContaining('pulseConfig'),
    });
  });

  it('ask for the checks that the point is configured with', async () => {
    const checks: unknown[] = [];
    const { clock, driver, begin } = await setUp({
      points: { breaker: { reference: `${ld}/XCBR1.Pos`, fc: 'CO', interlockCheck: true } },
      writable: ['breaker'],
      controls: { operate: ({ check, origin }) => void checks.push(check, Buffer.from(origin.identity).toString()) },
    });
    await begin();
    expect(await clock.settle(driver.execute(command(clock, 'breaker')))).toEqual({ status: 'executed' });
    expect(checks).toEqual([{ synchro: false, interlock: true }, 'mizan']);
  });

  it('that ended otherwise are refused only when nothing can have moved', () => {
    const refused = { status: 'refused', reason: 'x' } as const;
    const ended = (cause: 'blocked-by-process' | 'time-limit-over') =>
      outcomeOf({ ...refused, stage: 'termination', cause }).status;
    expect(ended('blocked-by-process')).toBe('refused');
    expect(ended('time-limit-over')).toBe('unknown');
    expect(outcomeOf({ ...refused, stage: 'operate', cause: 'time-limit-over' })).toMatchObject({
      status: 'refused',
      code: 'time-limit-over',
    });
    expect(outcomeOf({ ...refused, stage: 'termination' }).status).toBe('unknown');
  });
});

describe('a password', () => {
  it('is sent in ACSE', async () => {
    const { sink, begin } = await setUp({
      points: { first: `${ld}/GGIO1.Ind1.stVal[ST]` },
      serverOptions: { password: 'open sesame' },
      connection: { authType: 'basic', credentials: { password: 'open sesame' } },
    });
    await begin();
    expect(sink.stateOf('ied')).toBe('online');
  });
});
