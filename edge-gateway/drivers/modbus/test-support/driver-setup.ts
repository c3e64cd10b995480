/** A driver with a loopback device, begun for one test, and the ways to ask them. */
import { afterEach } from 'vitest';
import type { Command, ControlAction, Driver } from '../../../runtime/driver.ts';
import { RecordingSink } from '../../contract-suite.ts';
import { ManualClock } from '../../manual-clock.ts';
import { modbusDriver } from '../index.ts';
import { LoopbackModbus } from './loopback-device.ts';

const ended: (() => Promise<void>)[] = [];

/** Ends what a test began. */
export const endAfterEach = (): void =>
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

export type PointInput = Parameters<typeof modbusDriver.parse>[0]['points'][0];
export const point = (
  id: string,
  address: unknown,
  dataType = 'uint16',
  more: Partial<PointInput> = {},
): PointInput => ({
  id,
  deviceId: 'd1',
  address,
  dataType,
  scanRateMs: 1000,
  writable: false,
  ...more,
});

export interface Setup {
  points: PointInput[];
  connection?: Record<string, unknown>;
  devices?: { id: string; settings: unknown }[];
  prepare?: (device: LoopbackModbus) => void;
}

export async function begin({ points, connection, devices = [{ id: 'd1', settings: {} }], prepare }: Setup) {
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

export const reads = (device: LoopbackModbus): string[] =>
  device.requests.flatMap(({ request }) => ('quantity' in request ? [`${request.address}+${request.quantity}`] : []));

export const execute = (
  driver: Driver,
  clock: ManualClock,
  pointId: string,
  action: ControlAction | number | boolean,
) => {
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
