/** What a key reaches at the MQTT broker: shown, looked for, and narrowed, never widened. */
import { beforeAll, describe, expect, it } from 'vitest';
import { authenticate } from '../authorizers/authenticate.ts';
import { principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { handler } from './handler.ts';

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

describe('what a key reaches at the broker', () => {
  const publisher = { scopes: ['metering:readings:publish'] };
  const narrow = (id: string, body: object, as = owner) =>
    stack.call(handler, 'POST', `${base}/${id}/narrow`, { as, body });
  const listed = async (mqttReach: string): Promise<string[]> =>
    (await stack.call(handler, 'GET', base, { as: owner, query: { mqttReach, limit: '100' } })).body.data.map(
      ({ id }: any) => id,
    );

  it('is shown, and broad keys can be looked for', async () => {
    const bounds = [{}, { stationIds: ['KEYS-A1'] }, { stationIds: ['KEYS-A1'], mqttPaths: ['meter/M-1/*'] }];
    const made = [];
    for (const body of bounds) made.push((await create({ ...publisher, ...body })).body.data);
    const gateway = (await create({ scopes: ['scada:gateways:connect'], stationIds: ['KEYS-A1'] })).body.data;
    const reader = (await create({})).body.data;
    const all = [...made, gateway, reader];
    expect(all.map(({ mqttReach }) => mqttReach)).toEqual(['all_stations', 'stations', 'paths', 'stations', null]);
    expect(await listed('all_stations')).toContain(made[0].id);
    expect(await listed('stations')).toEqual(expect.arrayContaining([made[1].id, gateway.id]));
    expect(await listed('stations')).not.toContain(made[2].id);
  });

  it('can be narrowed while its secret stays, and never widened', async () => {
    const { id, key } = (await create(publisher)).body.data;
    expect((await narrow(id, { stationIds: ['KEYS-A1'] })).body.data).toMatchObject({ mqttReach: 'stations' });
    expect((await narrow(id, { mqttPaths: ['meter/*'] })).body.data).toMatchObject({
      stationIds: ['KEYS-A1'],
      mqttPaths: ['meter/*'],
      mqttReach: 'paths',
    });
    expect((await narrow(id, { mqttPaths: ['meter/M-1/*', 'meter/M-2/*'] })).status).toBe(200);
    for (const body of [{ stationIds: ['KEYS-A2'] }, { mqttPaths: ['meter/*'] }, { mqttPaths: ['meter/M-11/*'] }])
      expect(await narrow(id, body)).toMatchObject({ status: 422 });
    expect(await check(key)).toMatchObject({ subject: id });
  });

  it.each<[string, object, number]>([
    ['nothing', {}, 400],
    ['a path outside of what devices say', { mqttPaths: ['*'] }, 400],
    ['a variable of the policy', { mqttPaths: [`meter/\${iot:ClientId}/*`] }, 400],
    ['a station of somebody else', { stationIds: ['KEYS-B1'] }, 404],
    [
      'more than a policy holds',
      { mqttPaths: Array.from({ length: 20 }, (_, i) => `meter/${'M'.repeat(60)}${i}/*`), stationIds: ['KEYS-A1'] },
      422,
    ],
  ])('cannot become %s', async (_, body, status) => {
    const { id } = (await create(publisher)).body.data;
    expect(await narrow(id, body)).toMatchObject({ status });
  });

  it('is not widened by a key that makes a key, nor by rotating it', async () => {
    const bounds = { stationIds: ['KEYS-A1'], mqttPaths: ['meter/M-1/*'], rateLimitPerMinute: 50 };
    const scopes = ['identity:api_keys:write', 'metering:readings:publish'];
    const { id } = (await create({ scopes, ...bounds })).body.data;
    const bound = principal('keys-a', { kind: 'api_key', subject: id, permissions: scopes });
    expect((await create({ ...publisher, ...bounds }, bound)).status).toBe(201);
    for (const mqttPaths of [undefined, ['meter/*'], ['device/D/*']])
      expect((await create({ ...publisher, ...bounds, mqttPaths }, bound)).status).toBe(403);
    const broad = (await create({ ...publisher, stationIds: ['KEYS-A1'], rateLimitPerMinute: 50 })).body.data;
    const rotated = await stack.call(handler, 'POST', `${base}/${broad.id}/rotate`, { as: bound, body: {} });
    expect(rotated.status).toBe(403);
  });

  it('does not make a gateway of a key for all stations, which is none', async () => {
    const forAll = { scopes: ['scada:gateways:connect', 'metering:readings:publish'] };
    const { id } = (await create(forAll)).body.data;
    expect(await narrow(id, { stationIds: ['KEYS-A1'] })).toMatchObject({ status: 422 });
    expect((await narrow(id, { mqttPaths: ['meter/*'] })).body.data).toMatchObject({
      stationIds: [],
      mqttReach: 'paths',
    });
    const { id: silent } = (await create({ scopes: ['scada:gateways:connect'] })).body.data;
    expect(await narrow(silent, { stationIds: ['KEYS-A1'] })).toMatchObject({ status: 422 });
  });

  it('is not narrowed to what shuts it out at the broker, by all stations there are', async () => {
    const many = principal('keys-many');
    for (let nth = 1; nth <= 10; nth++) await stack.addStation('keys-many', `KEYS-MANY-${nth}`);
    const { id } = (await create(publisher, many)).body.data;
    const mqttPaths = Array.from({ length: 8 }, (_, nth) => `meter/M-${nth}/*`);
    expect(await narrow(id, { mqttPaths }, many)).toMatchObject({ status: 422 });
    expect(await create({ ...publisher, mqttPaths }, many)).toMatchObject({ status: 422 });
    expect(await narrow(id, { mqttPaths, stationIds: ['KEYS-MANY-1'] }, many)).toMatchObject({ status: 200 });
  });

  it('is nothing once it is revoked', async () => {
    const { id } = (await create(publisher)).body.data;
    expect(await listed('all_stations')).toContain(id);
    const revoked = await stack.call(handler, 'DELETE', `${base}/${id}`, { as: owner });
    expect(revoked.body.data).toMatchObject({ isActive: false, mqttReach: null });
    expect(await listed('all_stations')).not.toContain(id);
  });

  it('of another tenant, or of a key that is revoked, is not narrowed', async () => {
    const { id } = (await create(publisher)).body.data;
    expect((await narrow(id, { mqttPaths: ['meter/*'] }, principal('keys-b'))).status).toBe(404);
    await stack.call(handler, 'DELETE', `${base}/${id}`, { as: owner });
    expect((await narrow(id, { mqttPaths: ['meter/*'] })).status).toBe(409);
  });
});
