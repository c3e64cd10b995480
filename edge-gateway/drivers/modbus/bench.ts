/**
 * Ten Modbus TCP devices with ten thousand float registers (20,000 registers of 16 bits) each, read every second: what it
 * costs the driver's process, whether a cycle was missed, and how much of it a bare loop of the same requests costs.
 *
 *   node edge-gateway/drivers/modbus/bench.ts [seconds measured, default 3]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { connect } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../protocols/modbus/index.ts';
import type { DriverContext, Sample } from '../../runtime/driver.ts';
import { modbusDriver } from './index.ts';

const devices = 10;
const floats = 10_000;
const perRequest = 124;
const inFlight = 4;

export interface BenchResult {
  valuesPerSecond: number;
  /** Of one core. */
  cpuShare: number;
  missedCycles: number;
  requestsPerSecond: number;
  eventLoopDelayP99Ms: number;
  bareCpuShare: number;
  /** CPU of the driver against the bare loop's. */
  ratio: number;
}

export async function bench(seconds = 3): Promise<BenchResult> {
  const child = fork(fileURLToPath(new URL('./bench-devices.ts', import.meta.url)), [
    String(devices),
    String(floats * 2),
  ]);
  try {
    const ports = await new Promise<number[]>((resolve, reject) => {
      child.once('message', (message) => resolve((message as { ports: number[] }).ports));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`The simulated devices ended with ${code}.`)));
    });
    const driven = await runDriver(ports, seconds);
    const bare = await runBareLoop(ports, Math.min(seconds, 2));
    return { ...driven, bareCpuShare: bare, ratio: driven.cpuShare / bare };
  } finally {
    await end(child);
  }
}

async function runDriver(
  ports: readonly number[],
  seconds: number,
): Promise<Omit<BenchResult, 'bareCpuShare' | 'ratio'>> {
  const context: DriverContext = { ...systemClock, now: Date.now, log: () => {} };
  const points = Array.from({ length: floats }, (_, index) => ({
    id: `p${index}`,
    deviceId: 'device',
    address: { table: 'holding_register', address: index * 2 },
    dataType: 'float32',
    scanRateMs: 1_000,
    writable: false,
  }));
  const drivers = ports.map((port) =>
    modbusDriver.create(
      modbusDriver.parse({
        connection: { host: '127.0.0.1', port, maxInFlight: inFlight },
        devices: [{ id: 'device', settings: {} }],
        points,
      }),
      context,
    ),
  );
  let values = 0;
  const sink = {
    samples: (samples: Sample[]) => {
      values += samples.length;
    },
    state: () => {},
  };
  for (const driver of drivers) driver.start(sink);
  // Batch sizes are tried in the first ten cycles; what is measured is the years after.
  await delay(10_500);
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const count = () => {
    const all = drivers.map((driver) => driver.statistics());
    const sum = (name: string) => all.reduce((total, statistics) => total + statistics[name]!, 0);
    return { values, requests: sum('requests'), missed: sum('missedCycles') };
  };
  const before = count();
  const { share, elapsedMs } = await cpuShareOf(() => delay(seconds * 1_000));
  const after = count();
  delays.disable();
  await Promise.all(drivers.map((driver) => driver.stop()));
  const perSecond = (amount: number) => Math.round((amount / elapsedMs) * 1_000);
  return {
    valuesPerSecond: perSecond(after.values - before.values),
    cpuShare: share,
    missedCycles: after.missed - before.missed,
    requestsPerSecond: perSecond(after.requests - before.requests),
    eventLoopDelayP99Ms: delays.percentile(99) / 1e6,
  };
}

/** The floor: the same requests on the same connections, answers counted by their length and otherwise left alone. */
async function runBareLoop(ports: readonly number[], seconds: number): Promise<number> {
  const requests = Array.from({ length: Math.ceil((floats * 2) / perRequest) }, (_, index) => {
    const frame = Buffer.from('000000000006010300000000', 'hex');
    frame.writeUInt16BE(index * perRequest, 8);
    frame.writeUInt16BE(Math.min(perRequest, floats * 2 - index * perRequest), 10);
    return frame;
  });
  const sockets = ports.map((port) => connect({ port, host: '127.0.0.1', noDelay: true }));
  const readAll = (socket: (typeof sockets)[0]): Promise<void> =>
    new Promise((resolve) => {
      let sent = 0;
      let missing = 0;
      const onData = (chunk: Buffer): void => {
        missing -= chunk.length;
        while (missing <= 0 && sent < requests.length) ask();
        if (missing > 0 || sent < requests.length) return;
        socket.off('data', onData);
        resolve();
      };
      const ask = (): void => {
        const group = requests.slice(sent, sent + inFlight);
        sent += group.length;
        for (const frame of group) missing += 9 + frame.readUInt16BE(10) * 2;
        socket.write(Buffer.concat(group));
      };
      socket.on('data', onData);
      ask();
    });
  const { share } = await cpuShareOf(async () => {
    for (let second = 0; second < seconds; second += 1) {
      const begin = performance.now();
      await Promise.all(sockets.map(readAll));
      await delay(1_000 - (performance.now() - begin));
    }
  });
  for (const socket of sockets) socket.destroy();
  return share;
}

async function cpuShareOf(work: () => Promise<void>): Promise<{ share: number; elapsedMs: number }> {
  const begin = performance.now();
  const usage = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(usage);
  const elapsedMs = performance.now() - begin;
  return { share: (user + system) / 1_000 / elapsedMs, elapsedMs };
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill();
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await bench(Number(process.argv[2] ?? 3));
  const percent = (share: number): string => `${(share * 100).toFixed(1)} % of a core`;
  console.log(`${devices} devices × ${floats} float32 each second (${devices * floats * 2} registers of 16 bits)`);
  console.log(`values/s ${result.valuesPerSecond}, requests/s ${result.requestsPerSecond}`);
  console.log(`driver ${percent(result.cpuShare)}, missed cycles ${result.missedCycles}`);
  console.log(`event loop delay, 99th percentile ${result.eventLoopDelayP99Ms.toFixed(1)} ms`);
  console.log(`bare read loop ${percent(result.bareCpuShare)}, ratio ${result.ratio.toFixed(2)}`);
}
