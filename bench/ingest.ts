/**
 * Ingest: its own CPU per reading against a floor that only parses the same messages and batch-writes the same
 * readings, in turn in one process, with the embedded DynamoDB in another.
 */
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import { startTables } from '../test/support/tables.ts';
import type { IngestMeasurement } from './ingest-child.ts';
import type { BenchResult } from './result.ts';

const budget = 1.5;

export async function run(): Promise<BenchResult[]> {
  const tables = await startTables(['metering', 'readings', 'scada', 'platform']);
  try {
    const { ingestUs, plainFloorUs, compactFloorUs } = await measure();
    const row = (floor: string, floorUs: number): BenchResult => ({
      name: `ingest, CPU per reading against ${floor}`,
      measured: `${ingestUs.toFixed(1)} µs (${(ingestUs / floorUs).toFixed(2)} ×), ${Math.round(1e6 / ingestUs)} readings per core second`,
      reference: `${floorUs.toFixed(1)} µs`,
      budget: `≤ ${budget} ×`,
      isWithin: ingestUs <= budget * floorUs,
    });
    return [
      row('parsing and writing plain items', plainFloorUs),
      row('parsing and writing compact items', compactFloorUs),
    ];
  } finally {
    await tables.close();
  }
}

function measure(): Promise<IngestMeasurement> {
  return new Promise((done, fail) => {
    const child = fork(resolve('bench/ingest-child.ts'), [resolve('dist/functions/metering-ingest/index.mjs')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (message) => done(message as IngestMeasurement));
    child.once('exit', (code) => code && fail(new Error(`The measured process ended with ${code}.`)));
  });
}
