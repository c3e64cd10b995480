/** A running platform for system tests: the synthesized application, in memory, on free ports, with two tenants. */

import { DeleteScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { createTerminalLogger } from '../../local/runtime/logger.ts';
import type { LambdaService } from '../../local/services/lambda/index.ts';
import { localAssembly } from '../../local/start/prepare.ts';

export interface Mizan {
  platform: Platform;
  /** Two utilities that know nothing of each other. */
  north: TestTenant;
  south: TestTenant;
  stop(): Promise<void>;
}

export interface TestTenant {
  id: string;
  name: string;
  email: string;
  password: string;
  stationId: string;
  meterIds: string[];
  /** Key with every tenant permission, for REST and as MQTT password. */
  apiKey: string;
  token: string;
  /** Calls with the tenant's key. */
  api: Api;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  json: any;
  text: string;
}

export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ApiAnswer>;

export function apiWith(baseUrl: string, credential?: string): Api {
  return async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string';
    const response = await fetch(baseUrl + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(credential ? { authorization: `Bearer ${credential}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text ? JSON.parse(text) : undefined,
    };
  };
}

const password = 'correct horse battery staple';

export interface MizanOptions {
  /** Meters of each tenant. @default 3 */
  meters?: number;
  dataDir?: string;
}

export async function startMizan({ meters = 3, dataDir }: MizanOptions = {}): Promise<Mizan> {
  const platform = await startTestPlatform(dataDir);
  try {
    return { platform, ...(await addTenants(platform, meters)), stop: () => platform.stop() };
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

export function startTestPlatform(dataDir?: string): Promise<Platform> {
  return startPlatform({
    assembly: localAssembly,
    ports: { rest: 0, mqtt: 0, aws: 0 },
    // By way of the runner, which shows it only where a test fails.
    logger: createTerminalLogger('error', (line) => console.error(line)),
    ...(dataDir ? { dataDir } : {}),
  });
}

/** @param suffix of all their names, where a platform has more than one such pair */
export async function addTenants(
  platform: Platform,
  meters: number,
  suffix = '',
): Promise<Pick<Mizan, 'north' | 'south'>> {
  // One after the other: side by side each function would be loaded twice, which takes longer than it saves.
  const north = await addTenant(platform, `north${suffix}`, meters, ['OWNER', 'SUPER_ADMIN']);
  const south = await addTenant(platform, `south${suffix}`, meters, ['OWNER']);
  return { north, south };
}

async function addTenant(
  platform: Platform,
  name: string,
  meterCount: number,
  roles: readonly string[],
): Promise<TestTenant> {
  const baseUrl = platform.endpoints.restUrl;
  const email = `owner@${name}.example`;
  const made = await platform.invoke('provision-tenant', {
    tenant: { id: `tenant-${name}`, name, timeZone: 'Asia/Aden' },
    owner: { name, email, password, roles },
  });
  if (made.functionError) throw new Error(`Tenant ${name}: ${JSON.stringify(made.payload)}`);
  const login = expectOk(await apiWith(baseUrl)('POST', '/api/v1/auth/login', { email, password }));
  const owner = apiWith(baseUrl, login.accessToken);
  const key = expectOk(
    await owner('POST', '/api/v1/developer/api-keys', {
      name: 'test',
      scopes: ['identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*', 'ledger:*'],
      rateLimitPerMinute: 100_000,
      rateLimitPerDay: 10_000_000,
    }),
  );
  const api = apiWith(baseUrl, key.data.key);
  const stationId = `${name.toUpperCase()}-1`;
  expectOk(await api('POST', '/api/scada/stations', { id: stationId, name: `${name} station` }));
  const meterIds = Array.from({ length: meterCount }, (_, i) => `${name.toUpperCase()}-M${i + 1}`);
  const installedAt = new Date(Date.now() - 60 * 86_400_000).toISOString();
  for (const id of meterIds)
    expectOk(
      await api('POST', '/api/billing/meters', {
        id,
        model: 'ADL200',
        stationId,
        initialRegisterKwh: '0',
        installedAt,
      }),
    );
  return {
    id: `tenant-${name}`,
    name,
    email,
    password,
    stationId,
    meterIds,
    apiKey: key.data.key,
    token: login.accessToken,
    api,
  };
}

/** The JSON of a 2xx answer. */
export function expectOk(answer: ApiAnswer): any {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer.json;
}

/** Asks until the answer satisfies, and says what it was at the end if it never does. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfies: (value: T) => boolean,
  timeoutMs = 90_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (satisfies(value)) return value;
    if (Date.now() > end)
      throw new Error(`Not within ${timeoutMs} ms; the last answer was ${JSON.stringify(value)?.slice(0, 1000)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Ends everything that runs by the clock, for tests that turn days and are about something else. */
export async function endSchedules({ platform }: Pick<Mizan, 'platform'>): Promise<void> {
  const credentials = { accessKeyId: 'tests', secretAccessKey: 'tests' };
  const client = new SchedulerClient({ region: 'us-east-1', endpoint: platform.endpoints.awsEndpointUrl, credentials });
  const { Schedules = [] } = await client.send(new ListSchedulesCommand({ MaxResults: 100 }));
  await Promise.all(Schedules.map(({ Name }) => client.send(new DeleteScheduleCommand({ Name }))));
  client.destroy();
}

/**
 * Waits until no function has run for a moment, which a quick machine says sooner than a slow one: work that fell due should be
 * done before the clock is turned on. After two seconds it is turned on all the same, for functions may hang on purpose.
 */
export async function quiet(platform: Platform): Promise<void> {
  const lambda = platform.context.service<LambdaService>('lambda');
  const end = Date.now() + 2_000;
  for (let quietLooks = 0; quietLooks < 4 && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { busy, waiting } = lambda.activity();
    quietLooks = busy + waiting === 0 ? quietLooks + 1 : 0;
  }
}

/** Like `eventually`, with the platform's clock turned by `stepMs` at every look: for what comes back later. */
export async function turningTime<T>(
  { platform }: Mizan,
  stepMs: number,
  ask: () => Promise<T>,
  satisfies: (value: T) => boolean,
  timeoutMs = 90_000,
): Promise<T> {
  return eventually(
    async () => {
      platform.clock.advance(stepMs);
      await quiet(platform);
      return ask();
    },
    satisfies,
    timeoutMs,
  );
}
