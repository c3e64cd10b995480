/** The driver on a serial line with three devices, one of them dead: a pair of pseudo terminals joined by socat. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasProgram } from '../../../test/support/programs.ts';
import { RegisterBank, registers, serveRtu } from '../../protocols/modbus/index.ts';
import { openChannel } from '../../protocols/transport/byte-channel.ts';
import { RecordingSink } from '../contract-suite.ts';
import { ManualClock } from '../manual-clock.ts';
import { modbusDriver } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'modbus-serial-'));
let socat: ChildProcess | undefined;
afterAll(() => {
  socat?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasProgram('socat', 'socat'))('on a serial line', () => {
  it('reads the devices that answer, leaves the dead one alone and writes 32 bits whole', async () => {
    const [near, far] = [join(folder, 'near'), join(folder, 'far')];
    socat = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`], { stdio: 'ignore' });
    await expect.poll(() => existsSync(near) && existsSync(far), { timeout: 5_000 }).toBe(true);
    const line = await openChannel({ kind: 'serial', path: far, baudRate: 19_200 });
    const banks = new Map([1, 2].map((unit) => [unit, new RegisterBank()]));
    for (const [unit, bank] of banks) bank.set('holdingRegisters', 0, registers(unit * 100, 0, 0));
    serveRtu(line, (unit, request) => banks.get(unit)!.answer(unit, request), { units: new Set(banks.keys()) });

    const clock = new ManualClock();
    const sink = new RecordingSink();
    const driver = modbusDriver.create(
      modbusDriver.parse({
        connection: { serial: { path: near, baudRate: 19_200 }, timeoutMs: 2_000 },
        devices: [1, 2, 3].map((unitId) => ({ id: `d${unitId}`, settings: { unitId } })),
        points: [1, 2, 3].flatMap((unit) => [
          {
            id: `p${unit}`,
            deviceId: `d${unit}`,
            address: 'holding:0',
            dataType: 'uint16',
            scanRateMs: 1_000,
            writable: false,
          },
          {
            id: `w${unit}`,
            deviceId: `d${unit}`,
            address: 'holding:1',
            dataType: 'float32',
            scanRateMs: 1_000,
            writable: true,
          },
        ]),
      }),
      clock,
    );
    driver.start(sink);
    await clock.until(() => sink.stateOf('d3') === 'offline' && sink.of('p1').length > 2 && sink.of('p2').length > 2);
    expect([sink.last('p1')?.value, sink.last('p2')?.value, sink.last('p3')]).toEqual([100, 200, undefined]);
    const command = {
      id: 'c',
      pointId: 'w2',
      action: { kind: 'write' as const, value: 1.5 },
      mode: 'direct' as const,
      expiresAtMs: clock.now() + 60_000,
    };
    expect(await clock.settle(driver.execute(command))).toEqual({ status: 'executed' });
    await clock.settle(driver.refresh(['w2']));
    expect(sink.last('w2')?.value).toBe(1.5);
    await clock.settle(driver.stop());
    expect(clock.pendingTimers).toBe(0);
    line.close();
  });
});
