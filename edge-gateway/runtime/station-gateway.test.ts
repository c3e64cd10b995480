import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStationConfiguration } from '../../layers/station/check-configuration.ts';
import type { CommandMessage } from '../../layers/station/messages.ts';
import { ManualClock } from '../drivers/manual-clock.ts';
import { openStationDatabase, type StationDatabase } from '../uplink/station-database.ts';
import { createStationGateway, type StationGateway } from './station-gateway.ts';
import { startStatusPage } from './status-page/status-server.ts';
import { createScriptedDrivers } from './test-support/scripted-driver.ts';
import { startTestPlatform, type TestPlatform } from './test-support/test-platform.ts';

const stationId = 'ST-001';
const ended: (() => Promise<unknown>)[] = [];
let clock: ManualClock;
let platform: TestPlatform;
beforeEach(async () => {
  clock = new ManualClock(Date.now());
  platform = await startTestPlatform();
  ended.push(() => platform.close());
});
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const until = (condition: () => boolean, what: string, withinMs = 120_000): Promise<void> =>
  clock.until(condition, { withinMs, what, stepMs: 20 });

/** Two lines with a device each; a breaker that wants its select, an interlock and a read-back. */
function configurationOf(version: number, change: (document: any) => void = () => {}) {
  const point = { pointType: 'analog_input', dataType: 'float32', address: 'x' };
  const document: any = {
    formatVersion: 1,
    stationId,
    version,
    issuedAt: '2026-01-01T00:00:00Z',
    connections: ['north', 'south'].map((id) => ({ id, name: id, protocolType: 'dnp3', settings: { name: id } })),
    devices: ['north', 'south'].map((id) => ({ id: `${id}-rtu`, name: id, connectionId: id })),
    points: [
      { ...point, id: 'V', name: 'V', deviceId: 'north-rtu', scaleFactor: 0.1, alarmHigh: 250, hysteresis: 5 },
      { ...point, id: 'I', name: 'I', deviceId: 'north-rtu', scanRateMs: 1000 },
      { ...point, id: 'pos', name: 'Breaker', deviceId: 'south-rtu', pointType: 'double_bit' },
      {
        ...point,
        id: 'ctl',
        name: 'Trip',
        deviceId: 'south-rtu',
        pointType: 'binary_output',
        writable: true,
        control: {
          mode: 'select_before_operate',
          interlock: '[V] < 260',
          readBack: { pointId: 'pos', timeoutMs: 3000 },
        },
      },
      { ...point, id: 'set', name: 'Set', deviceId: 'south-rtu', writable: true, scaleFactor: 0.5, highLimit: 100 },
    ],
    derivedPoints: [{ id: 'S', name: 'S', expression: '[V] * [I] / 1000' }],
    report: { intervalMs: 100, offlineIntervalMs: 1000 },
  };
  change(document);
  return parseStationConfiguration(document);
}

interface Started {
  gateway: StationGateway;
  drivers: ReturnType<typeof createScriptedDrivers>;
  database: StationDatabase;
}
async function start(
  given: { database?: StationDatabase; comesUp?: (settings: Record<string, unknown>) => boolean; secret?: string } = {},
): Promise<Started> {
  const drivers = createScriptedDrivers(given.comesUp);
  const database = given.database ?? openStationDatabase(undefined, clock.now() - 60_000);
  const gateway = createStationGateway({
    stationId,
    software: 'test',
    clock,
    log: () => {},
    database,
    maxStoreBytes: 1e8,
    link: { url: platform.url, clientId: 'gw', keepAliveSeconds: 60 },
    loadDriver: drivers.loadDriver,
    readSecret: (name) => (name === 'known' ? given.secret : undefined),
    commitDelayMs: 20,
    trialMs: 30_000,
  });
  await clock.settle(gateway.start());
  ended.push(() => clock.settle(gateway.stop()));
  return { gateway, drivers, database };
}
/** With configuration 1 running and accepted. */
async function startConfigured(given: Parameters<typeof start>[0] = {}): Promise<Started> {
  const started = await start(given);
  await until(() => started.gateway.isUplinkUp(), 'uplink');
  await platform.announce(configurationOf(1));
  await until(() => platform.config.some(({ type }) => type === 'applied'), 'applied');
  return started;
}
const good = (pointId: string, value: number | boolean | string, more: object = {}) => ({
  pointId,
  value,
  quality: 'good' as const,
  ...more,
});
const told = (pointId: string) => platform.values.filter((value) => value.pointId === pointId);
const command = (more: Partial<CommandMessage> = {}): CommandMessage => ({
  id: `cmd-${Math.random().toString(36).slice(2)}-0000`,
  pointId: 'ctl',
  action: { kind: 'operate', code: 'trip' },
  issuedAtMs: clock.now(),
  expiresAtMs: clock.now() + 20_000,
  issuedBy: 'usr_1',
  ...more,
});
const steps = (id: string) => platform.results.filter(({ commandId }) => commandId === id).map(({ step }) => step);
const finalOf = (id: string) => platform.results.find(({ commandId, final }) => commandId === id && final);

describe('a station', () => {
  it('gets its configuration and tells scaled values, derived ones, alarms and states', async () => {
    const { drivers } = await startConfigured();
    drivers.of('north').say(good('V', 2400), good('I', 10));
    await until(() => told('S').length > 0, 'derived value');
    expect(told('V')[0]).toMatchObject({ value: 240, quality: 'good' });
    expect(told('S')[0]).toMatchObject({ value: 2.4 });
    drivers.of('north').say(good('V', 2510, { sourceTimeMs: clock.now() - 500, isEvent: true }));
    await until(() => platform.alarms.length > 0, 'alarm');
    expect(platform.alarms[0]).toMatchObject({ kind: 'high', pointId: 'V', state: 'raised', value: 251, limit: 250 });
    expect(told('V').at(-1)).toMatchObject({ value: 251, timeBy: 'device', isEvent: true });
    expect(platform.status).toContainEqual(expect.objectContaining({ connectionId: 'south', state: 'online' }));
    expect(platform.health.at(-1)).toMatchObject({ online: true, software: 'test' });
  });

  it('calls values stale when their line is silent, and raises the alarm of the line after a while', async () => {
    const { drivers } = await startConfigured();
    drivers.of('north').say(good('V', 2400));
    drivers.of('south').say(good('pos', 'on'));
    await until(() => told('pos').length > 0, 'values');
    drivers.of('north').is('offline');
    await until(() => told('V').at(-1)?.quality === 'stale', 'stale');
    expect(told('V').at(-1)).toMatchObject({ value: 240, reason: 'scripted' });
    expect(told('pos').at(-1)!.quality).toBe('good');
    expect(platform.alarms).toEqual([]);
    await until(() => platform.alarms.length === 1, 'alarm');
    drivers.of('north').is('online');
    await until(() => platform.alarms.length === 2, 'clear');
    expect(platform.alarms.map(({ kind, state, connectionId }) => [kind, state, connectionId])).toEqual([
      ['communication', 'raised', 'north'],
      ['communication', 'cleared', 'north'],
    ]);
    expect(platform.alarms[1]!.alarmId).toBe(platform.alarms[0]!.alarmId);
  });

  it('raises one alarm for a dead line, and one for a device only when its line is back without it', async () => {
    const { drivers } = await startConfigured();
    const north = drivers.of('north');
    north.is('offline', 'north-rtu');
    north.is('offline');
    await clock.run(12_000, 100);
    expect(platform.alarms).toMatchObject([{ connectionId: 'north', state: 'raised' }]);
    north.is('online');
    await clock.run(12_000, 100);
    expect(platform.alarms.slice(1)).toMatchObject([
      { connectionId: 'north', state: 'cleared' },
      { deviceId: 'north-rtu', state: 'raised' },
    ]);
    north.is('online', 'north-rtu');
    await until(() => platform.alarms.length === 4, 'clear');
  });

  it('keeps what happens while the platform is away for a day, and tells all of it with its own time, in order', async () => {
    const { drivers, gateway } = await startConfigured();
    await platform.goAway();
    await until(() => !gateway.isUplinkUp(), 'down');
    const times: number[] = [];
    for (let hour = 0; hour < 24; hour++) {
      for (let i = 0; i < 20; i++) {
        times.push(clock.now());
        drivers.of('north').say(good('I', times.length));
        clock.advance(180_000);
      }
    }
    expect(gateway.backlog().messages).toBeGreaterThan(100);
    await platform.comeBack();
    await until(() => gateway.isUplinkUp(), 'up again', 300_000);
    drivers.of('north').say(good('I', -1));
    await until(() => told('I').some(({ value }) => value === -1), 'live value');
    // The live value passed the backlog.
    expect(told('I').length).toBeLessThan(times.length);
    await until(() => told('I').length >= times.length + 1, 'backlog', 600_000);
    const late = told('I').filter(({ value }) => value !== -1 && Number(value) > 0);
    const first = new Map(late.map((each) => [each.value, each.timeMs]));
    expect([...first.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(times.map((_, i) => i + 1));
    expect(times.map((_, i) => first.get(i + 1))).toEqual(times);
    await until(() => gateway.backlog().messages === 0, 'empty store');
  });

  it('tells the broker a will that says it is gone', async () => {
    const { gateway } = await startConfigured();
    await clock.settle(gateway.stop());
    ended.pop();
    expect(platform.health.at(-1)).toMatchObject({ online: false, configurationVersion: 1 });
  });
});

describe('a configuration', () => {
  it('that only changes one line leaves the other undisturbed', async () => {
    const { drivers } = await startConfigured();
    drivers.of('north').say(good('V', 2400));
    const [north, south] = [drivers.of('north'), drivers.of('south')];
    await platform.announce(
      configurationOf(2, (document) => {
        document.connections[1].settings.retries = 3;
        document.points[0].alarmHigh = 235;
      }),
    );
    await until(
      () => platform.config.some((message) => message.type === 'applied' && message.version === 2),
      'applied',
    );
    expect(drivers.of('north')).toBe(north);
    expect(north.isStopped).toBe(false);
    expect(south.isStopped).toBe(true);
    expect(drivers.of('south')).not.toBe(south);
    // The new limit holds for the value that is known.
    await until(() => platform.alarms.some(({ limit }) => limit === 235), 'alarm by the new limit');
  });

  it.each<[string, (document: any) => void, string]>([
    ['an address its driver refuses', (d) => (d.points[1].address = 'wrong'), 'points[I].address'],
    [
      'a secret that the station does not have',
      (d) => (d.connections[0].settings.key = { secret: 'nowhere' }),
      'connections[north].settings',
    ],
  ])('with %s is refused whole, with the field', async (_, change, path) => {
    const { drivers } = await startConfigured();
    const before = drivers.connections.length;
    await platform.announce(configurationOf(2, change));
    await until(() => platform.config.some(({ type }) => type === 'refused'), 'refused');
    expect(platform.config.find(({ type }) => type === 'refused')).toMatchObject({
      version: 2,
      appliedVersion: 1,
      stage: 'invalid',
      problems: [{ path }],
    });
    expect(drivers.connections).toHaveLength(before);
  });

  it('resolves secrets and never stores them', async () => {
    const { drivers, database } = await startConfigured({ secret: 's3cret-of-the-device' });
    const next = configurationOf(2, (document) => (document.connections[0].settings.key = { secret: 'known' }));
    await platform.announce(next);
    await until(() => drivers.of('north').settings['key'] === 's3cret-of-the-device', 'resolved');
    await until(
      () => platform.config.some((message) => message.type === 'applied' && message.version === 2),
      'applied',
    );
    const kept = database.prepare('SELECT * FROM configurations').all();
    expect(JSON.stringify(kept.map(({ body }) => Buffer.from(body as Uint8Array).toString('latin1')))).not.toContain(
      's3cret',
    );
  });

  it('that costs a connection which worked is rolled back by itself', async () => {
    const { drivers, gateway } = await startConfigured({ comesUp: (settings) => settings['port'] !== 9 });
    await platform.announce(configurationOf(2, (document) => (document.connections[0].port = 9)));
    await until(() => gateway.isOnTrial() && drivers.of('north').settings['port'] === 9, 'on trial');
    await until(() => platform.config.some(({ type }) => type === 'refused'), 'rolled back');
    expect(platform.config.find(({ type }) => type === 'refused')).toMatchObject({
      version: 2,
      appliedVersion: 1,
      stage: 'rolled_back',
      problems: [{ path: 'connections[north]' }],
    });
    await until(() => drivers.of('north').settings['port'] === undefined, 'the old one runs');
    const asked = platform.config.length;
    await platform.announce(configurationOf(2, (document) => (document.connections[0].port = 9)));
    await clock.run(2_000);
    expect(platform.config.length).toBe(asked);
  });

  it('on trial in a process that keeps ending is given up at the third start', async () => {
    const database = openStationDatabase(undefined, clock.now());
    const keep = { ...database, close: () => {} };
    const first = await startConfigured({ database: keep });
    await platform.announce(configurationOf(2));
    await until(() => first.gateway.isOnTrial(), 'on trial');
    await clock.settle(first.gateway.stop());
    ended.pop();
    const second = await start({ database: keep });
    expect(second.gateway.configuration()!.version).toBe(2);
    await clock.settle(second.gateway.stop());
    ended.pop();
    const third = await start({ database: keep });
    expect(third.gateway.configuration()!.version).toBe(1);
    await until(
      () => platform.config.some((message) => message.type === 'refused' && message.stage === 'rolled_back'),
      'told',
    );
  });
});

describe('a command', () => {
  it('is selected, executed, read back and told step by step', async () => {
    const { drivers } = await startConfigured();
    const south = drivers.of('south');
    drivers.of('north').say(good('V', 2400));
    south.say(good('pos', 'on'));
    south.outcome = () => {
      clock.setTimer(() => void south.say(good('pos', 'off')), 700);
      return { status: 'executed' };
    };
    const trip = command();
    await platform.publish(stationId, trip);
    await until(() => finalOf(trip.id) !== undefined, 'final result');
    expect(steps(trip.id)).toEqual(['accepted', 'sending', 'executed', 'confirmed']);
    expect(finalOf(trip.id)).toMatchObject({ readBack: 'off', issuedBy: 'usr_1' });
    expect(south.executed).toMatchObject([{ id: trip.id, mode: 'select_before_operate', action: { code: 'trip' } }]);
    expect(south.refreshed).toContain('pos');
  });

  it('told many times is executed once, also by the next process, and its answer is told again', async () => {
    const database = openStationDatabase(undefined, clock.now() - 60_000);
    const keep = { ...database, close: () => {} };
    const first = await startConfigured({ database: keep });
    const write = command({ pointId: 'set', action: { kind: 'write', value: 40 } });
    await Promise.all([1, 2, 3].map(() => platform.publish(stationId, write)));
    await until(() => finalOf(write.id) !== undefined, 'final');
    expect(first.drivers.of('south').executed).toMatchObject([
      { action: { kind: 'write', value: 80 }, mode: 'direct' },
    ]);
    await clock.settle(first.gateway.stop());
    ended.pop();
    const second = await start({ database: keep });
    await until(() => second.gateway.isUplinkUp(), 'up');
    const before = steps(write.id).length;
    await platform.publish(stationId, write);
    await until(() => steps(write.id).length > before, 'answer again');
    expect(steps(write.id).at(-1)).toBe('executed');
    expect(second.drivers.of('south').executed).toEqual([]);
  });

  it.each<
    [string, (started: Started) => void, Partial<CommandMessage> | (() => Partial<CommandMessage>), string, RegExp]
  >([
    [
      'that has expired',
      () => {},
      () => ({ issuedAtMs: clock.now() - 9000, expiresAtMs: clock.now() - 1 }),
      'expired',
      /expired/,
    ],
    [
      'from the future',
      () => {},
      () => ({ issuedAtMs: clock.now() + 60_000, expiresAtMs: clock.now() + 90_000 }),
      'refused',
      /future/,
    ],
    [
      'against the interlock',
      ({ drivers }) => void drivers.of('north').say(good('V', 2700)),
      {},
      'refused',
      /interlock does not allow/,
    ],
    [
      'whose interlock is unknown',
      ({ drivers }) => void drivers.of('north').say({ pointId: 'V', value: undefined, quality: 'bad', reason: 'x' }),
      {},
      'refused',
      /cannot be judged/,
    ],
    ['for a point that is only read', () => {}, { pointId: 'V' }, 'refused', /not writable/],
    ['for a derived point', () => {}, { pointId: 'S' }, 'refused', /no point/],
    ['for no point', () => {}, { pointId: 'nothing' }, 'refused', /no point/],
    [
      'beyond the limit',
      () => {},
      { pointId: 'set', action: { kind: 'write', value: 101 } },
      'refused',
      /101 is above 100/,
    ],
    [
      'of the wrong type',
      () => {},
      { pointId: 'set', action: { kind: 'write', value: 'full' } },
      'refused',
      /not a number/,
    ],
    [
      'issued before the register was made',
      () => {},
      () => ({ issuedAtMs: clock.now() - 3_000_000, expiresAtMs: clock.now() + 60_000 }),
      'refused',
      /before the register/,
    ],
  ])('%s goes nowhere', async (_, prepare, more, step, reason) => {
    const started = await startConfigured();
    started.drivers.of('north').say(good('V', 2400));
    prepare(started);
    const given = command(typeof more === 'function' ? more() : more);
    await platform.publish(stationId, given);
    await until(() => finalOf(given.id) !== undefined, 'final');
    expect(finalOf(given.id)).toMatchObject({ step, reason: expect.stringMatching(reason) });
    expect(started.drivers.connections.flatMap(({ executed }) => executed)).toEqual([]);
  });

  it('is refused while the station is switched to local', async () => {
    const { drivers } = await startConfigured();
    await platform.announce(configurationOf(2, (d) => (d.remoteControl = { pointId: 'pos', remoteWhen: 'on' })));
    await until(
      () => platform.config.some((message) => message.type === 'applied' && message.version === 2),
      'applied',
    );
    drivers.of('south').say(good('pos', 'off'));
    const write = command({ pointId: 'set', action: { kind: 'write', value: 1 } });
    await platform.publish(stationId, write);
    await until(() => finalOf(write.id) !== undefined, 'final');
    expect(finalOf(write.id)!.reason).toMatch(/switched to local/);
  });

  it.each([
    ['unknown', { status: 'unknown' as const, reason: 'no answer' }],
    ['refused', { status: 'refused' as const, reason: 'blocked by process', code: 12 }],
    ['not_sent', { status: 'not_sent' as const, reason: 'line down' }],
  ])('whose outcome is %s is told so, and not tried again', async (step, outcome) => {
    const { drivers } = await startConfigured();
    drivers.of('south').outcome = () => outcome;
    const write = command({ pointId: 'set', action: { kind: 'write', value: 1 } });
    await platform.publish(stationId, write);
    await until(() => finalOf(write.id) !== undefined, 'final');
    await clock.run(1_000);
    expect(finalOf(write.id)).toMatchObject({ step, reason: outcome.reason });
    expect(drivers.of('south').executed).toHaveLength(1);
  });

  it('that the field does not show is told as not confirmed', async () => {
    const { drivers } = await startConfigured();
    drivers.of('north').say(good('V', 2400));
    drivers.of('south').say(good('pos', 'on'));
    const trip = command();
    await platform.publish(stationId, trip);
    await until(() => finalOf(trip.id) !== undefined, 'final');
    expect(finalOf(trip.id)).toMatchObject({ step: 'not_confirmed', readBack: 'on' });
  });

  it('that a dead process left in the middle is told as unknown, and never sent again', async () => {
    const database = openStationDatabase(undefined, clock.now() - 60_000);
    const keep = { ...database, close: () => {} };
    const first = await startConfigured({ database: keep });
    first.drivers.of('south').outcome = () => new Promise(() => {});
    const write = command({ pointId: 'set', action: { kind: 'write', value: 1 } });
    await platform.publish(stationId, write);
    await until(() => first.drivers.of('south').executed.length === 1, 'sent');
    // The process is gone without a word: its database is all that is left.
    await platform.goAway();
    await platform.comeBack();
    const second = await start({ database: keep });
    await until(() => finalOf(write.id) !== undefined, 'final');
    expect(finalOf(write.id)).toMatchObject({ step: 'unknown' });
    expect(second.drivers.connections.flatMap(({ executed }) => executed)).toEqual([]);
  });
});

describe('the status page', () => {
  it('shows the station in both languages and as JSON, to this machine only', async () => {
    const { gateway, drivers } = await startConfigured();
    drivers.of('north').say(good('V', 2400));
    drivers.of('north').sink!.state({ state: 'offline', reason: '<script>alert(1)</script>' });
    await clock.run(100);
    const page = await startStatusPage(gateway, 0);
    ended.push(() => page.close());
    const read = (path: string, host?: string): Promise<{ status: number; text: string }> =>
      new Promise((resolve, reject) => {
        get({ port: page.port, path, headers: host ? { host } : {} }, (response) => {
          let text = '';
          response
            .on('data', (chunk) => (text += chunk))
            .on('end', () => resolve({ status: response.statusCode!, text }));
        }).on('error', reject);
      });
    const english = await read('/');
    expect(english.text).toContain('Station gateway ST-001');
    expect(english.text).toContain('&lt;script&gt;');
    expect(english.text).not.toContain('<script>');
    expect((await read('/?lang=ar')).text).toMatch(/dir="rtl"[\s\S]*بوابة المحطة/);
    expect(JSON.parse((await read('/status.json')).text)).toMatchObject({ stationId, uplink: 'online' });
    expect(JSON.parse((await read('/points.json?prefix=V')).text)).toMatchObject([
      { id: 'V', value: 240, quality: 'stale' },
    ]);
    expect((await read('/healthz')).text).toBe('ok\n');
    expect((await read('/nothing')).status).toBe(404);
    expect((await read('/', 'evil.example')).status).toBe(403);
  });
});
