/** `npm start` to ready on a warm checkout: built and synthesized before, seeded before. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchResult, median } from './result.ts';

const budgetSeconds = 10;
const runs = 3;

export async function run(): Promise<BenchResult[]> {
  const data = mkdtempSync(join(tmpdir(), 'mizan-bench-'));
  try {
    const first = await startOnce(data);
    const warm: number[] = [];
    for (let i = 0; i < runs; i++) warm.push(await startOnce(data));
    const seconds = median(warm);
    return [
      {
        name: 'npm start to ready, warm checkout',
        measured: `${seconds.toFixed(1)} s`,
        reference: `first start, with seeding ${first.toFixed(1)} s`,
        budget: `≤ ${budgetSeconds} s`,
        isWithin: seconds <= budgetSeconds,
      },
    ];
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

function startOnce(data: string): Promise<number> {
  return new Promise((done, fail) => {
    const started = performance.now();
    const child = spawn(
      process.execPath,
      ['local/start.ts', '--data', data, '--port', '0', '--mqtt-port', '0', '--aws-port', '0', '--providers-port', '0'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let seconds: number | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      if (seconds !== undefined || !chunk.toString().includes('Ready in')) return;
      seconds = (performance.now() - started) / 1000;
      child.kill('SIGINT');
    });
    child.once('exit', () =>
      seconds === undefined ? fail(new Error('npm start ended before it was ready.')) : done(seconds),
    );
  });
}
