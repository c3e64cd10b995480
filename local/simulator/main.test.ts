import { spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

test('the command line publishes a fleet and reports what it did', async () => {
  const broker = await Aedes.createBroker();
  const topics = new Set<string>();
  broker.on('publish', ({ topic }, client) => client && topics.add(topic));
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mqtt = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const fleet = [
    '--meters',
    '20',
    '--speed-up',
    '100000',
    '--duration',
    '0.5',
    '--faults',
    'garbage=1',
    '--outages',
    '0',
  ];
  const { code, stdout } = await run('--mqtt', mqtt, ...fleet);
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();

  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^20 meters, [\d.]+ h simulated: [1-9]\d* readings \([1-9]\d* damaged\).* 0 failed, 0 in flight\n$/,
  );
  expect([...topics].filter((topic) => topic.endsWith('/data'))).toHaveLength(21);
});

test.each([
  [['--faults', 'nope=1'], /--faults has "nope=1"/],
  [['--meters', 'many'], /--meters is "many"; it must be a number/],
  [['--start', 'yesterday'], /--start is "yesterday"/],
  [['--mqtt', 'mqtt://127.0.0.1:1'], /ECONNREFUSED/],
])('%j is a clear error', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
