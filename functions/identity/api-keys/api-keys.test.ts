import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { authenticate } from '../authorizers/authenticate.ts';
import { principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { apiKeyEntity, isRightSecret, makeKey, parseKey } from './api-key-entity.ts';
import { handler } from './handler.ts';
import { addApiKey } from './operations.ts';
import { revokeKey } from './revoke-key.ts';

const stack = useIdentityStack();
const base = '/api/v1/developer/api-keys';
const owner = principal('keys-a');
beforeAll(async () => {
  await stack.addStation('keys-a', 'KEYS-A1');
  await stack.addStation('keys-a', 'KEYS-A2');
  await stack.addStation('keys-b', 'KEYS-B1');
});

const create = (body: object, as = owner) =>
  stack.call(handler, 'POST', base, { as, body: { name: 'k', scopes: ['metering:meters:read'], ...body } });
const check = (key: string) => authenticate(`Bearer ${key}`, Date.now());

describe('an API key', () => {
  it('is shown once and works at once', async () => {
    const { status, body } = await create({ description: 'for the importer', rateLimitPerMinute: 7 });
    expect(status).toBe(201);
    expect(body.data.key).toMatch(/^mzn_local_[A-Za-z0-9]{10}_[A-Za-z0-9_-]{43}$/);
    expect(await check(body.data.key)).toMatchObject({
      tenantId: 'keys-a',
      subject: body.data.id,
      kind: 'api_key',
      permissions: ['metering:meters:read'],
      limits: { perMinute: 7, perDay: 10_000 },
    });
    for (const path of [base, `${base}/${body.data.id}`]) {
      const shown = JSON.stringify((await stack.call(handler, 'GET', path, { as: owner })).body);
      expect(shown).toContain(body.data.keyPrefix);
      expect(shown).not.toContain(body.data.key.slice(-20));
      expect(shown).not.toContain('keyHash');
    }
    expect(JSON.stringify(stack.tables.scan('identity'))).not.toContain(parseKey(body.data.key)!.secret);
  });

  it('is refused with another secret, another prefix, or cut short', async () => {
    const { key } = (await create({})).body.data;
    const other = (await create({})).body.data.key;
    const mixed = key.slice(0, 21) + other.slice(21);
    for (const wrong of [
      mixed,
      key.slice(0, -1),
      `${key}a`,
      key.toUpperCase(),
      'mzn_',
      `mzn_local_${'a'.repeat(10)}_${'b'.repeat(43)}`,
      // Of a webhook portal: good there and nowhere else.
      `mzl_${'a'.repeat(120)}`,
    ])
      expect(await check(wrong)).toBeUndefined();
  });

  it('is refused once it is revoked, and revoking again is no error', async () => {
    const { key, id } = (await create({})).body.data;
    for (let i = 0; i < 2; i++)
      expect((await stack.call(handler, 'DELETE', `${base}/${id}`, { as: owner })).body.data).toMatchObject({
        isActive: false,
        revokedBy: owner.subject,
      });
    expect(await check(key)).toBeUndefined();
  });

  it('ends at its time', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { key } = (await create({ expiresAt })).body.data;
    expect(await check(key)).toBeDefined();
    stack.advance(60_000);
    expect(await check(key)).toBeUndefined();
  });

  it('of another tenant does not exist', async () => {
    const { id } = (await create({})).body.data;
    const stranger = principal('keys-b');
    expect((await stack.call(handler, 'GET', `${base}/${id}`, { as: stranger })).status).toBe(404);
    expect((await stack.call(handler, 'DELETE', `${base}/${id}`, { as: stranger })).status).toBe(404);
  });

  it('whose prefix is taken is not made at all', async () => {
    const made = makeKey('local');
    const add = (id: string) =>
      openSession('keys-b').transact('identity', (unit) =>
        addApiKey(unit, 'keys-b', {
          id,
          name: 'n',
          keyPrefix: made.prefix,
          keyHash: made.hash,
          scopes: [],
          allowedIps: [],
          allowedOrigins: [],
          rateLimitPerMinute: 1,
          rateLimitPerDay: 1,
          stationIds: [],
          isActive: true,
          createdBy: 'x',
        }),
      );
    await add('key_1');
    await expect(add('key_2')).rejects.toMatchObject({ code: 'conflict' });
    expect(await openSession('keys-b').get(apiKeyEntity, { id: 'key_2' })).toBeUndefined();
  });

  it.each([
    { scopes: [] },
    { scopes: ['a b'] },
    { scopes: ['identity:*:read:more'] },
    { scopes: ['x'.repeat(101)] },
    { allowedIps: ['10.0.0.0/33'] },
    { allowedIps: ['example.com'] },
    { allowedOrigins: ['https://console.example/'] },
    { allowedOrigins: ['https://a.example/b c'] },
    { allowedOrigins: ['javascript:alert(1)'] },
    { stationIds: ['*'] },
    { stationIds: ['KEYS-A1/#'] },
    { rateLimitPerMinute: 0 },
    { rateLimitPerMinute: 1e9 },
    { expiresAt: 'tomorrow' },
    { name: '' },
  ])('is not made of nonsense: %j', async (body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });
});

describe('what a key may hold', () => {
  const escalations: [string[], string][] = [
    [['identity:api_keys:write'], 'identity:*'],
    [['identity:api_keys:write'], '*'],
    [['identity:api_keys:write', 'metering:meters:read'], '*:meters:read'],
    [['identity:api_keys:write', 'metering:meters:read'], 'metering:*:read'],
    [['identity:api_keys:write', 'metering:meters:*'], 'metering:*'],
    [['identity:api_keys:write', 'metering:meters:*'], 'metering:*:*'],
    [['identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*'], 'system:*'],
    [['identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*'], '*:*'],
  ];
  it.each(escalations)('%j cannot give %s', async (permissions, scope) => {
    const answer = await create({ scopes: [scope] }, principal('keys-a', { permissions }));
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('is never more than its creator holds, for any combination of wildcards', () => {
    const segment = fc.constantFrom('a', 'b', '*');
    const grant = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(':'));
    const needed = fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('a', 'b'), fc.constantFrom('a', 'b'));
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 3 }), grant, needed, (held, scope, parts) => {
        const permission = parts.join(':');
        if (isGranted(held, scope) && isGranted([scope], permission)) expect(isGranted(held, permission)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('does not reach the stations of another tenant, nor of nobody', async () => {
    for (const station of ['KEYS-B1', 'NOWHERE'])
      expect(await create({ stationIds: ['KEYS-A1', station] })).toMatchObject({ status: 404 });
    expect((await create({ stationIds: ['KEYS-A1'] })).status).toBe(201);
  });
});

describe('a key that makes a key', () => {
  const expiresAt = new Date(Date.UTC(2030, 0, 1)).toISOString();
  let bound: ReturnType<typeof principal>;
  beforeAll(async () => {
    const { data } = (
      await create({
        scopes: ['identity:api_keys:write', 'metering:*'],
        allowedIps: ['192.0.2.0/24', '198.51.100.7'],
        allowedOrigins: ['https://console.example'],
        stationIds: ['KEYS-A1'],
        rateLimitPerMinute: 50,
        rateLimitPerDay: 500,
        expiresAt,
      })
    ).body;
    bound = principal('keys-a', { kind: 'api_key', subject: data.id, permissions: data.scopes });
  });
  const same = {
    allowedIps: ['198.51.100.7'],
    allowedOrigins: ['https://console.example'],
    stationIds: ['KEYS-A1'],
    rateLimitPerMinute: 50,
    rateLimitPerDay: 500,
    expiresAt,
  };

  it('may hand on its own bounds', async () => {
    expect((await create(same, bound)).status).toBe(201);
  });

  it.each<[string, object]>([
    ['addresses', { allowedIps: [] }],
    ['other addresses', { allowedIps: ['203.0.113.1'] }],
    ['origins', { allowedOrigins: [] }],
    ['stations', { stationIds: [] }],
    ['other stations', { stationIds: ['KEYS-A2'] }],
    ['its limit per minute', { rateLimitPerMinute: 51 }],
    ['its limit per day', { rateLimitPerDay: 501 }],
    ['its end', { expiresAt: undefined }],
    ['a later end', { expiresAt: '2031-01-01T00:00:00.000Z' }],
  ])('cannot free itself of %s', async (_, change) => {
    expect(await create({ ...same, ...change }, bound)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

describe('rotation', () => {
  const rotate = (id: string, body: object = {}, as = owner) =>
    stack.call(handler, 'POST', `${base}/${id}/rotate`, { as, body });

  it('gives a new key at once and keeps the old one for its time', async () => {
    const old = (await create({ scopes: ['metering:meters:read'] })).body.data;
    const { status, body } = await rotate(old.id, { overlapSeconds: 3600 });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: old.id, previousValidUntil: expect.any(String) });
    expect(body.data.key).not.toBe(old.key);
    for (const key of [old.key, body.data.key]) expect(await check(key)).toMatchObject({ subject: old.id });
    stack.advance(3_601_000);
    expect(await check(old.key)).toBeUndefined();
    expect(await check(body.data.key)).toMatchObject({ subject: old.id });
    expect(JSON.stringify((await stack.call(handler, 'GET', `${base}/${old.id}`, { as: owner })).body)).not.toContain(
      'Hash',
    );
  });

  it('without an overlap ends the old key, and a second rotation ends the first one', async () => {
    const first = (await create({})).body.data;
    const second = (await rotate(first.id, { overlapSeconds: 0 })).body.data;
    expect(await check(first.key)).toBeUndefined();
    const third = (await rotate(first.id)).body.data;
    await rotate(first.id);
    expect(await check(second.key)).toBeUndefined();
    expect(await check(third.key)).toBeDefined();
  });

  it('is refused for a revoked key, and for one that holds more than the caller', async () => {
    const wide = (await create({ scopes: ['billing:*'] })).body.data;
    const narrow = principal('keys-a', { permissions: ['identity:api_keys:write'] });
    expect((await rotate(wide.id, {}, narrow)).status).toBe(403);
    expect((await rotate(wide.id, {}, principal('keys-b'))).status).toBe(404);
    await stack.call(handler, 'DELETE', `${base}/${wide.id}`, { as: owner });
    expect((await rotate(wide.id)).status).toBe(409);
  });
});

describe('the use of a key', () => {
  it('is counted by day and operation, without a write of its own', async () => {
    const { id } = (await create({ scopes: ['identity:api_keys:read'] })).body.data;
    const as = principal('keys-a', { kind: 'api_key', subject: id, permissions: ['identity:api_keys:read'] });
    const use = () => stack.call(handler, 'GET', base, { as });
    for (let i = 0; i < 3; i++) await use();
    await stack.call(handler, 'GET', `${base}/${id}`, { as });
    stack.advance(86_400_000);
    await use();
    const { data } = (await stack.call(handler, 'GET', `${base}/${id}/usage`, { as: owner })).body;
    expect(data).toMatchObject({
      usageCount: 5,
      days: [
        { usageCount: 1, endpoints: { listApiKeys: 1 } },
        { usageCount: 4, endpoints: { listApiKeys: 3, getApiKey: 1 } },
      ],
    });
    expect(Math.abs(Date.parse(data.lastUsedAt) - Date.now())).toBeLessThanOrEqual(60_000);
    expect((await stack.call(handler, 'GET', `${base}/${id}/usage`, { as: principal('keys-b') })).status).toBe(404);
  });
});

describe('the outcome of a key’s requests', () => {
  const reader = async () => {
    const { id } = (await create({ scopes: ['identity:api_keys:read'] })).body.data;
    return { id, as: principal('keys-a', { kind: 'api_key', subject: id, permissions: ['identity:api_keys:read'] }) };
  };
  const usageOf = async (id: string) =>
    (await stack.call(handler, 'GET', `${base}/${id}/usage`, { as: owner })).body.data.days[0];

  it('is kept by day and operation: errors one by one, times where they were measured', async () => {
    const { id, as } = await reader();
    for (let i = 0; i < 3; i++) await stack.call(handler, 'GET', base, { as });
    for (let i = 0; i < 2; i++) await stack.call(handler, 'GET', `${base}/key_01JGFJJZ00ABCDEFGHJKMNPQRS`, { as });
    await stack.call(handler, 'POST', base, { as, body: { name: 'x', scopes: ['a:b'] } });
    const day = await usageOf(id);
    expect(day).toMatchObject({
      usageCount: 6,
      clientErrors: 3,
      serverErrors: 0,
      averageResponseMs: expect.any(Number),
    });
    const by = Object.fromEntries(day.operations.map((one: any) => [one.operation, one]));
    expect(by.listApiKeys).toMatchObject({ usageCount: 3, clientErrors: 0, averageResponseMs: expect.any(Number) });
    expect(by.getApiKey).toMatchObject({ usageCount: 2, clientErrors: 2 });
    expect(by.createApiKey).toMatchObject({ usageCount: 1, clientErrors: 1 });
  });

  it('costs a busy key no second write for each success', async () => {
    const { id, as } = await reader();
    for (let i = 0; i < 5; i++) await stack.call(handler, 'GET', base, { as });
    const measured = () =>
      stack.tables.scan('limits').find(({ pk }: any) => pk.S.includes('OUTCOMES') && pk.S.endsWith(id))![
        'n listApiKeys'
      ].N;
    expect(measured()).toBe('1');
    stack.advance(60_000);
    await stack.call(handler, 'GET', base, { as });
    expect(measured()).toBe('2');
  });

  it('is not written for what the limit refuses, and not for people', async () => {
    const { id, as } = await reader();
    const tight = { ...as, limits: { perMinute: 1, perDay: 100 } };
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await stack.call(handler, 'GET', base, { as: tight })).status);
    expect(statuses.slice(1)).toEqual([429, 429, 429]);
    expect(await usageOf(id)).toMatchObject({ clientErrors: 0, serverErrors: 0 });
    const before = stack.tables.scan('limits').filter(({ pk }: any) => pk.S.includes('OUTCOMES')).length;
    await stack.call(handler, 'GET', `${base}/key_01JGFJJZ00ABCDEFGHJKMNPQRS`, { as: owner });
    expect(stack.tables.scan('limits').filter(({ pk }: any) => pk.S.includes('OUTCOMES'))).toHaveLength(before);
  });
});

describe('secrets of keys', () => {
  it('have 256 random bits and are compared as hashes', () => {
    const keys = Array.from({ length: 500 }, () => makeKey('prod'));
    expect(new Set(keys.map(({ prefix }) => prefix)).size).toBe(500);
    for (const { key, hash, prefix } of keys) {
      const parsed = parseKey(key)!;
      expect(parsed.prefix).toBe(prefix);
      expect(Buffer.from(parsed.secret, 'base64url')).toHaveLength(32);
      expect(isRightSecret(parsed.secret, hash)).toBe(true);
      expect(isRightSecret(`${parsed.secret.slice(0, -1)}!`, hash)).toBe(false);
    }
    expect(isRightSecret('x', '')).toBe(false);
  });
});

it('a key that somebody changes at the moment of its revocation is revoked', async () => {
  const { id } = (await create({})).body.data;
  const session = openSession('keys-a');
  const read = session.get.bind(session);
  vi.spyOn(session, 'get').mockImplementationOnce(async (...what) => {
    const found = await read(...what);
    expect((await stack.call(handler, 'POST', `${base}/${id}/rotate`, { as: owner, body: {} })).status).toBe(200);
    return found;
  });
  expect(await revokeKey(session, id, 'usr_1')).toMatchObject({ isActive: false, revokedBy: 'usr_1' });
});
