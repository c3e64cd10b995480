/** The driver behind the contract that all drivers share, against a broker on loopback, and what is MQTT's own. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Command } from '../../runtime/driver.ts';
import { describeDriverContract, type LoopbackDevice, RecordingSink } from '../contract-suite.ts';
import { ManualClock } from '../manual-clock.ts';
import { mqttDriver } from './index.ts';
import { LoopbackBroker } from './test-support/loopback-broker.ts';

const point = (id: string, address: unknown, dataType = 'number', writable = false) => ({
  id,
  deviceId: 'd',
  address,
  dataType,
  scanRateMs: 1_000,
  writable,
});

async function openDevice(version: '3.1.1' | '5'): Promise<LoopbackDevice> {
  const broker = await new LoopbackBroker(version).listen();
  let speed = 1_450;
  let mode: 'usual' | 'swallow' | 'refuse' = 'usual';
  const taken: string[] = [];
  const tell = (): void => broker.tell('plant/pump/state', { motor: { speed } });
  broker.onSubscribe = (topic) => {
    if (topic === 'plant/pump/state') setImmediate(tell);
  };
  broker.onPublish = (topic, payload) => {
    if (topic !== 'plant/pump/set') return;
    const { id, speed: wanted } = JSON.parse(payload);
    if (mode !== 'refuse') taken.push(`speed ${wanted}`);
    if (mode !== 'swallow')
      setImmediate(() => broker.tell('plant/pump/done', { id, result: mode === 'refuse' ? 'locked' : 'ok' }));
  };
  // A device that also speaks by itself, as most do.
  const ticker = setInterval(tell, 20);
  const command = {
    topic: 'set',
    payload: { id: '{id}', speed: '{value}' },
    confirm: { topic: 'done', idPath: '$.id', path: '$.result', timeoutMs: 2_000 },
  };
  const input = {
    connection: { host: '127.0.0.1', port: broker.port, version },
    devices: [{ id: 'd', settings: { baseTopic: 'plant/pump' } }],
    points: [
      point('speed', 'state#$.motor.speed'),
      point('setpoint', { topic: 'state', path: '$.setpoint', command }, 'integer', true),
    ],
  };
  return {
    input,
    reading: {
      pointId: 'speed',
      deviceId: 'd',
      initial: 1_450,
      changed: 1_480,
      set: (value) => {
        speed = value as number;
      },
    },
    control: {
      pointId: 'setpoint',
      action: { kind: 'write', value: 1_500 },
      mode: 'direct',
      taken: () => taken,
      expected: 'speed 1500',
      swallowAnswers: () => {
        mode = 'swallow';
      },
      refuse: () => {
        mode = 'refuse';
      },
    },
    wrongInputs: [
      { name: 'no host', input: { ...input, connection: {} }, field: /connection\.host/ },
      {
        name: 'a wildcard',
        input: { ...input, points: [point('p', { topic: 'a/+/b' })] },
        field: /points\[p\]\.address\.topic/,
      },
      {
        name: 'a path that is none',
        input: { ...input, points: [point('p', 'a#$[')] },
        field: /points\[p\]\.address\.path/,
      },
      {
        name: 'a type that is none',
        input: { ...input, points: [point('p', 'a', 'date')] },
        field: /points\[p\]\.dataType/,
      },
      {
        name: 'a control without a command',
        input: { ...input, points: [point('p', 'a', 'number', true)] },
        field: /command/,
      },
      {
        name: 'a session without a name',
        input: { ...input, connection: { host: 'a', isPersistent: true } },
        field: /connection\.clientId/,
      },
    ],
    goOffline: () => broker.close(),
    comeBack: async () => void (await broker.listen()),
    openLines: () => broker.openLines,
    close: async () => {
      clearInterval(ticker);
      await broker.close();
    },
  };
}

describeDriverContract(mqttDriver, () => openDevice('5'), { name: 'mqtt (5)' });
describeDriverContract(mqttDriver, () => openDevice('3.1.1'), { name: 'mqtt (3.1.1)' });

describe('over MQTT', () => {
  const ended: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  async function begin(
    points: ReturnType<typeof point>[],
    settings: Record<string, unknown> = {},
    prepare?: (broker: LoopbackBroker) => void,
  ) {
    const broker = await new LoopbackBroker().listen();
    prepare?.(broker);
    const clock = new ManualClock();
    const sink = new RecordingSink();
    const driver = mqttDriver.create(
      mqttDriver.parse({
        connection: { host: '127.0.0.1', port: broker.port },
        devices: [{ id: 'd', settings }],
        points,
      }),
      clock,
    );
    ended.push(async () => {
      await clock.settle(driver.stop());
      await broker.close();
    });
    driver.start(sink);
    await clock.until(() => sink.stateOf() === 'online');
    return { broker, clock, sink, driver };
  }

  it('takes values, times and qualities from where they are, and nothing from messages without them', async () => {
    const { broker, clock, sink } = await begin([
      point('v', { topic: 't', path: 'v', timePath: 'at', timeUnit: 's', qualityPath: 'q' }),
      point('text', 'plain', 'string'),
      point('number', 'plain'),
    ]);
    broker.tell('t', { other: 1 });
    broker.tell('t', { v: '5.5', at: 1_767_225_600, q: 'good' });
    broker.tell('plain', '00123');
    await clock.until(() => sink.last('text') !== undefined && sink.last('v') !== undefined);
    expect(sink.of('v')).toEqual([{ pointId: 'v', value: 5.5, quality: 'good', sourceTimeMs: Date.UTC(2026, 0, 1) }]);
    expect([sink.last('text')?.value, sink.last('number')?.value]).toEqual(['00123', 123]);
    broker.tell('t', 'no json');
    await clock.until(() => sink.of('v').length === 2);
    expect(sink.last('v')).toMatchObject({ quality: 'bad', reason: 'the message is no JSON' });
  });

  it('does not trust the age of what the broker kept', async () => {
    const { clock, sink } = await begin(
      [point('v', 't#v'), point('timed', { topic: 't', path: 'v', timePath: 'at' })],
      {},
      (broker) => broker.tell('t', { v: 5, at: '2026-01-01T00:00:00Z' }, true),
    );
    await clock.until(() => sink.last('timed') !== undefined);
    expect(sink.last('v')).toMatchObject({ value: 5, quality: 'uncertain', reason: expect.stringContaining('age') });
    expect(sink.last('timed')).toMatchObject({ value: 5, quality: 'good' });
  });

  it('believes a device’s last will', async () => {
    const availability = { topic: 'lwt', online: ['online'] };
    const { broker, clock, sink } = await begin([point('v', 't')], { baseTopic: 'x', availability });
    broker.tell('x/lwt', 'online');
    await clock.until(() => sink.stateOf('d') === 'online');
    broker.tell('x/lwt', 'offline');
    await clock.until(() => sink.stateOf('d') === 'offline');
    expect(sink.states.at(-1)?.reason).toContain('"offline"');
    expect(sink.stateOf()).toBe('online');
  });

  it('takes a silent device for gone, where it was told how long silence may be', async () => {
    const { broker, clock, sink } = await begin([point('v', 't')], { offlineAfterMs: 5_000 });
    broker.tell('t', '1');
    await clock.until(() => sink.stateOf('d') === 'online');
    await clock.run(4_000);
    expect(sink.stateOf('d')).toBe('online');
    await clock.until(() => sink.stateOf('d') === 'offline', { withinMs: 2_000 });
  });

  it('asks a device that answers requests', async () => {
    const { broker, clock, sink, driver } = await begin([point('v', 't')], {
      request: { topic: 'get', payload: 'all' },
    });
    broker.onPublish = (topic) => {
      if (topic === 'get') broker.tell('t', '7');
    };
    await clock.settle(driver.refresh(['v']));
    expect(sink.last('v')?.value).toBe(7);
    expect(broker.published[0]).toMatchObject({ topic: 'get', payload: 'all' });
  });

  it('knows that a command was not taken when the broker refuses it', async () => {
    const { broker, clock, driver } = await begin([
      point('v', { topic: 't', command: { topic: 'forbidden', confirm: { topic: 'done' } } }, 'number', true),
    ]);
    const sent: Command = {
      id: 'c1',
      pointId: 'v',
      action: { kind: 'write', value: 3 },
      mode: 'direct',
      expiresAtMs: clock.now() + 4_500,
    };
    expect(await clock.settle(driver.execute(sent))).toMatchObject({
      status: 'not_sent',
      reason: expect.stringContaining('refused'),
    });
    expect(broker.published).toHaveLength(1);
  });

  it('says that it does not know what became of a command that nobody confirms, and lets it expire', async () => {
    const command = { topic: 'set', words: { true: 'ON' } };
    const { broker, clock, driver } = await begin([point('v', { topic: 't', command }, 'boolean', true)]);
    const sent: Command = {
      id: 'c1',
      pointId: 'v',
      action: { kind: 'operate', code: 'close' },
      mode: 'direct',
      expiresAtMs: clock.now() + 4_500,
    };
    expect(await clock.settle(driver.execute(sent))).toMatchObject({ status: 'unknown' });
    expect(broker.published).toEqual([{ topic: 'set', payload: 'ON', qos: 1, expiry: 5 }]);
  });
});
