/** Controls: what is written for them, and what the device's answer means for whether they happened. */
import { describe, expect, it } from 'vitest';
import { type Request, registers } from '../../protocols/modbus/index.ts';
import type { Command, ControlAction } from '../../runtime/driver.ts';
import { begin, endAfterEach, execute, type PointInput, point } from './test-support/driver-setup.ts';

endAfterEach();

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
