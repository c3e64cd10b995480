/** The simulated providers of `npm start`: integrated, tested, heard when they notify, and missed when they fail. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiWith, eventually, expectOk } from '../support/mizan.ts';
import { type Endpoints, freePorts, runStart, type StartCommand } from '../support/start-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'providers-'));
const dataDir = join(directory, 'kept');
let command: StartCommand;
let endpoints: Endpoints;
let api: ReturnType<typeof apiWith>;

const start = async (...options: string[]): Promise<void> => {
  command = runStart(dataDir, ...freePorts, '--no-simulator', '--no-station', ...options);
  endpoints = await command.ready();
  api = apiWith(endpoints.restUrl, endpoints.apiKey);
};
const stop = async (): Promise<void> => {
  command.process.kill('SIGINT');
  expect(await command.exited).toEqual({ code: 0, signal: null });
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

it('are found again after a restart, and their secrets are in no log', async () => {
  const made = (await listIntegrations()).map(({ id }) => id).sort();
  const logs = await (await fetch(`${endpoints.awsEndpointUrl}/_runtime/logs?limit=5000`)).text();
  const secrets = ['api_key', 'webhook_secret', 'auth_token', 'access_token', 'secret_key', 'password'];
  const { integrations } = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
  const known = [
    ...(await control('GET', '')).json.flatMap(({ settings }: any) => secrets.map((key) => settings[key])),
    ...Object.values<{ token?: string }>(integrations).map(({ token }) => token),
  ].filter((secret) => secret !== undefined);
  expect(known.length).toBeGreaterThan(20);
  expect(known.filter((secret) => logs.includes(secret))).toEqual([]);
  await stop();
  await start();
  expect((await listIntegrations()).map(({ id }) => id).sort()).toEqual(made);
  expect(await control('POST', '/stripe/notify', { id: 'x-2' })).toMatchObject({ json: { status: 200 } });
  await stop();
});

it('are left out on request', async () => {
  await start('--no-providers');
  expect(endpoints.providersUrl).toBe('');
  await stop();
});
