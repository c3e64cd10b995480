/**
 * Warm HTTP function: its own CPU per request. The function and, for reference, the bare SDK calls it makes run in turn
 * in one process against the embedded DynamoDB in another; the difference is what our code costs.
 */
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import { startTables } from '../test/support/tables.ts';
import type { BenchResult } from './result.ts';
import type { WarmMeasurement } from './warm-request-child.ts';

const budgetMs = 1;

export async function run(): Promise<BenchResult[]> {
  const tables = await startTables(['scada', 'limits']);
  try {
    const { functionMs, bareMs, calls } = await measure();
    const ownMs = functionMs - bareMs;
    return [
      {
        name: 'warm HTTP function (get a station), own CPU per request',
        measured: `${ownMs.toFixed(2)} ms`,
        reference: `with its AWS calls ${functionMs.toFixed(2)} ms, the ${calls} calls bare ${bareMs.toFixed(2)} ms`,
        budget: `≤ ${budgetMs} ms`,
        isWithin: ownMs <= budgetMs,
      },
    ];
  } finally {
    await tables.close();
  }
}

function measure(): Promise<WarmMeasurement> {
  return new Promise((done, fail) => {
    const child = fork(resolve('bench/warm-request-child.ts'), [resolve('dist/functions/scada-stations/index.mjs')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (message) => done(message as WarmMeasurement));
    child.once('exit', (code) => code && fail(new Error(`The measured process ended with ${code}.`)));
  });
}
