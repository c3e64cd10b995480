/** The driver against devices that are wrong in the ways devices are: bad addresses, small buffers, silence. */
import { describe, expect, it } from 'vitest';
import { functionCodeOf, ModbusExceptionError, registers } from '../../protocols/modbus/index.ts';
import { begin, endAfterEach, point, reads } from './test-support/driver-setup.ts';

endAfterEach();

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
