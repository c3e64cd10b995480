/** The device registry over its handlers: who gets in, what a device is told, what it tells, and who falls silent. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import { callHandler, testPrincipal } from '../../../test/support/call-handler.ts';
import { type ApiKey, apiKeyEntity } from '../../identity/api-keys/api-key-entity.ts';
import { devicePolicies } from '../../identity/authorizers/device-policies.ts';
import { tenantListingEntity } from '../../identity/tenants/add-tenant.ts';
import { handler as ingest } from '../ingest/handler.ts';
import { useDeviceBackends } from '../test-support/device-backends.ts';
import { deliver, iso, readingMessage, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';
import { handler as publishConfigurations } from './publish-configurations.ts';
import { handler as revokeCredentials } from './revoke-ended-credentials.ts';
import { handler as statuses } from './status-consumer.ts';
import { handler as watch } from './watch-devices.ts';

const stack = useMeteringStack();
const backends = useDeviceBackends(startTime);
const base = '/api/v1/iot';
const call = (method: string, path: string, body?: unknown, tenantId?: string) =>
  stack.request(handler, method, base + path, {
    ...(body === undefined ? {} : { body }),
    ...(tenantId === undefined ? {} : { tenantId }),
  });
const device = (id: string, more: object = {}) => ({
  id,
  type: 'concentrator',
  serialNumber: `SN-${id}`,
  model: 'DCU-200',
  stationId: 'ST-1',
  ...more,
});
const register = (id: string, more: object = {}) => call('POST', '/devices', device(id, more));
const provision = async (id: string) => (await call('POST', `/devices/${id}/provision`)).body.data;
const keyIdOf = async (id: string): Promise<string> => (await call('GET', `/devices/${id}`)).body.data.keyId;
const isActive = (keyId: string): boolean | undefined =>
  stack.tables.scan('identity').find((item) => item['_type']?.S === 'API key' && item['id']?.S === keyId)?.['isActive']
    ?.BOOL;
/** As if nobody had revoked it. */
const setActive = (keyId: string) =>
  openSession('tenant-a').transact('identity', (unit) => unit.put(apiKeyEntity, activeKey(keyId)));
const activeKey = (id: string): ApiKey => ({
  ...{ id, name: 'Device', keyPrefix: id.slice(-10), keyHash: 'x', scopes: [], allowedIps: [], allowedOrigins: [] },
  ...{ rateLimitPerMinute: 1, rateLimitPerDay: 1, stationIds: [], isActive: true, createdBy: 'usr_1' },
});
/** What a device asks with its own key. */
const asDevice = (keyId: string, method: string, path: string, tenantId = 'tenant-a') =>
  callHandler(handler, {
    method,
    path: base + path,
    as: testPrincipal(tenantId, { subject: keyId, kind: 'api_key', permissions: ['metering:readings:publish'] }),
  });
const tell = (id: string, content: object, timeMs = Date.now(), stationId = 'ST-1') =>
  deliver(statuses as never, [
    { topic: `acrel/${stationId}/device/${id}/status`, payload: { timestamp: iso(timeMs), ...content } },
  ]);
/** Hands the published events to the subscriber, as the bus would. */
const publishAll = async (types: string[], subscriber: typeof publishConfigurations = publishConfigurations) => {
  const envelopes = stack.events().filter(({ type }) => types.includes(type));
  const Records = envelopes.map((detail, i) => ({
    messageId: String(i),
    attributes: { ApproximateReceiveCount: '1' },
    body: JSON.stringify({ detail: toBusDetail(detail) }),
  }));
  return (await subscriber({ Records } as never)).batchItemFailures.length;
};

beforeAll(async () => {
  for (const id of ['tenant-a', 'tenant-b'])
    await openGlobalSession().transact('identity', (unit) =>
      unit.create(tenantListingEntity, { id, createdBy: 'usr_1' }),
    );
});

describe('a device', () => {
  it('is registered once, at a station of the tenant, with a meter of that station', async () => {
    expect(await register('D-1')).toMatchObject({ status: 201, body: { data: { status: 'registered' } } });
    expect((await register('D-1')).status).toBe(409);
    expect((await register('D-2', { serialNumber: 'SN-D-1' })).status).toBe(409);
    expect((await register('D-2', { stationId: 'ST-9' })).status).toBe(404);
    expect((await register('D-2', { meterId: 'M-9' })).status).toBe(404);
    await stack.addStation('ST-2');
    await stack.addMeter({ id: 'M-2', stationId: 'ST-2' });
    expect((await register('D-2', { meterId: 'M-2' })).status).toBe(422);
    expect((await register('D-2', { type: 'toaster' })).status).toBe(400);
  });

  it('gets a credential that is shown once and replaces the one before', async () => {
    const first = await provision('D-1');
    expect(first).toMatchObject({
      deviceId: 'D-1',
      apiKey: expect.stringMatching(/^mzn_/),
      topics: { status: 'acrel/ST-1/device/D-1/status', configuration: 'acrel/ST-1/device/D-1/config' },
    });
    const firstKey = await keyIdOf('D-1');
    // Ids of devices are a tenant's, and client ids the whole account's.
    expect(first.clientId).toBe(`device-${firstKey}`);
    const second = await provision('D-1');
    expect(second.apiKey).not.toBe(first.apiKey);
    expect([isActive(firstKey), isActive(await keyIdOf('D-1'))]).toEqual([false, true]);
    expect((await call('GET', '/devices/D-1')).text).not.toContain(second.apiKey);
    // Its 43 letters may hold what divides a key's parts.
    expect(JSON.stringify(stack.tables.scan('metering'))).not.toContain(second.apiKey.slice(-43));
  });

  it('whose credential is of the time before paths is bound to its own without a new one', async () => {
    await register('D-OLD', { type: 'meter' });
    expect((await call('POST', '/devices/D-OLD/narrow-credential')).status).toBe(409);
    await provision('D-OLD');
    const id = await keyIdOf('D-OLD');
    const session = openSession('tenant-a');
    const key = await session.require(apiKeyEntity, { id });
    await session.transact('identity', (unit) => unit.update(apiKeyEntity, key, { mqttPaths: null }));
    const { body } = await call('POST', '/devices/D-OLD/narrow-credential');
    expect(body.data).toEqual({ deviceId: 'D-OLD', keyId: id, mqttPaths: ['device/D-OLD/*', 'meter/SN-D-OLD/*'] });
    const { keyHash, isActive: works, mqttPaths } = await session.require(apiKeyEntity, { id });
    expect([keyHash, works, mqttPaths]).toEqual([key.keyHash, true, key.mqttPaths]);
    expect((await call('POST', '/devices/D-OLD/narrow-credential')).status).toBe(200);
  });

  it('provisioned twice at once has one credential that works', async () => {
    await register('D-RACE');
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/devices/D-RACE/provision')));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    const own = stack.tables.scan('identity').filter((item) => item['name']?.S === 'Device D-RACE');
    expect(own.filter((item) => item['isActive']?.BOOL)).toHaveLength(1);
  });

  it('claims itself with a code, once, with its own serial number', async () => {
    await register('D-3');
    const { code } = (await call('POST', '/devices/D-3/claim-codes')).body.data;
    const claim = (serialNumber: string) =>
      callHandler(handler, { method: 'POST', path: `${base}/claim`, body: { code, serialNumber } });
    expect((await claim('SN-D-1')).status).toBe(401);
    const answers = await Promise.all([claim('SN-D-3'), claim('SN-D-3')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401]);
    const late = (await call('POST', '/devices/D-3/claim-codes')).body.data.code;
    vi.setSystemTime(Date.now() + 8 * 86_400_000);
    const body = { code: late, serialNumber: 'SN-D-3' };
    expect((await callHandler(handler, { method: 'POST', path: `${base}/claim`, body })).status).toBe(401);
    vi.setSystemTime(startTime);
  });

  it('comes in a list of many, each line for itself', async () => {
    const csv = [
      'id,type,serialNumber,model,stationId,name',
      'C-1,sensor,SN-C-1,"S ""1""",ST-1,"Pole, north"',
      'C-2,sensor,SN-C-1,S1,ST-1,',
      'C-3,sensor,SN-C-3,S1,ST-9,',
      'C-4,kettle,SN-C-4,S1,ST-1,',
    ].join('\r\n');
    const { body } = await call('POST', '/devices/import', { csv, provision: true });
    expect(body.data).toMatchObject({
      registered: 1,
      lines: [{ line: 2, credentials: { deviceId: 'C-1' } }, { line: 3 }, { line: 4 }, { line: 5 }],
    });
    expect(body.data.lines.slice(1).every(({ problem }: any) => problem.length > 5)).toBe(true);
    expect(body.data.lines[3].problem).toMatch(/^type: This must be one of: "/);
    expect((await call('GET', '/devices/C-1')).body.data).toMatchObject({ model: 'S "1"', name: 'Pole, north' });
    for (const wrong of ['id,colour\nA,red', 'type\nsensor', 'id\n"A', 'id\n"A"B'])
      expect((await call('POST', '/devices/import', { csv: wrong })).status).toBe(422);
  });

  it('does not exist for another tenant', async () => {
    const paths = ['/devices/D-1', '/devices/D-1/configurations', '/devices/D-1/history'];
    for (const path of paths) expect((await call('GET', path, undefined, 'tenant-b')).status).toBe(404);
    for (const path of [
      '/devices/D-1/provision',
      '/devices/D-1/narrow-credential',
      '/devices/D-1/retire',
      '/devices/D-1/claim-codes',
    ])
      expect((await call('POST', path, undefined, 'tenant-b')).status).toBe(404);
    expect((await call('GET', '/devices', undefined, 'tenant-b')).body.data).toEqual([]);
    expect(await tell('D-1', { firmware_version: '6.6.6' }, Date.now(), 'ST-9')).toEqual([]);
    expect((await call('GET', '/devices/D-1')).body.data.state.firmwareVersion).toBeUndefined();
  });

  it('reaches by its key what is its own and nothing else', async () => {
    const keyId = await keyIdOf('D-1');
    expect((await asDevice(keyId, 'GET', '/self')).body.data).toMatchObject({ deviceId: 'D-1', stationId: 'ST-1' });
    for (const path of ['/devices', '/devices/D-1', '/firmware', '/rollouts'])
      expect((await asDevice(keyId, 'GET', path)).status).toBe(403);
    expect((await asDevice('key_01JGFJJZ00ABCDEFGHJKMNPQRS', 'GET', '/self')).status).toBe(404);
    expect((await asDevice(keyId, 'GET', '/self', 'tenant-b')).status).toBe(404);
    const { topics } = await provision('D-1');
    const { mqttPaths, mqttClientId } = await openSession('tenant-a').require(apiKeyEntity, {
      id: await keyIdOf('D-1'),
    });
    expect(mqttPaths).toEqual(['device/D-1/*', 'meter/*', 'infrastructure/*']);
    const policy = devicePolicies(['ST-1'], [], 'dev', mqttClientId, mqttPaths)!.join();
    for (const topic of Object.values<string>(topics)) expect(topic.startsWith('acrel/ST-1/')).toBe(true);
    expect(policy).toContain('topic/acrel/ST-1/device/D-1/*');
    expect(policy).not.toContain('topic/acrel/ST-1/*');
    expect(policy).toContain('topic/acrel/*/device/*/config');
  });
});

describe('a configuration', () => {
  it('goes retained to the device, and what it runs by is seen', async () => {
    const settings = { intervalSeconds: 900, servers: ['a', 'b'] };
    const issue = (given: object) => call('POST', '/devices/D-1/configurations', { settings: given });
    const [first, second] = await Promise.all([issue({ intervalSeconds: 60 }), issue({ intervalSeconds: 60 })]);
    expect([first.body.data.version, second.body.data.version].sort()).toEqual([1, 2]);
    const { body } = await issue(settings);
    expect(body.data.sha256).toBe(createHash('sha256').update(JSON.stringify(settings)).digest('hex'));
    backends.brokerAnswers(503);
    expect(await publishAll(['iot.configuration_issued'])).toBe(3);
    backends.brokerAnswers(200);
    expect(await publishAll(['iot.configuration_issued'])).toBe(0);
    expect(backends.retained.get('acrel/ST-1/device/D-1/config')).toMatchObject({ version: 3, settings });
    const state = async () => (await call('GET', '/devices/D-1')).body.data.state;
    expect((await state()).isInSync).toBe(false);
    await tell('D-1', { config_version: 2, config_problem: 'servers: unknown' });
    expect(await state()).toMatchObject({ isInSync: false, configurationProblem: 'servers: unknown' });
    await tell('D-1', { config_version: 3 }, Date.now() + 1000);
    expect(await state()).toMatchObject({ isInSync: true, reportedConfigurationVersion: 3 });
    expect((await state()).configurationProblem).toBeUndefined();
    expect((await call('GET', '/devices/D-1/configurations')).body.data.map((row: any) => row.version)).toEqual([
      3, 2, 1,
    ]);
  });

  it('that was overtaken on the way does not turn the report back', async () => {
    vi.setSystemTime(startTime + 60_000);
    await tell('D-1', { config_version: 1 }, startTime - 3_600_000);
    expect((await call('GET', '/devices/D-1')).body.data.state.reportedConfigurationVersion).toBe(3);
  });

  it('follows the device to another station, where it needs a new credential', async () => {
    const key = await keyIdOf('D-1');
    await call('PUT', '/devices/D-1', { stationId: 'ST-2' });
    expect(isActive(key)).toBe(false);
    expect((await call('GET', '/devices/D-1')).body.data).toMatchObject({ status: 'registered' });
    await publishAll(['iot.configuration_issued']);
    expect([...backends.retained.keys()]).toEqual(['acrel/ST-2/device/D-1/config']);
  });

  it('loses the old credential though whoever moved it died before he revoked it', async () => {
    await register('D-CRASH');
    await provision('D-CRASH');
    const key = await keyIdOf('D-CRASH');
    await call('PUT', '/devices/D-CRASH', { stationId: 'ST-2' });
    setActive(key);
    expect(await publishAll(['iot.credential_ended'], revokeCredentials)).toBe(0);
    expect(isActive(key)).toBe(false);
  });

  it('is refused when it is too large', async () => {
    const settings = { text: 'x'.repeat(33_000) };
    expect((await call('POST', '/devices/D-1/configurations', { settings })).status).toBe(400);
  });

  it('is taken away when the device retires, with its credential', async () => {
    const key = (await provision('D-1')) && (await keyIdOf('D-1'));
    expect((await call('POST', '/devices/D-1/retire')).body.data).toMatchObject({ status: 'retired' });
    expect(isActive(key)).toBe(false);
    await publishAll(['iot.device_retired']);
    expect(backends.retained.size).toBe(0);
    for (const path of ['provision', 'claim-codes', 'retire'])
      expect((await call('POST', `/devices/D-1/${path}`)).status).toBe(409);
    expect((await register('D-1B', { serialNumber: 'SN-D-1' })).status).toBe(201);
  });
});

describe('silence', () => {
  const day = 86_400_000;
  const presence = async (id: string) => (await call('GET', `/devices/${id}`)).body.data.state.presence;
  const alerts = () =>
    stack.events('system.alert').filter(({ payload }) => payload.dedupeKey === 'device-silent/M-DEV');
  const ends = (id = 'M-DEV') =>
    stack
      .events('system.alert_cleared')
      .filter(({ payload }) => payload.dedupeKey === `device-silent/${id}`)
      .map(({ payload }) => payload.reason);

  it('is noticed by the last reading of the meter, with no write per message', async () => {
    vi.setSystemTime(startTime);
    await stack.addMeter({ id: 'M-1' });
    await register('M-DEV', { type: 'meter', meterId: 'M-1' });
    await provision('M-DEV');
    expect(await presence('M-DEV')).toBe('unknown');
    vi.setSystemTime(startTime + day - 3_600_000);
    const rows = () => JSON.stringify(stack.tables.scan('metering').filter(({ pk }) => pk.S.includes('IOT-DEVICE')));
    const before = rows();
    await deliver(ingest as never, [readingMessage('M-1', Date.now(), 10)]);
    expect(rows()).toBe(before);
    expect(await presence('M-DEV')).toBe('online');
    const [listed] = (await call('GET', '/devices')).body.data.filter(({ id }: any) => id === 'M-DEV');
    expect(listed.state).toMatchObject({ presence: 'online', lastSeenAt: iso(Date.now()) });
    vi.setSystemTime(startTime + day + 60_000);
    await watch();
    expect(await presence('M-DEV')).toBe('online');
    expect(alerts()).toEqual([]);
  });

  it('of a meter is told by its own key alone, which ends when it becomes another meter', async () => {
    const old = await keyIdOf('M-DEV');
    const { mqttPaths } = await openSession('tenant-a').require(apiKeyEntity, { id: old });
    expect(mqttPaths).toEqual(['device/M-DEV/*', 'meter/M-1/*', 'meter/SN-M-DEV/*']);
    await stack.addMeter({ id: 'M-OTHER' });
    expect((await call('PUT', '/devices/M-DEV', { name: 'Cellar' })).body.data).toMatchObject({
      status: 'provisioned',
    });
    const put = await call('PUT', '/devices/M-DEV', { meterId: 'M-OTHER' });
    expect(put.body.data).toMatchObject({ status: 'registered', meterId: 'M-OTHER' });
    expect(isActive(old)).toBe(false);
    await call('PUT', '/devices/M-DEV', { meterId: 'M-1' });
    expect((await provision('M-DEV')).topics).toMatchObject({
      data: 'acrel/ST-1/meter/M-1/data',
      meterStatus: 'acrel/ST-1/meter/M-1/status',
      commands: 'acrel/ST-1/meter/M-1/command',
    });
  });

  it('of a meter that is not linked yet is told under its own number, and nobody else’s', async () => {
    await register('M-LATER', { type: 'meter' });
    await provision('M-LATER');
    const pathsNow = async () =>
      (await openSession('tenant-a').require(apiKeyEntity, { id: await keyIdOf('M-LATER') })).mqttPaths;
    expect(await pathsNow()).toEqual(['device/M-LATER/*', 'meter/SN-M-LATER/*']);
    expect((await call('PUT', '/devices/M-LATER', { meterId: 'M-OTHER' })).body.data.status).toBe('registered');
    await provision('M-LATER');
    expect(await pathsNow()).toEqual(['device/M-LATER/*', 'meter/M-OTHER/*', 'meter/SN-M-LATER/*']);
  });

  it('raises one alert, and ends with the next sign of life', async () => {
    vi.setSystemTime(startTime + 2 * day);
    await watch();
    await watch();
    vi.setSystemTime(startTime + 2 * day + 2 * 3_600_000);
    await watch();
    expect(await presence('M-DEV')).toBe('offline');
    expect(alerts()).toHaveLength(1);
    await tell('M-DEV', { firmware_version: '1.0' });
    expect(await presence('M-DEV')).toBe('online');
    const changes = stack.events('iot.device_presence_changed').filter(({ payload }) => payload.deviceId === 'M-DEV');
    expect(changes.map(({ payload }) => payload.presence)).toEqual(['online', 'offline', 'online']);
    expect(ends()).toEqual(['The device is there again.']);
  });

  it('ends also by a reading of the meter, and with the device itself', async () => {
    await stack.addMeter({ id: 'M-BACK-1' });
    await register('M-BACK', { type: 'meter', meterId: 'M-BACK-1' });
    await register('M-GONE', { type: 'concentrator' });
    await Promise.all([provision('M-BACK'), provision('M-GONE')]);
    const silentMs = Date.now() + 2 * day;
    vi.setSystemTime(silentMs);
    await watch();
    expect(await Promise.all(['M-BACK', 'M-GONE'].map(presence))).toEqual(['offline', 'offline']);
    await deliver(ingest as never, [readingMessage('M-BACK-1', silentMs, 10)]);
    vi.setSystemTime(silentMs + 2 * 3_600_000);
    await watch();
    expect(ends('M-BACK')).toEqual(['The device is there again.']);
    await call('POST', '/devices/M-GONE/retire');
    expect(ends('M-GONE')).toEqual(['The device was retired.']);
  });

  it.each([
    'no json',
    { timestamp: 'yesterday' },
    { timestamp: '2026-06-15T00:00:00Z', config_version: 'three' },
    { timestamp: '2026-06-15T00:00:00Z', update: { rollout_id: 'x', state: 'done' } },
  ])('is not broken by %j', async (payload) => {
    const before = (await call('GET', '/devices/M-DEV')).body.data.state;
    expect(await deliver(statuses as never, [{ topic: 'acrel/ST-1/device/M-DEV/status', payload }])).toEqual([]);
    expect((await call('GET', '/devices/M-DEV')).body.data.state).toEqual(before);
  });
});
