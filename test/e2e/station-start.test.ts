/** The station of `npm start` as a newcomer meets it: it comes alive by itself, its breaker trips over REST, and it leaves nothing behind. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { apiWith, eventually, expectOk } from '../support/mizan.ts';
import { type Endpoints, freePorts, runStart, type StartCommand } from '../support/start-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'start-station-'));
const dataDir = join(directory, 'kept');
let command: StartCommand;
/** Of the configuration that was published last. */
let version: number;

afterEach(() => {
  command?.process.kill('SIGKILL');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function start(...options: string[]): Promise<Endpoints> {
  command = runStart(dataDir, ...freePorts, '--no-simulator', ...options);
  return command.ready();
}

const alive = () =>
  eventually(
    async () => command.output(),
    (text) => text.includes('is alive'),
  );

/** The gateway's process, by the folder that its configuration is in. */
function gatewayPid(): number {
  const children = execFileSync('ps', ['-eo', 'pid=,ppid=,args=']).toString().split('\n');
  const own = children
    .map((line) => line.trim().split(/\s+/))
    .find(
      ([, parent, ...args]) => parent === String(command.process.pid) && args.at(-1)?.endsWith('edge-gateway/main.ts'),
    );
  return Number(own?.[0]);
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function positionOf({ restUrl, apiKey, stationId }: Endpoints): Promise<string> {
  const api = apiWith(restUrl, apiKey);
  const rows = expectOk(await api('GET', `/api/scada/readings/live?stationId=${stationId}&kind=point&limit=200`)).data;
  return rows.find(({ pointId }: { pointId: string }) => pointId === 'Q1.position')?.value?.value;
}

async function versionOf({ restUrl, apiKey, stationId }: Endpoints): Promise<number> {
  const versions = expectOk(await apiWith(restUrl, apiKey)('GET', `/api/scada/configurations/${stationId}`)).data;
  return versions[0].configurationVersion;
}

describe('the station of npm start', () => {
  it('comes alive after the platform is ready, trips its breaker over REST, and ends with it', async () => {
    const endpoints = await start();
    await alive();
    expect(command.output().indexOf('Ready in')).toBeLessThan(command.output().indexOf('is alive'));
    await eventually(
      () => positionOf(endpoints),
      (position) => position === 'on',
    );
    const api = apiWith(endpoints.restUrl, endpoints.apiKey);
    const body = { action: { kind: 'operate', code: 'trip' }, expiresInSeconds: 30 };
    const path = '/api/scada/controls/Q1.control/execute';
    expectOk(await api('POST', path, body, { 'idempotency-key': 'newcomer-1' }));
    await eventually(
      () => positionOf(endpoints),
      (position) => position === 'off',
    );
    version = await versionOf(endpoints);
    const page = /Gateway {8}(http\S+)/.exec(command.output())![1]!;
    expect((await fetch(page)).status).toBe(200);
    const pid = gatewayPid();
    expect(isRunning(pid)).toBe(true);
    command.process.kill('SIGINT');
    expect(await command.exited).toEqual({ code: 0, signal: null });
    expect(isRunning(pid)).toBe(false);
    expect(command.output()).not.toMatch(/error|warn/i);
  });

  it('is known again at the next start, and its gateway does not outlive a killed platform', async () => {
    const remembered = () => JSON.parse(readFileSync(join(dataDir, 'station', 'station.json'), 'utf8'));
    const before = { version, ...remembered() };
    const endpoints = await start();
    await alive();
    version = await versionOf(endpoints);
    const { apiKey, ports } = remembered();
    expect(apiKey).toBe(before.apiKey);
    // Where somebody took a port of its devices meanwhile, the platform was told of another one.
    const isMoved = !isDeepStrictEqual(ports, before.ports);
    expect(version - before.version).toBe(isMoved ? 1 : 0);
    const pid = gatewayPid();
    command.process.kill('SIGKILL');
    await command.exited;
    await eventually(
      async () => isRunning(pid),
      (running) => !running,
    );
  });

  it('is left out with --no-station', async () => {
    await start('--no-station');
    expect(command.output()).not.toContain('comes alive');
    expect(gatewayPid()).toBeNaN();
  });
});
