/** The driver against devices that are wrong in the ways devices are: bad addresses, small buffers, silence, reset. */
import { afterEach, describe, expect, it } from 'vitest';
import { functionCodeOf, ModbusExceptionError, type Request, registers } from '../../protocols/modbus/index.ts';
import type { Command, ControlAction, Driver } from '../../runtime/driver.ts';
import { RecordingSink } from '../contract-suite.ts';
import { ManualClock } from '../manual-clock.ts';
import { modbusDriver } from './index.ts';
import { LoopbackModbus } from './test-support/loopback-device.ts';

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

type PointInput = Parameters<typeof modbusDriver.parse>[0]['points'][0];
const point = (id: string, address: unknown, dataType = 'uint16', more: Partial<PointInput> = {}): PointInput => ({
  id,
  deviceId: 'd1',
  address,
  dataType,
  scanRateMs: 1000,
  writable: false,
  ...more,
});

interface Setup {
  points: PointInput[];
  connection?: Record<string, unknown>;
  devices?: { id: string; settings: unknown }[];
  prepare?: (device: LoopbackModbus) => void;
}

async function begin({ points, connection, devices = [{ id: 'd1', settings: {} }], prepare }: Setup) {
  const device = await new LoopbackModbus().listen();
  for (let address = 0; address < 400; address += 1) device.bank.holdingRegisters.set(address, address);
  prepare?.(device);
  const clock = new ManualClock();
  const sink = new RecordingSink();
  const settings = { host: '127.0.0.1', port: device.port, timeoutMs: 300, ...connection };
  const driver = modbusDriver.create(modbusDriver.parse({ connection: settings, devices, points }), clock);
  ended.push(async () => {
    await clock.settle(driver.stop());
    await device.close();
  });
  driver.start(sink);
  return { device, clock, sink, driver };
}

const reads = (device: LoopbackModbus): string[] =>
  device.requests.flatMap(({ request }) => ('quantity' in request ? [`${request.address}+${request.quantity}`] : []));

const execute = (driver: Driver, clock: ManualClock, pointId: string, action: ControlAction | number | boolean) => {
  const written: ControlAction = typeof action === 'object' ? action : { kind: 'write', value: action };
  const command: Command = {
    id: crypto.randomUUID(),
    pointId,
    action: written,
    mode: 'direct',
    expiresAtMs: clock.now() + 5_000,
  };
  return clock.settle(driver.execute(command));
};

describe('bad addresses', () => {
  it('are found, told with the reason, left out, and tried again seldom', async () => {
    const points = Array.from({ length: 20 }, (_, index) => point(`p${index}`, `holding:${index}`));
    const { device, clock, sink, driver } = await begin({
      points,
      devices: [{ id: 'd1', settings: { badAddressRetryMs: 60_000 } }],
      prepare: (it) => void it.bank.holdingRegisters.delete(7),
    });
    await clock.until(() => points.every(({ id }) => sink.last(id)));
    expect(sink.last('p7')).toEqual({
      pointId: 'p7',
      value: undefined,
      quality: 'bad',
      reason: 'exception 2: illegal data address',
    });
    expect(sink.last('p8')).toMatchObject({ value: 8, quality: 'good' });
    expect(driver.statistics()['badAddresses']).toBe(1);
    device.requests.length = 0;
    await clock.run(3_000);
    expect(new Set(reads(device))).toEqual(new Set(['0+7', '8+12']));
    device.bank.holdingRegisters.set(7, 70);
    await clock.until(() => sink.last('p7')?.quality === 'good', { withinMs: 120_000, stepMs: 100 });
    device.requests.length = 0;
    await clock.run(3_000);
    expect(new Set(reads(device))).toEqual(new Set(['0+20']));
  });

  it('between wanted ones cost no wanted value: the gap is not read again', async () => {
    const { device, clock, sink } = await begin({
      points: [point('a', 'holding:0'), point('b', 'holding:9')],
      prepare: (it) => void it.bank.holdingRegisters.delete(5),
    });
    await clock.until(() => sink.last('a')?.value === 0 && sink.last('b')?.value === 9);
    expect(sink.received.every(({ quality }) => quality === 'good')).toBe(true);
    device.requests.length = 0;
    await clock.run(3_000);
    expect(new Set(reads(device))).toEqual(new Set(['0+1', '9+1']));
  });

  it('of a device with a small buffer bring the size down', async () => {
    const points = Array.from({ length: 100 }, (_, index) => point(`p${index}`, `holding:${index}`));
    const { device, clock, sink } = await begin({
      points,
      prepare: (it) => {
        it.intercept = (_, request) =>
          'quantity' in request && request.quantity > 40 ? new ModbusExceptionError(3, 3) : undefined;
      },
    });
    await clock.until(() => points.every(({ id }) => sink.last(id)?.quality === 'good'));
    device.requests.length = 0;
    await clock.run(2_000);
    expect(reads(device).length).toBeGreaterThan(0);
    expect(reads(device).every((read) => Number(read.split('+')[1]) <= 40)).toBe(true);
  });

  it('of a function that the device does not have are not searched', async () => {
    const points = Array.from({ length: 50 }, (_, index) => point(`p${index}`, `input:${index}`));
    const { device, clock, sink } = await begin({
      points,
      prepare: (it) => {
        it.intercept = (_, { kind }) => new ModbusExceptionError(functionCodeOf(kind), 1);
      },
    });
    await clock.until(() => points.every(({ id }) => sink.last(id)?.quality === 'bad'));
    expect(device.requests.length).toBe(1);
  });
});

describe('several devices behind one line', () => {
  it('a dead one does not starve the others', async () => {
    const devices = ['d1', 'd2', 'd3'].map((id, index) => ({ id, settings: { unitId: index + 1 } }));
    const points = devices.flatMap(({ id }) =>
      // Three tables' worth of separate requests each.
      [0, 150, 300].map((address) => point(`${id}.${address}`, `holding:${address}`, 'uint16', { deviceId: id })),
    );
    const { device, clock, sink } = await begin({
      points,
      devices,
      prepare: (it) => {
        it.intercept = (unit) => (unit === 2 ? 'silence' : undefined);
      },
    });
    await clock.until(() => sink.stateOf('d2') === 'offline');
    expect(sink.states.filter(({ deviceId }) => deviceId === 'd2').map(({ state }) => state)).toEqual([
      'degraded',
      'offline',
    ]);
    const before = sink.of('d1.0').length;
    device.requests.length = 0;
    await clock.run(20_000);
    expect(sink.of('d1.0').length - before).toBeGreaterThanOrEqual(19);
    // Back-offs of 2, 4, 8 … seconds: a handful of questions in twenty, instead of sixty.
    expect(device.requests.filter(({ unit }) => unit === 2).length).toBeLessThanOrEqual(5);
    expect(sink.stateOf('d1')).toBe('online');
    expect(sink.stateOf()).toBe('online');
    device.intercept = () => undefined;
    await clock.until(() => sink.last('d2.300')?.quality === 'good', { withinMs: 70_000, stepMs: 50 });
    expect(sink.stateOf('d2')).toBe('online');
  });

  it('a gateway that cannot reach one says so without waiting', async () => {
    const { clock, sink } = await begin({
      points: [point('a', 'holding:0')],
      prepare: (it) => {
        it.intercept = () => new ModbusExceptionError(3, 11);
      },
    });
    await clock.until(() => sink.stateOf('d1') === 'offline');
    expect(sink.states.at(-1)?.reason).toBe('exception 11: gateway target device failed to respond');
    expect(sink.stateOf()).toBe('online');
  });

  it('a line on which nobody answers is opened anew', async () => {
    const { clock, driver } = await begin({
      points: [point('a', 'holding:0')],
      prepare: (it) => {
        it.intercept = () => 'silence';
      },
    });
    await clock.until(() => driver.statistics().reconnects > 0, { withinMs: 120_000, stepMs: 50 });
  });
});

describe('values', () => {
  it('of devices that have none are bad, with the reason', async () => {
    const { clock, sink } = await begin({
      points: [
        point('nan', 'holding:0', 'float32'),
        point('none', { table: 'holding_register', address: 2, sentinels: [32_767] }, 'int16'),
        point('scaled', { table: 'holding_register', address: 3, scaleAddress: 4 }, 'int16'),
        point('unscaled', { table: 'holding_register', address: 3, scaleAddress: 5 }, 'int16'),
      ],
      prepare: (it) => it.bank.set('holdingRegisters', 0, registers(0x7fc0, 0, 0x7fff, 2304, -1, -0x8000)),
    });
    await clock.until(() => sink.batches > 0);
    expect(sink.last('nan')).toMatchObject({ quality: 'bad', reason: 'not a number (7fc00000)' });
    expect(sink.last('none')).toMatchObject({ quality: 'bad', reason: 'the device has no value (7fff)' });
    expect(sink.last('scaled')).toMatchObject({ quality: 'good', value: 230.4 });
    expect(sink.last('unscaled')).toMatchObject({ quality: 'bad', reason: expect.stringContaining('no scale') });
  });

  it('come by Modicon’s numbers and by bits as well', async () => {
    const { clock, sink } = await begin({
      points: [
        point('m', '40006'),
        point('long', '400007'),
        point('bit', 'holding:5.2', 'bit'),
        point('coil', 'coil:3', 'bool'),
      ],
      prepare: (it) => void it.bank.coils.set(3, true),
    });
    await clock.until(() => sink.last('coil') !== undefined && sink.last('m') !== undefined);
    const values = ['m', 'long', 'bit', 'coil'].map((id) => sink.last(id)?.value);
    expect(values).toEqual([5, 6, true, true]);
  });
});

describe('commands', () => {
  const writable = { writable: true };

  it.each<[string, PointInput, ControlAction | number | boolean, Request]>([
    [
      'a register by function 6',
      point('w', 'holding:5', 'int16', writable),
      -2,
      {
        kind: 'write_single_register',
        address: 5,
        value: 0xfffe,
      },
    ],
    [
      '32 bits whole, by function 16',
      point('w', 'holding:6', 'float32', writable),
      1.5,
      {
        kind: 'write_multiple_registers',
        address: 6,
        data: registers(0x3fc0, 0),
      },
    ],
    [
      '32 bits in the device’s order',
      point('w', { table: 'holding_register', address: 6, order: 'CDAB' }, 'uint32', writable),
      0x12345678,
      { kind: 'write_multiple_registers', address: 6, data: registers(0x5678, 0x1234) },
    ],
    [
      'a coil by function 5',
      point('w', 'coil:1', 'bool', writable),
      true,
      {
        kind: 'write_single_coil',
        address: 1,
        value: true,
      },
    ],
    [
      'a trip as a coil',
      point('w', 'coil:1', 'bool', writable),
      { kind: 'operate', code: 'trip' },
      {
        kind: 'write_single_coil',
        address: 1,
        value: false,
      },
    ],
    [
      'a trip as the value that the device wants for it',
      point('w', { table: 'holding_register', address: 8, operate: { trip: 0xa5 } }, 'uint16', writable),
      { kind: 'operate', code: 'trip' },
      { kind: 'write_single_register', address: 8, value: 0xa5 },
    ],
    [
      'one bit of a register by function 22',
      point('w', 'holding:9.4', 'bit', writable),
      true,
      {
        kind: 'mask_write_register',
        address: 9,
        andMask: 0xffef,
        orMask: 0x0010,
      },
    ],
    [
      'a scaled value by the device’s own scale',
      point('w', { table: 'holding_register', address: 10, scaleAddress: 12 }, 'int16', writable),
      23.4,
      { kind: 'write_single_register', address: 10, value: 234 },
    ],
  ])('write %s', async (_, configured, action, expected) => {
    const { device, clock, sink, driver } = await begin({
      points: [configured],
      prepare: (it) => {
        it.bank.coils.set(1, true);
        it.bank.set('holdingRegisters', 12, registers(-1));
      },
    });
    await clock.until(() => sink.batches > 0);
    expect(await execute(driver, clock, 'w', action)).toEqual({ status: 'executed' });
    expect(device.writes).toEqual([expected]);
  });

  it('use function 16 for single registers where the device knows no other', async () => {
    const { device, clock, sink, driver } = await begin({
      points: [point('w', 'holding:5', 'uint16', writable)],
      devices: [{ id: 'd1', settings: { canWriteSingle: false } }],
    });
    await clock.until(() => sink.batches > 0);
    await execute(driver, clock, 'w', 7);
    expect(device.writes).toEqual([{ kind: 'write_multiple_registers', address: 5, data: registers(7) }]);
  });

  it.each<[number, string]>([
    [1, 'refused'],
    [2, 'refused'],
    [3, 'refused'],
    [4, 'unknown'],
    [5, 'unknown'],
    [6, 'refused'],
    [10, 'not_sent'],
    [11, 'unknown'],
  ])('answered with exception %i are %s', async (code, status) => {
    const { device, clock, sink, driver } = await begin({ points: [point('w', 'holding:5', 'uint16', writable)] });
    await clock.until(() => sink.batches > 0);
    device.refuse(code);
    expect(await execute(driver, clock, 'w', 1)).toMatchObject({ status });
  });

  it.each<[string, ControlAction | number]>([
    ['a value that does not fit', 70_000],
    ['a fraction for a whole number', 1.5],
    ['a pulse', { kind: 'operate', code: 'pulse_on' }],
  ])('that cannot be said in Modbus (%s) are not sent', async (_, action) => {
    const { device, clock, sink, driver } = await begin({ points: [point('w', 'holding:5', 'uint16', writable)] });
    await clock.until(() => sink.batches > 0);
    expect(await execute(driver, clock, 'w', action)).toMatchObject({ status: 'not_sent' });
    expect(device.writes).toEqual([]);
  });

  it('that meet a reset of the device after they were sent are unknown, and not repeated', async () => {
    const { device, clock, sink, driver } = await begin({ points: [point('w', 'holding:5', 'uint16', writable)] });
    await clock.until(() => sink.batches > 0);
    device.swallowsWrites = true;
    const outcome = driver.execute({
      id: 'c',
      pointId: 'w',
      action: { kind: 'write', value: 9 },
      mode: 'direct',
      expiresAtMs: clock.now() + 60_000,
    });
    await clock.until(() => device.writes.length === 1);
    await device.close();
    expect(await clock.settle(outcome)).toMatchObject({ status: 'unknown' });
    device.swallowsWrites = false;
    await device.listen();
    await clock.until(() => sink.stateOf() === 'online');
    await clock.run(5_000);
    expect(device.writes).toHaveLength(1);
  });

  it('with a select are refused: Modbus has none', async () => {
    const { clock, sink, driver } = await begin({ points: [point('w', 'holding:5', 'uint16', writable)] });
    await clock.until(() => sink.batches > 0);
    const command: Command = {
      id: 'c',
      pointId: 'w',
      action: { kind: 'write', value: 1 },
      mode: 'select_before_operate',
      expiresAtMs: clock.now() + 1_000,
    };
    expect(await clock.settle(driver.execute(command))).toMatchObject({ status: 'not_sent' });
  });
});

describe('SunSpec', () => {
  const chain = registers(0x5375, 0x6e53, 1, 2, 11, 22, 103, 4, 2304, -1, 500, 0, 0xffff, 0);
  const address = (model: number, offset: number, scaleOffset?: number) => ({
    model,
    offset,
    ...(scaleOffset && { scaleOffset }),
  });

  it('models are found wherever the device keeps them, and points within them', async () => {
    const { clock, sink } = await begin({
      points: [
        point('volt', address(103, 2, 3), 'int16'),
        point('absent', address(120, 2), 'int16'),
        point('short', address(103, 30), 'int16'),
      ],
      devices: [{ id: 'd1', settings: { sunspecBases: [40_000, 50_000] } }],
      prepare: (it) => it.bank.set('holdingRegisters', 50_000, chain),
    });
    await clock.until(() => sink.last('volt') !== undefined);
    expect(sink.last('volt')).toMatchObject({ value: 230.4, quality: 'good' });
    expect(sink.last('absent')).toMatchObject({ quality: 'bad', reason: 'the device has no SunSpec model 120' });
    expect(sink.last('short')).toMatchObject({ quality: 'bad', reason: expect.stringContaining('ends before') });
  });

  it('that is not there, or does not end, is said of the points', async () => {
    const { clock, sink } = await begin({ points: [point('volt', address(103, 2), 'int16')] });
    await clock.until(() => sink.last('volt') !== undefined);
    expect(sink.last('volt')).toMatchObject({ quality: 'bad', reason: expect.stringContaining('no SunSpec map') });
  });
});
