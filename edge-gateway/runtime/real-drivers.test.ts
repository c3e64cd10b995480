import { afterEach, describe, expect, it } from 'vitest';
import { parseStationConfiguration } from '../../layers/station/check-configuration.ts';
import { protocolTypes } from '../../layers/station/station-configuration.ts';
import { ManualClock } from '../drivers/manual-clock.ts';
import { LoopbackModbus } from '../drivers/modbus/test-support/loopback-device.ts';
import { loadDriver } from '../drivers/registry.ts';
import { openStationDatabase } from '../uplink/station-database.ts';
import { createStationGateway } from './station-gateway.ts';
import { startTestPlatform } from './test-support/test-platform.ts';

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

describe('the registry', () => {
  it.each(protocolTypes)('has a driver of %s that says so', async (protocol) => {
    expect((await loadDriver(protocol)).protocol).toBe(protocol);
  });
});

describe('a gateway over a Modbus device', () => {
  it('tells the meter in volts, and sets what it is told to, in the device`s own units', async () => {
    const clock = new ManualClock(Date.now());
    const platform = await startTestPlatform();
    const device = await new LoopbackModbus().listen();
    device.bank.inputRegisters.set(10, 2301);
    device.bank.holdingRegisters.set(20, 0);
    ended.push(
      () => platform.close(),
      () => device.close(),
    );
    const gateway = createStationGateway({
      stationId: 'ST-001',
      software: 'test',
      clock,
      log: () => {},
      database: openStationDatabase(undefined, clock.now() - 60_000),
      maxStoreBytes: 1e8,
      link: { url: platform.url, clientId: 'gw', keepAliveSeconds: 60 },
      loadDriver,
      readSecret: () => undefined,
      commitDelayMs: 20,
      trialMs: 30_000,
    });
    await clock.settle(gateway.start());
    ended.push(() => clock.settle(gateway.stop()));
    const until = (condition: () => boolean, what: string) => clock.until(condition, { withinMs: 60_000, what });
    await until(() => gateway.isUplinkUp(), 'uplink');
    const point = { deviceId: 'meter', pointType: 'analog_input', dataType: 'uint16', scanRateMs: 500 };
    await platform.announce(
      parseStationConfiguration({
        formatVersion: 1,
        stationId: 'ST-001',
        version: 1,
        issuedAt: '2026-01-01T00:00:00Z',
        connections: [{ id: 'line', name: 'line', protocolType: 'modbus', host: '127.0.0.1', port: device.port }],
        devices: [{ id: 'meter', name: 'meter', connectionId: 'line', settings: { unitId: 7 } }],
        points: [
          { ...point, id: 'V', name: 'V', address: 'input:10', scaleFactor: 0.1 },
          {
            ...point,
            id: 'limit',
            name: 'limit',
            pointType: 'analog_output',
            address: 'holding:20',
            scaleFactor: 0.5,
            writable: true,
            control: { readBack: { pointId: 'limit', timeoutMs: 5_000 } },
          },
        ],
        report: { intervalMs: 100 },
      }),
    );
    await until(() => platform.values.some(({ pointId }) => pointId === 'V'), 'value');
    expect(platform.values.find(({ pointId }) => pointId === 'V')).toMatchObject({ value: 230.1, quality: 'good' });

    await platform.publish('ST-001', {
      id: 'cmd-real-1',
      pointId: 'limit',
      action: { kind: 'write', value: 60 },
      issuedAtMs: clock.now(),
      expiresAtMs: clock.now() + 20_000,
      issuedBy: 'usr_1',
    });
    await until(() => platform.results.some(({ final }) => final), 'result');
    expect(platform.results.at(-1)).toMatchObject({ step: 'confirmed', readBack: 60 });
    expect(device.bank.holdingRegisters.get(20)).toBe(120);
    expect(device.writes).toHaveLength(1);

    await device.close();
    await until(() => platform.values.at(-1)?.quality !== 'good', 'silence');
    expect(platform.status).toContainEqual(expect.objectContaining({ connectionId: 'line', state: 'offline' }));
  });
});
