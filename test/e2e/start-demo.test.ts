/**
 * What `npm start` surrounds the platform with, as a newcomer meets it: providers that are integrated, heard when they notify
 * and missed when they fail, and a station whose breaker trips over REST. Both are known again at the next start, and leave
 * nothing behind.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiWith, eventually, expectOk } from '../support/mizan.ts';
import { type Endpoints, freePorts, runStart, type StartCommand } from '../support/start-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'start-demo-'));
const dataDir = join(directory, 'kept');
let command: StartCommand;
let endpoints: Endpoints;
let api: ReturnType<typeof apiWith>;

const start = async (): Promise<void> => {
  command = runStart(dataDir, ...freePorts, '--no-simulator');
  endpoints = await command.ready();
  api = apiWith(endpoints.restUrl, endpoints.apiKey);
};

beforeAll(() => start());
afterAll(() => {
  command?.process.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

const control = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${endpoints.providersUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as any };
};
const listIntegrations = async (): Promise<any[]> =>
  expectOk(await api('GET', '/api/v1/developer/integrations?limit=100')).data;
const eventsOf = async (type: string): Promise<any[]> =>
  expectOk(await api('GET', `/api/v1/developer/events?type=${type}&limit=50`)).data;

const alive = () =>
  eventually(
    async () => command.output(),
    (text) => {
      if (text.includes('is not there')) throw new Error(text);
      return text.includes('is alive');
    },
    170_000,
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

async function positionOf(): Promise<string> {
  const { stationId } = endpoints;
  const rows = expectOk(await api('GET', `/api/scada/readings/live?stationId=${stationId}&kind=point&limit=200`)).data;
  return rows.find(({ pointId }: { pointId: string }) => pointId === 'Q1.position')?.value?.value;
}

async function versionOf(): Promise<number> {
  const versions = expectOk(await api('GET', `/api/scada/configurations/${endpoints.stationId}`)).data;
  return versions[0].configurationVersion;
}

describe('the station of npm start', () => {
  it('comes alive after the platform is ready, and trips its breaker over REST', async () => {
    await alive();
    expect(command.output().indexOf('Ready in')).toBeLessThan(command.output().indexOf('is alive'));
    await eventually(positionOf, (position) => position === 'on');
    const body = { action: { kind: 'operate', code: 'trip' }, expiresInSeconds: 30 };
    const path = '/api/scada/controls/Q1.control/execute';
    expectOk(await api('POST', path, body, { 'idempotency-key': 'newcomer-1' }));
    await eventually(positionOf, (position) => position === 'off');
    const page = /Gateway {8}(http\S+)/.exec(command.output())![1]!;
    expect((await fetch(page)).status).toBe(200);
    expect(command.output()).not.toMatch(/error|warn/i);
  });
});

describe('the simulated providers', () => {
  it('are integrated by priority, each tested green', async () => {
    const list = await listIntegrations();
    expect(list.map(({ provider }) => provider)).toEqual(
      expect.arrayContaining(['local_1', 'twilio', 'smtp', 'whatsapp', 'fcm', 'kuraimi', 'stripe', 'sts', 'acrel']),
    );
    expect(list.filter(({ healthStatus }) => healthStatus !== 'healthy')).toEqual([]);
    expect(list.find(({ provider }) => provider === 'local_1')).toMatchObject({ isPrimary: true, priority: 1 });
  });

  it('notify the platform, whatever way they sign', async () => {
    const before = (await eventsOf('payment.notified')).length;
    for (const provider of ['stripe', 'kuraimi', 'paypal', 'twilio', 'whatsapp', 'local_1', 'generic_http'])
      expect(await control('POST', `/${provider}/notify`, { id: 'x-1' }), provider).toMatchObject({
        status: 200,
        json: { status: 200 },
      });
    await eventually(
      () => eventsOf('payment.notified'),
      (events) => events.length >= before + 3,
    );
  });

  it('bring in a reading as Acrel does', async () => {
    const [meterId] = endpoints.meterIds;
    const { json } = await control('POST', '/acrel/notify', { id: meterId });
    expect(json).toMatchObject({ status: 200 });
    await eventually(
      async () => expectOk(await api('GET', `/api/billing/meters/${meterId}/readings`)).data as any[],
      (readings) => readings.some(({ registerKwh }) => Number(registerKwh) === 15234.56),
    );
  });

  it.each(['local_1', 'smtp'])('%s fails when it is told to, and is well again', async (provider) => {
    const { id } = (await listIntegrations()).find((integration) => integration.provider === provider);
    const test = async () => expectOk(await api('POST', `/api/v1/developer/integrations/${id}/test`, {})).data.status;
    await control('PUT', `/${provider}/mode`, { mode: 'unauthorized' });
    expect(await test()).toBe('failed');
    await control('PUT', `/${provider}/mode`, { mode: 'ok' });
    expect(await test()).toBe('success');
  });

  it('leave their secrets in no log', async () => {
    const logs = await (await fetch(`${endpoints.awsEndpointUrl}/_runtime/logs?limit=5000`)).text();
    const secrets = ['api_key', 'webhook_secret', 'auth_token', 'access_token', 'secret_key', 'password'];
    const { integrations } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
    const known = [
      ...(await control('GET', '')).json.flatMap(({ settings }: any) => secrets.map((key) => settings[key])),
      ...Object.values<{ token?: string }>(integrations).map(({ token }) => token),
    ].filter((secret) => secret !== undefined);
    expect(known.length).toBeGreaterThan(20);
    expect(known.filter((secret) => logs.includes(secret))).toEqual([]);
  });
});

describe('the next start', () => {
  const remembered = () => JSON.parse(readFileSync(join(dataDir, 'station', 'station.json'), 'utf8'));
  const idsOf = async () => (await listIntegrations()).map(({ id }) => id).sort();
  let before: { ids: string[]; version: number; apiKey: string; ports: object };

  it('comes after an end in order, which the gateway did not outlive', async () => {
    before = { ids: await idsOf(), version: await versionOf(), ...remembered() };
    const pid = gatewayPid();
    expect(isRunning(pid)).toBe(true);
    command.process.kill('SIGINT');
    expect(await command.exited).toEqual({ code: 0, signal: null });
    expect(isRunning(pid)).toBe(false);
  });

  it('finds the providers again', async () => {
    await start();
    expect(await idsOf()).toEqual(before.ids);
    expect(await control('POST', '/stripe/notify', { id: 'x-2' })).toMatchObject({ json: { status: 200 } });
  });

  it('finds the station again, whose gateway does not outlive a killed platform', async () => {
    await alive();
    const { apiKey, ports } = remembered();
    expect(apiKey).toBe(before.apiKey);
    // Where somebody took a port of its devices meanwhile, the platform was told of another one.
    const isMoved = !isDeepStrictEqual(ports, before.ports);
    expect((await versionOf()) - before.version).toBe(isMoved ? 1 : 0);
    const pid = gatewayPid();
    command.process.kill('SIGKILL');
    await command.exited;
    await eventually(
      async () => isRunning(pid),
      (running) => !running,
    );
  });
});
