/**
 * What a station of 100,000 points costs: memory, processor for each value from sample to disk, bytes on the uplink.
 *
 *     node --expose-gc edge-gateway/runtime/bench.ts [points]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseStationConfiguration } from '../../layers/station/check-configuration.ts';
import { encodeValues, type ReportedValue } from '../../layers/station/messages.ts';
import { createMessageStore } from '../uplink/message-store.ts';
import { createRecorder } from '../uplink/recorder.ts';
import { openStationDatabase } from '../uplink/station-database.ts';
import { systemClock } from './clock.ts';
import { createPointEngine } from './points/point-engine.ts';

export interface BenchReport {
  points: number;
  /** Resident memory that the configuration and the state of every point take. */
  mebibytes: number;
  configureMs: number;
  /** Samples whose value stays inside the dead-band, a second of one core. */
  quietSamplesPerSecond: number;
  /** Samples that are all told, through conversion, limits, commit with fsync and compression. */
  toldSamplesPerSecond: number;
  bytesPerThousandValues: Record<string, number>;
}

const resident = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss;
};

async function runBench(count = 100_000): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-bench-'));
  const before = resident();
  const engine = createPointEngine(systemClock);
  const startedMs = performance.now();
  engine.configure(configurationOf(count));
  const configureMs = performance.now() - startedMs;
  const ids = Array.from({ length: count }, (_, i) => pointId(i));
  const samples = (from: number, size: number, value: (i: number) => number) =>
    Array.from({ length: size }, (_, i) => ({
      pointId: ids[(from + i) % count]!,
      value: value(from + i),
      quality: 'good' as const,
    }));
  engine.samples(samples(0, count, () => 2300));
  const after = resident();

  const batch = 100;
  const quiet = rate(() => void engine.samples(samples(Math.floor(Math.random() * count), batch, () => 2301)), batch);

  const database = openStationDatabase(folder, Date.now());
  const store = createMessageStore(database, 200e6);
  const recorder = createRecorder({ database, store, clock: systemClock, log: () => {} });
  let told = 0;
  let place = 0;
  const cpuBefore = process.cpuUsage();
  const endMs = performance.now() + 3_000;
  while (performance.now() < endMs) {
    void recorder.record(engine.samples(samples(place, batch, () => 2300 + (Math.random() - 0.5) * 200)));
    place += batch;
    told += batch;
    if (recorder.waiting > 2_000) await nextTurn();
    while (recorder.waiting > 5_000) await nextTurn();
  }
  recorder.flush();
  const { user, system } = process.cpuUsage(cpuBefore);
  recorder.close();
  database.close();
  rmSync(folder, { recursive: true });
  return {
    points: count,
    mebibytes: Math.round((after - before) / 1024 / 1024),
    configureMs: Math.round(configureMs),
    quietSamplesPerSecond: Math.round(quiet),
    toldSamplesPerSecond: Math.round((told * 1e6) / (user + system)),
    bytesPerThousandValues: bytesPerThousand(),
  };
}

function rate(work: () => void, size: number): number {
  const startedMs = performance.now();
  let done = 0;
  while (performance.now() - startedMs < 1_000) {
    work();
    done += size;
  }
  return (done * 1000) / (performance.now() - startedMs);
}

/** A thousand values in one message, as stations of different kinds make them. */
function bytesPerThousand(): Record<string, number> {
  const timeMs = Date.now();
  const size = (value: (i: number) => ReportedValue): number => {
    const values = Array.from({ length: 1000 }, (_, i) => value(i));
    return encodeValues({ storeId: '0123456789abcdef', seq: 123_456, values }).length;
  };
  const noise = (i: number, digits: number): number => Number((230 + Math.sin(i * 12.9898) * 10).toFixed(digits));
  const base = { quality: 'good' as const };
  return {
    'one each of 1,000 points': size((i) => ({
      ...base,
      pointId: pointId(i),
      value: noise(i, 1),
      timeMs: timeMs + (i % 40),
    })),
    'ten each of 100 points': size((i) => ({
      ...base,
      pointId: pointId(i % 100),
      value: noise(i, 1),
      timeMs: timeMs + i * 3,
    })),
    'one point, a thousand times': size((i) => ({
      ...base,
      pointId: pointId(0),
      value: noise(i, 1),
      timeMs: timeMs + i * 1000,
    })),
    'full float precision, 100 points': size((i) => ({
      ...base,
      pointId: pointId(i % 100),
      value: noise(i, 12),
      timeMs: timeMs + i * 3,
    })),
    'contacts with time of the device': size((i) => ({
      ...base,
      pointId: pointId(i % 200),
      value: i % 3 === 0,
      timeMs: timeMs + i * 17,
      timeBy: 'device',
      isEvent: true,
    })),
  };
}

const pointId = (i: number): string => `feeder-${String(Math.floor(i / 20)).padStart(4, '0')}.m${i % 20}`;

const configurationOf = (count: number) =>
  parseStationConfiguration({
    formatVersion: 1,
    stationId: 'BENCH',
    version: 1,
    issuedAt: '2026-01-01T00:00:00Z',
    connections: [{ id: 'c', name: 'c', protocolType: 'modbus' }],
    devices: [{ id: 'd', name: 'd', connectionId: 'c' }],
    points: Array.from({ length: count }, (_, i) => ({
      id: pointId(i),
      name: `Measurement ${i}`,
      deviceId: 'd',
      pointType: 'analog_input',
      address: `holding:${i}`,
      dataType: 'float32',
      scaleFactor: 0.1,
      unit: 'V',
      lowLimit: 0,
      highLimit: 500,
      alarmHigh: 300,
      hysteresis: 2,
      deadbandAbsolute: 0.5,
    })),
  });

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.stdout.write(`${JSON.stringify(await runBench(Number(process.argv[2] ?? 100_000)), null, 2)}\n`);
