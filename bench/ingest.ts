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
    return [
      {
        name: 'ingest, CPU per reading against a floor: parse, batch-write plain items with the document client',
        measured: `${ingestUs.toFixed(1)} µs (${(ingestUs / plainFloorUs).toFixed(2)} ×), ${Math.round(1e6 / ingestUs)} readings per core second`,
        reference: `${plainFloorUs.toFixed(1)} µs`,
        budget: `≤ ${budget} ×`,
        isWithin: ingestUs <= budget * plainFloorUs,
      },
      {
        name: 'for information: the same floor with ingest’s own compact items and bulk client',
        measured: `${(ingestUs / compactFloorUs).toFixed(2)} ×`,
        reference: `${compactFloorUs.toFixed(1)} µs`,
        budget: '',
        isWithin: undefined,
      },
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
