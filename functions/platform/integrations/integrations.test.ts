import { beforeEach, describe, expect, it } from 'vitest';
import { handler as testHandler } from '../integration-tests/handler.ts';
import { handler as runChecks } from '../integration-tests/run-health-checks.ts';
import { loadSettings } from '../provider-calls/load-settings.ts';
import { caller, type HttpAnswer } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { type SimulatedProvider, simulateProvider } from '../test-support/test-provider.ts';
import { handler } from './handler.ts';
import { configEntity, integrationEntity } from './integration-entity.ts';

const stack = usePlatformStack();
let tenant = 0;
let tenantId: string;
let call: (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;
let test: typeof call;
let provider: SimulatedProvider;

beforeEach(async () => {
  tenantId = `tenant-i${++tenant}`;
  call = caller(handler, '/api/v1/developer/integrations', { tenantId });
  test = caller(testHandler, '/api/integrations/test', { tenantId });
  provider = await simulateProvider();
  stack.purge();
});

const create = async (changes: object = {}): Promise<any> => {
  const { status, data, body } = await call('POST', '', {
    code: 'sms_main',
    provider: 'test_sms_a',
    nameAr: 'الرسائل',
    ...changes,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return data;
};
const key = 'sk_live_abcdefghijkl9876';
const set = (id: string, values: object, more: object = {}) =>
  call('PUT', `/${id}/configs`, { environment: 'development', values, ...more });

describe('an integration', () => {
  it('has every documented column, with the defaults of its provider', async () => {
    const created = await create({
      description: 'd',
      priority: 2,
      baseUrl: 'https://sms.example.com',
      apiVersion: 'v1',
    });
    expect(created).toMatchObject({
      code: 'sms_main',
      nameAr: 'الرسائل',
      nameEn: null,
      integrationType: 'messaging',
      category: 'local',
      provider: 'test_sms_a',
      kind: 'sms',
      baseUrl: 'https://sms.example.com',
      apiVersion: 'v1',
      authType: 'api_key',
      isActive: true,
      isPrimary: false,
      priority: 2,
      lastHealthCheck: null,
      healthStatus: 'unknown',
      createdBy: 'usr_1',
      updatedBy: 'usr_1',
    });
    expect((await call('GET', `/${created.id}`)).data).toEqual(created);
    expect((await call('PUT', `/${created.id}`, { isPrimary: true, baseUrl: null })).data).toMatchObject({
      isPrimary: true,
      baseUrl: null,
    });
    expect((await call('GET', '?integrationType=messaging')).data).toHaveLength(1);
    expect((await call('GET', '?integrationType=iot')).data).toHaveLength(0);
  });

  it('has a code of its own in the tenant, free again when it is deleted', async () => {
    const { id } = await create();
    expect(await call('POST', '', { code: 'sms_main', provider: 'test_sms_b', nameAr: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
    await set(id, { api_key: key });
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect(
      await stack
        .session(tenantId)
        .get(configEntity, { integrationId: id, environment: 'development', configKey: 'api_key' }),
    ).toBeUndefined();
    await create();
  });

  it('of another tenant does not exist', async () => {
    const { id } = await create();
    const stranger = caller(handler, '/api/v1/developer/integrations', { tenantId: `${tenantId}x` });
    for (const [method, path, body] of [
      ['GET', `/${id}`],
      ['PUT', `/${id}`, { priority: 3 }],
      ['DELETE', `/${id}`],
      ['GET', `/${id}/configs`],
      ['PUT', `/${id}/configs`, { values: { api_key: 'x' } }],
      ['POST', `/${id}/test`, {}],
      ['GET', `/${id}/logs`],
      ['GET', `/${id}/tests`],
      ['GET', `/${id}/stats`],
      ['POST', `/${id}/callback-token`],
    ] as const)
      expect((await stranger(method, path, body)).status, `${method} ${path}`).toBe(404);
  });

  it.each([
    { provider: 'nobody' },
    { code: 'A B' },
    { priority: 0 },
    { integrationType: 'other' },
    { baseUrl: 'http://169.254.169.254/' },
    { baseUrl: 'https://10.0.0.1/' },
    { allowedIps: ['x'] },
    { unknown: 1 },
  ])('is not made of nonsense: %j', async (changes) => {
    const { status } = await call('POST', '', { code: 'c', provider: 'test_sms_a', nameAr: 'x', ...changes });
    expect([400, 422]).toContain(status);
  });
});

describe('the catalogue', () => {
  it('lists providers with their settings, and no secret has a default', async () => {
    const { data } = await call('GET', '/providers');
    expect(data.map((p: any) => p.provider)).toEqual(
      expect.arrayContaining(['twilio', 'stripe', 'whatsapp', 'acrel', 'sts']),
    );
    for (const { settings } of data) for (const s of settings) if (s.isSecret) expect(s.default).toBeNull();
    expect((await call('GET', '/providers?kind=sms')).data.every((p: any) => p.kind === 'sms')).toBe(true);
  });
});

describe('settings', () => {
  it('are checked against the catalogue, without quoting what was sent', async () => {
    const { id } = await create();
    const answer = await set(id, { no_such: 'x', retries: 'SECRETMANY', service_account: '{SECRET' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((e: any) => e.path).sort()).toEqual([
      '/values/no_such',
      '/values/retries',
      '/values/service_account',
    ]);
    expect(JSON.stringify(answer.body)).not.toContain('SECRET');
  });

  it('keep secrets sealed and show them masked, per environment', async () => {
    const { id } = await create();
    await set(id, { api_key: key, api_url: provider.url });
    await set(id, { api_key: 'short' }, { environment: 'production' });
    const { data } = await call('GET', `/${id}/configs`);
    expect(data.map((c: any) => [c.environment, c.configKey, c.configValue, c.isEncrypted])).toEqual([
      ['development', 'api_key', '••••••••9876', true],
      ['development', 'api_url', provider.url, false],
      ['production', 'api_key', '••••••••', true],
    ]);
    const integration = await stack.session(tenantId).require(integrationEntity, { id });
    const loaded = await loadSettings(stack.session(tenantId), integration, 'development');
    expect(loaded.settings).toEqual({ api_key: key, api_url: provider.url });
  });

  it('sent back masked stay what they are; a mask without a value is refused', async () => {
    const { id } = await create();
    expect((await set(id, { api_key: '••••••••' })).status).toBe(400);
    await set(id, { api_key: key });
    expect((await set(id, { api_key: '••••••••9876' })).status).toBe(200);
    const integration = await stack.session(tenantId).require(integrationEntity, { id });
    expect((await loadSettings(stack.session(tenantId), integration, 'development')).settings['api_key']).toBe(key);
  });

  it('of a document longer than KMS takes are sealed too', async () => {
    const { id } = await create();
    const document = JSON.stringify({ private_key: 'x'.repeat(9000) });
    await set(id, { service_account: document });
    const integration = await stack.session(tenantId).require(integrationEntity, { id });
    expect((await loadSettings(stack.session(tenantId), integration, 'development')).settings['service_account']).toBe(
      document,
    );
  });

  it('copied to another row do not open', async () => {
    const [a, b] = [await create(), await create({ code: 'other' })];
    for (const { id } of [a, b]) await set(id, { api_key: key });
    const session = stack.session(tenantId);
    const rowOf = (integrationId: string) =>
      session.require(configEntity, { integrationId, environment: 'development', configKey: 'api_key' });
    const [from, to] = [await rowOf(a.id), await rowOf(b.id)];
    await session.transact('platform', (unit) => unit.update(configEntity, to, { sealedValue: from.sealedValue! }));
    await expect(
      loadSettings(session, await session.require(integrationEntity, { id: b.id }), 'development'),
    ).rejects.toThrow();
  });
});

describe('a test', () => {
  const ready = async () => {
    const created = await create();
    await set(created.id, { api_key: key, api_url: provider.url });
    return created;
  };

  it('proves a stored integration, is recorded, and tells its health', async () => {
    const { id } = await ready();
    expect((await call('POST', `/${id}/test`, {})).data).toMatchObject({
      status: 'success',
      environment: 'development',
      testedBy: 'usr_1',
    });
    expect((await call('GET', `/${id}`)).data).toMatchObject({ healthStatus: 'healthy', healthScore: 100 });
    provider.keys.add('another');
    const failed = (await call('POST', `/${id}/test`, {})).data;
    expect(failed).toMatchObject({ status: 'failed', errorCode: 'configuration' });
    expect(failed.message.ar).toContain('الإعدادات');
    expect((await call('GET', `/${id}/tests`)).data.map((t: any) => t.status)).toEqual(['failed', 'success']);
    expect((await call('GET', `/${id}`)).data.healthStatus).toBe('degraded');
  });

  it('by the documented body tries settings that are not stored', async () => {
    const { id } = await ready();
    const good = await test('POST', '', {
      integration_type: 'test_sms_a',
      config: { api_url: provider.url, api_key: 'k' },
    });
    expect(good).toMatchObject({
      status: 200,
      data: { status: 'success', integrationId: null, integrationType: 'test_sms_a' },
    });
    provider.keys.add(key);
    const stored = await test('POST', '', { integration_config_id: id, integration_type: 'test_sms_a' });
    expect(stored.data).toMatchObject({ status: 'success', integrationId: id });
    const mixed = await test('POST', '', {
      integration_config_id: id,
      integration_type: 'test_sms_a',
      config: { api_key: 'WRONGSECRET' },
    });
    expect(mixed.data).toMatchObject({ status: 'failed', errorCode: 'configuration' });
    expect(JSON.stringify(mixed.body)).not.toContain('WRONGSECRET');
    // What is only tried says nothing about what is stored.
    expect((await call('GET', `/${id}`)).data.healthStatus).toBe('healthy');
    expect((await test('POST', '', { integration_type: 'nobody' })).status).toBe(422);
    expect((await test('POST', '', { type: 'x' })).status).toBe(400);
  });

  it('takes stored secrets nowhere but where they belong, unless the caller may set them', async () => {
    const { id } = await ready();
    const elsewhere = await simulateProvider();
    const permissions = ['platform:integrations:read', 'platform:integrations:test', 'platform:integrations:write'];
    const tester = caller(testHandler, '/api/integrations/test', { tenantId, permissions });
    const body = { integration_config_id: id, integration_type: 'test_sms_a' };
    const config = { api_url: elsewhere.url };
    const refused = await tester('POST', '', { ...body, config });
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    const writer = caller(handler, '/api/v1/developer/integrations', { tenantId, permissions });
    expect((await writer('PUT', `/${id}`, { baseUrl: elsewhere.url })).status).toBe(403);
    expect(elsewhere.requests).toEqual([]);
    expect((await writer('PUT', `/${id}`, { baseUrl: null, nameEn: 'x' })).status).toBe(200);
    // As it is stored, or sent back as it was shown, it changes nothing.
    for (const same of [{}, { api_key: '••••••••' }])
      expect((await tester('POST', '', { ...body, config: same })).data.status).toBe('success');
    expect((await tester('POST', '', { integration_type: 'test_sms_a', config })).status).toBe(200);
    expect((await test('POST', '', { ...body, config })).data.status).toBe('success');
  });

  it('reaches nothing inside the network', async () => {
    const answer = await test('POST', '', {
      integration_type: 'test_sms_a',
      config: { api_url: 'https://169.254.169.254', api_key: 'k' },
    });
    expect(answer.data).toMatchObject({ status: 'failed', errorCode: 'configuration' });
  });
});

describe('rotation', () => {
  it('uses the new secret at once, falls back on the proven one, and ends when a test passes', async () => {
    const { id } = await create();
    await set(id, { api_key: 'old-secret-1234567', api_url: provider.url });
    await set(id, { api_key: 'new-secret-7654321' });
    const load = async () =>
      loadSettings(
        stack.session(tenantId),
        await stack.session(tenantId).require(integrationEntity, { id }),
        'development',
      );
    expect(await load()).toMatchObject({
      settings: { api_key: 'new-secret-7654321' },
      previous: { api_key: 'old-secret-1234567' },
    });
    provider.keys.add('old-secret-1234567');
    expect((await call('POST', `/${id}/test`, {})).data.status).toBe('failed');
    expect((await load()).previous).toBeDefined();
    provider.keys.add('new-secret-7654321');
    expect((await call('POST', `/${id}/test`, {})).data.status).toBe('success');
    expect((await load()).previous).toBeUndefined();
  });

  it('ends at its time, and twice in a row keeps what was proven', async () => {
    const { id } = await create();
    for (const api_key of ['first-secret-1', 'second-secret-2', 'third-secret-3'])
      await set(id, { api_key }, { environment: 'development', overlapSeconds: 60 });
    const load = async () =>
      loadSettings(
        stack.session(tenantId),
        await stack.session(tenantId).require(integrationEntity, { id }),
        'development',
      );
    expect((await load()).previous).toMatchObject({ api_key: 'first-secret-1' });
    stack.advance(61_000);
    expect((await load()).previous).toBeUndefined();
  });
});

describe('scheduled checks', () => {
  it('look after active integrations with settings, and raise an alert when one goes down', async () => {
    const { id } = await create({ isPrimary: true });
    await create({ code: 'without_settings' });
    await set(id, { api_key: key, api_url: provider.url });
    const check = async () => {
      stack.send('integration-health-checks', [JSON.stringify({ tenantId })]);
      expect(await stack.drain('integration-health-checks', runChecks)).toBe(1);
    };
    await check();
    expect(stack.takeOutbox(tenantId).map(({ type }) => type)).toEqual(['integration.health_changed']);
    provider.keys.add('changed');
    for (let i = 0; i < 3; i++) await check();
    const events = stack.takeOutbox(tenantId);
    expect(events.map(({ type }) => type)).toEqual([
      'integration.health_changed',
      'integration.health_changed',
      'system.alert',
    ]);
    expect(JSON.parse(events.at(-1)!['payload']!)).toMatchObject({
      severity: 'critical',
      sourceSystem: 'integrations',
    });
    expect((await call('GET', `/${id}`)).data).toMatchObject({ healthStatus: 'down' });
    expect((await call('GET', '')).data.find((i: any) => i.code === 'without_settings').healthStatus).toBe('unknown');
  });
});
