/** What is DNP3's own behind the contract: quality from flags, events with their times, commands of every kind. */
import { afterEach, describe, expect, it } from 'vitest';
import { flag, type Measurement } from '../../protocols/dnp3/index.ts';
import type { Command, Driver } from '../../runtime/driver.ts';
import { RecordingSink } from '../contract-suite.ts';
import { ManualClock } from '../manual-clock.ts';
import { outcomeOf, outputCommand } from './command.ts';
import { dnp3Driver } from './index.ts';
import { readsFor } from './reads.ts';
import { qualityOf } from './sample.ts';
import { LoopbackOutstation } from './test-support/loopback-outstation.ts';

const measured = (kind: Measurement['kind'], flags: number): Measurement => ({
  kind,
  index: 0,
  value: 1,
  flags,
  isEvent: false,
  group: 30,
  variation: 1,
});

describe('quality', () => {
  it.each([
    ['analog_input', flag.ONLINE, 'good', undefined],
    ['analog_input', 0, 'bad', 'OFFLINE'],
    ['analog_input', flag.RESTART, 'bad', 'OFFLINE, RESTART'],
    ['analog_input', flag.ONLINE | flag.COMM_LOST, 'bad', 'COMM_LOST'],
    ['analog_input', flag.ONLINE | flag.LOCAL_FORCED, 'uncertain', 'LOCAL_FORCED'],
    ['analog_input', flag.ONLINE | flag.OVER_RANGE | flag.REFERENCE_ERR, 'uncertain', 'OVER_RANGE, REFERENCE_ERR'],
    ['binary_input', flag.ONLINE | flag.CHATTER_FILTER, 'uncertain', 'CHATTER_FILTER'],
    ['counter', flag.ONLINE | flag.ROLLOVER, 'good', undefined],
    ['counter', flag.ONLINE | flag.DISCONTINUITY, 'uncertain', 'DISCONTINUITY'],
    ['octet_string', flag.ONLINE, 'good', undefined],
  ] as const)('of %s with flags %i is %s', (kind, flags, quality, reason) => {
    expect(qualityOf(measured(kind, flags))).toEqual(reason ? { quality, reason } : { quality });
  });
});

describe('commands', () => {
  const point = {
    kind: 'binary_output',
    index: 2,
    scan: false,
    control: 'latch',
    onMs: 100,
    offMs: 50,
    dataType: 'boolean',
  } as const;
  const analog = { ...point, kind: 'analog_output', dataType: 'int16' } as const;
  const base = { kind: 'control', index: 2, onMs: 100, offMs: 50 };

  it.each([
    [{ kind: 'write', value: true }, point, { ...base, operation: 'latch_on' }],
    [{ kind: 'write', value: false }, point, { ...base, operation: 'latch_off' }],
    [
      { kind: 'write', value: true },
      { ...point, control: 'pulse' },
      { ...base, operation: 'pulse_on' },
    ],
    [
      { kind: 'write', value: false },
      { ...point, control: 'trip_close' },
      { ...base, operation: 'pulse_on', tripClose: 'trip' },
    ],
    [
      { kind: 'operate', code: 'close', onMs: 500 },
      point,
      { ...base, onMs: 500, count: 1, operation: 'pulse_on', tripClose: 'close' },
    ],
    [{ kind: 'operate', code: 'pulse_off', count: 3 }, point, { ...base, count: 3, operation: 'pulse_off' }],
    [{ kind: 'write', value: 7 }, analog, { kind: 'set_point', index: 2, value: 7, as: 'int16' }],
    [{ kind: 'write', value: 7 }, point, { refusal: expect.any(String) }],
    [{ kind: 'write', value: 'on' }, analog, { refusal: expect.any(String) }],
    [{ kind: 'operate', code: 'trip' }, analog, { refusal: expect.any(String) }],
  ] as const)('%j', (action, on, expected) => {
    expect(outputCommand(action, on)).toEqual(expected);
  });

  it('tell what came of them', () => {
    expect(outcomeOf({ outcome: 'refused', stage: 'select', status: 'LOCAL', reason: 'LOCAL' })).toEqual({
      status: 'refused',
      reason: 'select: LOCAL',
      code: 'LOCAL',
    });
    expect(outcomeOf({ outcome: 'sent' })).toMatchObject({ status: 'unknown' });
  });
});

describe('reads', () => {
  it('join neighbours and leave gaps', () => {
    const points = [0, 1, 2, 7, 100, 101].map((index) => ({ kind: 'analog_input' as const, index }));
    expect(readsFor([...points, { kind: 'counter', index: 5 }]).map(({ group, range }) => [group, range])).toEqual([
      [30, { kind: 'range', start: 0, stop: 7 }],
      [30, { kind: 'range', start: 100, stop: 101 }],
      [20, { kind: 'range', start: 5, stop: 5 }],
    ]);
  });
});

describe('a station', () => {
  const ended: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  async function station(
    points: { id: string; address: unknown; dataType: string; writable?: boolean }[],
    settings = {},
  ) {
    const device = await new LoopbackOutstation([
      { kind: 'double_bit_input', index: 0, eventClass: 1, value: 2, flags: 1 },
      { kind: 'analog_input', index: 0, eventClass: 0, value: 5, flags: 1 },
      { kind: 'octet_string', index: 1, eventClass: 1, value: Buffer.from('بوابة') },
      { kind: 'analog_output', index: 0, eventClass: 0, flags: 1 },
    ]).listen();
    const clock = new ManualClock();
    const sink = Object.assign(new RecordingSink(), {
      offsets: [] as number[],
      clock(reading: { offsetMs: number }) {
        this.offsets.push(reading.offsetMs);
      },
    });
    const plan = dnp3Driver.parse({
      connection: { host: '127.0.0.1', port: device.port },
      devices: [{ id: 'rtu', settings: { outstationAddress: 10, ...settings } }],
      points: points.map((point) => ({ deviceId: 'rtu', scanRateMs: 1_000, writable: false, ...point })),
    });
    const driver: Driver = dnp3Driver.create(plan, clock);
    ended.push(async () => {
      await clock.settle(driver.stop());
      await device.close();
    });
    driver.start(sink);
    await clock.until(() => sink.stateOf('rtu') === 'online');
    return { device, clock, sink, driver };
  }

  it('tells double-bit states by name, strings as text, events with their own time', async () => {
    const { device, clock, sink } = await station([
      { id: 'cb', address: { group: 'double_bit', index: 0 }, dataType: 'double_bit' },
      { id: 'cb.closed', address: 'double_bit:0', dataType: 'boolean' },
      { id: 'label', address: 'octet_string:1', dataType: 'string' },
    ]);
    expect(sink.received).toEqual([
      { pointId: 'cb', value: 'on', quality: 'good' },
      { pointId: 'cb.closed', value: true, quality: 'good' },
      { pointId: 'label', value: 'بوابة', quality: 'good' },
    ]);
    sink.received.length = 0;
    device.outstation.update('double_bit_input', 0, 0, { timeMs: 1_700_000_000_500 });
    await clock.until(() => sink.received.length === 2);
    const event = { sourceTimeMs: 1_700_000_000_500, isEvent: true };
    expect(sink.received).toEqual([
      { pointId: 'cb', value: 'intermediate', quality: 'good', ...event },
      { pointId: 'cb.closed', value: undefined, quality: 'bad', reason: 'intermediate', ...event },
    ]);
  });

  it('has events told before a present value that is asked for, so that the time of a change is not lost', async () => {
    const points = [{ id: 'cb', address: { group: 'double_bit', index: 0 }, dataType: 'double_bit' }];
    const { device, clock, sink, driver } = await station(points, { unsolicitedClasses: [], eventPollMs: 60_000 });
    sink.received.length = 0;
    device.outstation.update('double_bit_input', 0, 1, { timeMs: 1_700_000_000_500 });
    await clock.settle(driver.refresh(['cb']));
    expect(sink.received).toEqual([
      { pointId: 'cb', value: 'off', quality: 'good', sourceTimeMs: 1_700_000_000_500, isEvent: true },
      { pointId: 'cb', value: 'off', quality: 'good' },
    ]);
  });

  it('scans points whose changes are no events', async () => {
    const { device, clock, sink } = await station([
      { id: 'level', address: { group: 'analog_input', index: 0, scan: true }, dataType: 'float32' },
    ]);
    device.outstation.update('analog_input', 0, 6);
    await clock.until(() => sink.last('level')?.value === 6, { withinMs: 3_000 });
    expect(sink.last('level')?.isEvent).toBeUndefined();
  });

  it('never sends a set point other than the one asked for', async () => {
    const { device, clock, driver } = await station([
      { id: 'setpoint', address: 'analog_output:0', dataType: 'int16', writable: true },
    ]);
    const command: Command = {
      id: '1',
      pointId: 'setpoint',
      action: { kind: 'write', value: 40_000 },
      mode: 'direct',
      expiresAtMs: clock.now() + 10_000,
    };
    expect(await clock.settle(driver.execute(command))).toMatchObject({ status: 'not_sent' });
    const fits: Command = { ...command, id: '2', action: { kind: 'write', value: 400 } };
    expect(await clock.settle(driver.execute(fits))).toEqual({ status: 'executed' });
    expect(device.taken).toEqual([{ kind: 'set_point', index: 0, value: 400, variation: 2 }]);
  });

  it('is degraded while it says that something is wrong with it', async () => {
    const { device, clock, sink } = await station([{ id: 'cb', address: 'double_bit:0', dataType: 'double_bit' }]);
    device.outstation.setIndications({ deviceTrouble: true });
    await clock.until(() => sink.stateOf('rtu') === 'degraded');
    expect(sink.states.at(-1)).toEqual({ deviceId: 'rtu', state: 'degraded', reason: 'deviceTrouble' });
    device.outstation.setIndications({ deviceTrouble: false });
    await clock.until(() => sink.stateOf('rtu') === 'online');
  });

  it('goes on beside another on the same line that does not answer', async () => {
    const device = await new LoopbackOutstation([
      { kind: 'counter', index: 0, eventClass: 3, value: 7, flags: 1 },
    ]).listen();
    const clock = new ManualClock();
    const sink = new RecordingSink();
    const point = { address: 'counter:0', dataType: 'uint32', scanRateMs: 1_000, writable: false };
    const driver = dnp3Driver.create(
      dnp3Driver.parse({
        connection: { host: '127.0.0.1', port: device.port },
        devices: [10, 11].map((outstationAddress) => ({
          id: `rtu${outstationAddress}`,
          settings: { outstationAddress, responseTimeoutMs: 500 },
        })),
        points: [10, 11].map((number) => ({ ...point, id: `energy${number}`, deviceId: `rtu${number}` })),
      }),
      clock,
    );
    ended.push(async () => {
      await clock.settle(driver.stop());
      await device.close();
    });
    driver.start(sink);
    await clock.until(() => sink.stateOf('rtu10') === 'online' && sink.stateOf('rtu11') === 'offline');
    device.outstation.update('counter', 0, 8);
    await clock.until(() => sink.last('energy10')?.value === 8);
    expect(sink.of('energy11')).toEqual([]);
    expect(sink.stateOf()).toBe('online');
  });

  it('compares clocks where it is asked to', async () => {
    const { clock, sink } = await station([], { clockCheckMs: 60_000, eventPollMs: 0, integrityPollMs: 0 });
    await clock.until(() => sink.offsets.length > 0);
    expect(Number.isFinite(sink.offsets[0])).toBe(true);
  });
});
