import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { principalToContext } from '../../../layers/kernel/auth/principal.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { stationEntity } from '../stations/station-entity.ts';
import { closeConnection, findConnection, joinRoom, leaveRoom, maxRooms, openConnection, touch } from './presence.ts';
import { handler as connect } from './websocket-connect.ts';
import { handler as disconnect } from './websocket-disconnect.ts';
import { handler as message } from './websocket-message.ts';

const startTime = Date.UTC(2026, 5, 15, 12);
let tables: TestTables;
beforeAll(async () => {
  logger.setLogLevel('SILENT');
  vi.useFakeTimers({ toFake: ['Date'], now: startTime });
  tables = await startTables(['scada', 'limits']);
  await openSession('a').transact('scada', (unit) =>
    unit.create(stationEntity, { id: 'ST-1', name: 'One', status: 'active' }),
  );
});
afterAll(async () => {
  vi.useRealTimers();
  await tables.close();
});

const principal: Principal = {
  tenantId: 'a',
  subject: 'usr_1',
  kind: 'user',
  name: 'n',
  permissions: ['scada:*'],
  limits: { perMinute: 100_000, perDay: 100_000 },
  workspaces: [],
  allowedIps: [],
  allowedOrigins: [],
};
let id = '';
let count = 0;
beforeEach(() => {
  count += 1;
  id = `conn-${count}`;
});
const event = (
  given: { as?: Principal; body?: unknown; query?: Record<string, string>; origin?: string } = {},
): any => ({
  requestContext: {
    connectionId: id,
    connectedAt: Date.now(),
    identity: { sourceIp: '192.0.2.1', userAgent: 'test' },
    authorizer: principalToContext(given.as ?? principal),
  },
  ...(given.origin ? { headers: { Origin: given.origin } } : {}),
  queryStringParameters: given.query,
  body: typeof given.body === 'string' ? given.body : JSON.stringify(given.body),
});
const say = async (body: unknown, as?: Principal) =>
  JSON.parse((await message(event(as ? { body, as } : { body }))).body!);
const open = () => connect(event());
/** Rooms that the rows of subscriptions say the connection listens to. */
const subscribed = (): string[] =>
  tables
    .scan('scada')
    .filter(({ _type, connectionId }) => _type.S === 'subscription' && connectionId.S === id)
    .map(({ room }) => room.S as string)
    .sort();

describe('a connection', () => {
  it('is noted with who and from where, and forgotten with its subscriptions', async () => {
    expect(await open()).toEqual({ statusCode: 200 });
    expect(await findConnection(id)).toMatchObject({
      tenantId: 'a',
      userId: 'usr_1',
      clientIp: '192.0.2.1',
      rooms: [],
    });
    await say({ action: 'subscribe', channel: 'readings' });
    await disconnect(event());
    expect(await findConnection(id)).toBeUndefined();
    expect(subscribed()).toEqual([]);
    expect(await closeConnection(id)).toBe(false);
  });

  it('subscribes at once when its address names a channel', async () => {
    expect(await connect(event({ query: { channel: 'readings', station_id: 'ST-1' } }))).toEqual({ statusCode: 200 });
    expect(subscribed()).toEqual(['readings:ST-1']);
  });

  it.each<[string, number, Record<string, string>, Partial<Principal>, string?]>([
    ['an unknown channel', 400, { channel: 'gossip' }, {}],
    ['an unknown station', 404, { channel: 'readings', station_id: 'NOWHERE' }, {}],
    ['a station of another tenant', 404, { channel: 'readings', station_id: 'ST-1' }, { tenantId: 'b' }],
    ['a missing permission', 403, { channel: 'alarms' }, { permissions: ['scada:readings:read'] }],
    ['a credential bound to other addresses', 403, {}, { allowedIps: ['203.0.113.0/24'] }],
    ['a credential bound to other origins', 403, {}, { allowedOrigins: ['https://a.example'] }, 'https://evil.example'],
  ])('is refused for %s, and leaves no trace', async (_, statusCode, query, given, origin) => {
    const as = { ...principal, ...given };
    expect(await connect(event({ as, query, ...(origin ? { origin } : {}) }))).toEqual({ statusCode });
    expect(await findConnection(id)).toBeUndefined();
    expect(subscribed()).toEqual([]);
  });

  it('is refused to nobody', async () => {
    const nobody = event();
    nobody.requestContext.authorizer = {};
    expect(await connect(nobody)).toEqual({ statusCode: 401 });
  });

  it('vanishes after a day, and so do its subscriptions', async () => {
    await open();
    await joinRoom(id, 'readings');
    const rows = tables.scan('scada').filter(({ connectionId }) => connectionId?.S === id);
    expect(rows.map(({ expiresAt }) => Number(expiresAt.N))).toEqual(Array(2).fill(startTime / 1000 + 86_400));
  });
});

describe('messages that come at the same time', () => {
  it('all take effect: ten subscriptions', async () => {
    await open();
    const rooms = Array.from({ length: 10 }, (_, i) => `readings:S${i}`).sort();
    const outcomes = await Promise.all(rooms.map((room) => joinRoom(id, room)));
    expect(outcomes).toEqual(Array(10).fill('joined'));
    expect([...(await findConnection(id))!.rooms].sort()).toEqual(rooms);
    expect(subscribed()).toEqual(rooms);
  });

  it('to one room join it once', async () => {
    await open();
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => joinRoom(id, 'alarms')));
    expect(outcomes.sort()).toEqual(['already', 'already', 'already', 'joined']);
    expect((await findConnection(id))!.rooms).toEqual(['alarms']);
  });

  it('never pass the limit of rooms', async () => {
    await open();
    const outcomes = await Promise.all(Array.from({ length: maxRooms + 4 }, (_, i) => joinRoom(id, `status:S${i}`)));
    expect(outcomes.filter((outcome) => outcome === 'joined')).toHaveLength(maxRooms);
    expect(subscribed()).toHaveLength(maxRooms);
  });

  it('leave no subscription behind when the connection closes meanwhile', async () => {
    for (let round = 0; round < 5; round++) {
      await open();
      await Promise.all([
        joinRoom(id, 'readings'),
        closeConnection(id),
        joinRoom(id, 'alarms'),
        leaveRoom(id, 'readings'),
        touch(id),
      ]);
      await closeConnection(id);
      expect(subscribed()).toEqual([]);
    }
  });
});

describe('a message', () => {
  it('subscribes and unsubscribes, and gets its id back', async () => {
    await open();
    expect(await say({ action: 'subscribe', channel: '/api/scada/ws/alarms', id: '7' })).toEqual({
      type: 'subscribed',
      channel: 'alarms',
      id: '7',
    });
    expect(await say({ action: 'subscribe', channel: 'alarms' })).toMatchObject({ type: 'subscribed' });
    expect(await say({ action: 'unsubscribe', channel: 'alarms', id: '8' })).toMatchObject({
      type: 'unsubscribed',
      id: '8',
    });
    expect(subscribed()).toEqual([]);
  });

  it('is a sign of life at most once a minute', async () => {
    await open();
    vi.setSystemTime(startTime + 30_000);
    expect(await say({ action: 'ping' })).toMatchObject({ type: 'pong' });
    expect((await findConnection(id))!.lastActivityAt).toBe(new Date(startTime).toISOString());
    vi.setSystemTime(startTime + 61_000);
    await Promise.all([say({ action: 'ping' }), say({ action: 'ping' })]);
    expect((await findConnection(id))!.lastActivityAt).toBe(new Date(startTime + 61_000).toISOString());
    vi.setSystemTime(startTime);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'malformed_request'],
    ['nothing', '', 'malformed_request'],
    ['null', 'null', 'validation_failed'],
    ['an unknown action', { action: 'shout' }, 'validation_failed'],
    ['an unknown channel', { action: 'subscribe', channel: '__proto__' }, 'validation_failed'],
    ['a station that is a pattern', { action: 'subscribe', channel: 'readings', stationId: '*' }, 'validation_failed'],
    ['a long id', { action: 'ping', id: 'x'.repeat(65) }, 'validation_failed'],
    ['an unknown station', { action: 'subscribe', channel: 'readings', stationId: 'NOWHERE' }, 'not_found'],
  ])('that is %s gets an error and the connection stays', async (_, body, code) => {
    await open();
    expect(await say(body)).toMatchObject({ type: 'error', code });
    expect(await findConnection(id)).toBeDefined();
  });

  it('without the permission of the channel gets an error', async () => {
    await open();
    const narrow = { ...principal, permissions: ['scada:readings:read'] };
    expect(await say({ action: 'subscribe', channel: 'readings' }, narrow)).toMatchObject({ type: 'subscribed' });
    expect(await say({ action: 'subscribe', channel: 'alarms' }, narrow)).toMatchObject({ code: 'forbidden' });
  });

  it('counts against the limit of its credential, like a request', async () => {
    const slow = { ...principal, subject: 'key_slow', limits: { perMinute: 3, perDay: 100 } };
    expect(await connect(event({ as: slow }))).toEqual({ statusCode: 200 });
    expect(await say({ action: 'ping' }, slow)).toMatchObject({ type: 'pong' });
    expect(await say({ action: 'subscribe', channel: 'alarms' }, slow)).toMatchObject({ type: 'subscribed' });
    expect(await say({ action: 'ping', id: '4' }, slow)).toMatchObject({
      type: 'error',
      code: 'rate_limited',
      id: '4',
    });
    expect(await connect(event({ as: slow }))).toEqual({ statusCode: 429 });
  });

  it('beyond the rooms of a connection gets an error', async () => {
    await openConnection({
      connectionId: id,
      tenantId: 'a',
      userId: 'u',
      rooms: Array.from({ length: maxRooms }, (_, i) => `r${i}`),
      clientIp: '',
      userAgent: '',
      connectedAt: new Date().toISOString(),
      lastActivityAt: new Date().toISOString(),
      messagesReceived: 0,
      messagesSent: 0,
    });
    expect(await say({ action: 'subscribe', channel: 'alarms' })).toMatchObject({ code: 'unprocessable' });
  });
});
