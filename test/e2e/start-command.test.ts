/**
 * `npm start` as a person meets it: what it prints and writes, how it ends, and what the next start still knows. Each start
 * costs seconds: one goes on where the last ended. Its providers and its station are in `start-demo.test.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { connectMeter } from '../support/meter-client.ts';
import { apiWith, eventually, expectOk } from '../support/mizan.ts';
import { type Endpoints, freePorts, runStart, type StartCommand } from '../support/start-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'start-'));
const dataDir = join(directory, 'kept');
let command: StartCommand;

afterEach(() => {
  command?.process.kill('SIGKILL');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = (...options: string[]): StartCommand => {
  command = runStart(dataDir, ...freePorts, ...options);
  return command;
};
const startQuietly = (...options: string[]) => start('--no-simulator', '--no-station', ...options);

/** It has ended in order: what it acknowledged is on disk. How soon is for an idle machine to say. */
async function interrupt(): Promise<void> {
  command.process.kill('SIGINT');
  expect(await command.exited).toEqual({ code: 0, signal: null });
}

/** Processes that have `parent` as their parent. */
function childrenOf(parent: number): string[] {
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n');
  return processes
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([pid, ppid]) => (ppid === String(parent) ? [pid!] : []));
}

function isAlive(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

const readingsOf = async ({ restUrl, apiKey, meterIds }: Endpoints): Promise<{ registerKwh: string }[]> =>
  expectOk(await apiWith(restUrl, apiKey)('GET', `/api/billing/meters/${meterIds[0]}/readings`)).data;

async function publish({ mqttUrl, apiKey, stationId, meterIds }: Endpoints, kwh: number): Promise<void> {
  const meter = await connectMeter(mqttUrl, apiKey);
  await meter.publishReading(stationId, meterIds[0]!, kwh);
  await meter.close();
}

const arrived = (endpoints: Endpoints, kwh: number) =>
  eventually(
    () => readingsOf(endpoints),
    (readings) => readings.some(({ registerKwh }) => Number(registerKwh) === kwh),
  );

/** What seeding makes, counted. */
async function seeded({ restUrl, apiKey }: Endpoints) {
  const api = apiWith(restUrl, apiKey);
  const count = async (path: string) => expectOk(await api('GET', path)).data.length as number;
  return {
    stations: await count('/api/scada/stations?limit=100'),
    meters: await count('/api/billing/meters?limit=100'),
    webhooks: await count('/api/v1/developer/webhooks?limit=100'),
    keys: await count('/api/v1/developer/api-keys?limit=100'),
    integrations: await count('/api/v1/developer/integrations?limit=100'),
  };
}

/** Messages on disk of the queue that readings come in by. Queues are written behind by a moment, which a killed process does not get. */
function queuedOnDisk(): number {
  const db = new DatabaseSync(join(dataDir, 'data', 'queues.sqlite'), { readOnly: true });
  const { count } = db.prepare("select count(*) as count from messages where queue like '%metering-ingest'").get()!;
  db.close();
  return Number(count);
}

describe('npm start', () => {
  let first: Endpoints;
  let made: Awaited<ReturnType<typeof seeded>>;

  it('prints and writes where everything is, is quiet without simulator and station, and leaves nothing behind', async () => {
    first = await startQuietly().ready();
    expect(first).toEqual({
      restUrl: expect.stringMatching(/^http:\/\/\S+:\d+$/),
      webSocketUrl: expect.stringMatching(/^ws:\/\//),
      mqttUrl: expect.stringMatching(/^mqtt:\/\//),
      awsEndpointUrl: expect.stringMatching(/^http:\/\//),
      ...{ tenantId: expect.any(String), email: expect.stringContaining('@'), password: expect.any(String) },
      ...{ apiKey: expect.stringMatching(/^mzn_local_/), stationId: expect.any(String) },
      meterIds: expect.arrayContaining([expect.any(String)]),
      providersUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/_providers$/),
    });
    const { restUrl, webSocketUrl, mqttUrl, awsEndpointUrl, email, apiKey, providersUrl } = first;
    for (const printed of [restUrl, webSocketUrl, mqttUrl, awsEndpointUrl, email, apiKey, providersUrl])
      expect(command.output()).toContain(printed);
    made = await seeded(first);
    expect(made).toMatchObject({ webhooks: 1, keys: 1 });
    expect(await readingsOf(first)).toEqual([]);
    await publish(first, 4321);
    await arrived(first, 4321);
    const children = childrenOf(command.process.pid!);
    await interrupt();
    expect(command.output()).not.toMatch(/error|warn|comes alive/i);
    expect(children.filter(isAlive)).toEqual([]);
  });

  it('still has its readings, log-in and key after a restart, seeds nothing twice, and is killed', async () => {
    const again = await startQuietly().ready();
    const moved = { restUrl: '', webSocketUrl: '', mqttUrl: '', awsEndpointUrl: '', providersUrl: '' };
    expect({ ...again, ...moved }).toEqual({ ...first, ...moved });
    await arrived(again, 4321);
    const { restUrl, email, password } = again;
    expectOk(await apiWith(restUrl)('POST', '/api/v1/auth/login', { email, password }));
    expect(await seeded(again)).toEqual(made);

    await publish(again, 4321.01);
    await arrived(again, 4321.01);
    const control = (path: string, body: object) =>
      fetch(`${again.awsEndpointUrl}/_runtime/${path}`, { method: 'POST', body: JSON.stringify(body) });
    await control('faults', { rules: [{ point: 'lambda.throttle', probability: 1, resource: 'metering-ingest' }] });
    await publish(again, 4321.02);
    await eventually(
      async () => queuedOnDisk(),
      (count) => count === 1,
    );
    command.process.kill('SIGKILL');
    expect(await command.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('lost nothing by that, delivers what was in a queue, and ends at once at a second interrupt', async () => {
    const again = await startQuietly('--no-providers').ready();
    expect(again.providersUrl).toBe('');
    await arrived(again, 4321.01);
    // What was being worked on becomes visible again when its time is over.
    await fetch(`${again.awsEndpointUrl}/_runtime/clock`, { method: 'POST', body: '{"advanceMs":600000}' });
    await arrived(again, 4321.02);
    expect(command.output()).not.toMatch(/damaged|malformed|corrupt/i);
    command.process.kill('SIGINT');
    command.process.kill('SIGINT');
    const { code, signal } = await command.exited;
    expect(signal === 'SIGINT' || code === 0).toBe(true);
  });

  it('starts anew with --fresh, with a fleet that reports by itself, and ends while its station comes alive', async () => {
    const anew = await start('--fresh', '--no-providers', '--meters', '6', '--interval', '1').ready();
    expect(anew.password).not.toBe(first.password);
    expect(anew.apiKey).not.toBe(first.apiKey);
    expect((await apiWith(anew.restUrl, first.apiKey)('GET', '/api/scada/stations')).status).toBe(401);
    const readings = await eventually(
      () => readingsOf(anew),
      ({ length }) => length > 0,
    );
    expect(readings.some(({ registerKwh }) => Number(registerKwh) === 4321)).toBe(false);
    await interrupt();
  });

  it('ends cleanly when it is interrupted while it starts', async () => {
    startQuietly();
    await eventually(
      async () => command.output(),
      (text) => text.includes('start the services'),
    );
    await interrupt();
    expect(command.output()).not.toContain('    at ');
  });
});

describe('npm start says in one sentence', () => {
  const failure = async (...options: string[]): Promise<string> => {
    command = runStart(dataDir, ...options);
    expect(await command.exited).toEqual({ code: 1, signal: null });
    return command.output();
  };

  it.each([
    [['--bogus'], /^\s*Unknown option '--bogus'\. See npm start -- --help\.\s*$/],
    [['--port', 'many'], /^\s*--port takes a whole number from 0 to 65535, not "many"\.\s*$/],
    [['--meters', '0'], /^\s*--meters takes a whole number from 1 to 10000, not "0"\.\s*$/],
    [['extra'], /^\s*Unexpected argument 'extra'[^\n]*\s*$/],
  ])('what is wrong with %j', async (options, sentence) => {
    expect(await failure(...options)).toMatch(sentence);
  });

  it.each(['--port', '--mqtt-port', '--aws-port', '--providers-port'])(
    'that the port of %s is taken',
    async (option) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, resolve));
      const { port } = other.address() as AddressInfo;
      const others = freePorts.flatMap((word, index) => (index % 2 === 0 && word !== option ? [word, '0'] : []));
      const output = await failure(...others, option, String(port));
      expect(output).toContain(`Port ${port} is in use: stop the other program or choose another with ${option}`);
      expect(output).not.toContain('    at ');
      await new Promise((resolve) => other.close(resolve));
    },
  );

  it('how it is used', async () => {
    command = runStart(dataDir, '--help');
    expect(await command.exited).toEqual({ code: 0, signal: null });
    expect(command.output()).toContain('--no-simulator');
  });
});
