import { beforeAll, describe, expect, it } from 'vitest';
import { type HealthMessage, healthCodec, statusCodec } from '../../../layers/station/messages.ts';
import { handler as authorizeDevice } from '../../identity/authorizers/authorize-device.ts';
import { handler as devices } from '../devices/handler.ts';
import { handler as takeReports } from '../ingest/reports-handler.ts';
import { handler as protocols } from '../protocols/handler.ts';
import { handler as stations } from '../stations/handler.ts';
import { addDevice, addLine } from '../test-support/plant.ts';
import { deliver, iso, minuteMs, type RequestOptions, useScadaStack } from '../test-support/scada-stack.ts';
import { handler as gateways } from './handler.ts';
import { handler as watchGateways } from './watch-gateways.ts';

const stack = useScadaStack();
const call = (method: string, path: string, options?: RequestOptions) =>
  stack.request(gateways, method, `/api/scada/gateways${path}`, options);

beforeAll(async () => {
  await call('POST', '', { body: { id: 'ST-1', name: 'Yard' } });
  await call('POST', '', { tenantId: 'b', body: { id: 'ST-9', name: 'Far' } });
});

const policyOf = async (apiKey: string) => {
  const event = { protocolData: { mqtt: { username: 'x', password: Buffer.from(apiKey).toString('base64') } } };
  return (await authorizeDevice(event)) as { isAuthenticated: boolean; policyDocuments: string[] };
};

describe('enrolment', () => {
  it('exchanges a token once for a key that reaches its own station', async () => {
    const { token } = (await call('POST', '/ST-1/enrolment-tokens')).body.data;
    const enrolled = await call('POST', '/enrol', { body: { token } });
    expect(enrolled).toMatchObject({ status: 201, body: { data: { gatewayId: 'ST-1', stationId: 'ST-1' } } });
    expect(await call('POST', '/enrol', { body: { token } })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    const { apiKey } = enrolled.body.data;
    const policy = await policyOf(apiKey);
    expect(policy.isAuthenticated).toBe(true);
    expect(policy.policyDocuments.join()).toContain('mizan/ST-1/gateway/*');
    expect(policy.policyDocuments.join()).toContain('client/mizan-ST-1-gateway');
    expect(policy.policyDocuments.join()).not.toContain('acrel/');
    expect((await call('GET', '/ST-1')).body.data).toMatchObject({ keyId: expect.any(String), state: null });
  });

  it('replaces the key when it is done again, and revoking ends it', async () => {
    const enrol = async () => {
      const { token } = (await call('POST', '/ST-1/enrolment-tokens')).body.data;
      return (await call('POST', '/enrol', { body: { token } })).body.data.apiKey as string;
    };
    const first = await enrol();
    const second = await enrol();
    expect((await policyOf(first)).isAuthenticated).toBe(false);
    expect((await policyOf(second)).isAuthenticated).toBe(true);
    expect((await call('DELETE', '/ST-1')).status).toBe(409);
    expect((await call('POST', '/ST-1/revoke')).status).toBe(204);
    expect((await policyOf(second)).isAuthenticated).toBe(false);
    expect((await call('POST', '/ST-1/revoke')).status).toBe(409);
  });

  it('gives one key to many who show a token at once', async () => {
    const { token } = (await call('POST', '/ST-1/enrolment-tokens')).body.data;
    const answers = await Promise.all([1, 2, 3, 4].map(() => call('POST', '/enrol', { body: { token } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401]);
  });

  it('takes no token that is a day old, made up, or none at all', async () => {
    const { token } = (await call('POST', '/ST-1/enrolment-tokens')).body.data;
    stack.pass(25 * 60 * minuteMs);
    expect((await call('POST', '/enrol', { body: { token } })).status).toBe(401);
    expect((await call('POST', '/enrol', { body: { token: `gwe_${'x'.repeat(43)}` } })).status).toBe(401);
    expect((await call('POST', '/enrol', { body: { token: 'x' } })).status).toBe(400);
  });

  it('is for gateways of the own tenant, and the configuration for the gateway itself', async () => {
    expect((await call('POST', '/ST-1/enrolment-tokens', { tenantId: 'b' })).status).toBe(404);
    expect((await call('POST', '', { tenantId: 'b', body: { id: 'ST-1', name: 'x' } })).status).toBe(404);
    const permissions = ['scada:gateways:connect'];
    expect(
      (await call('GET', '/ST-1/configuration', { kind: 'api_key', subject: 'key_other', permissions })).status,
    ).toBe(404);
    const { keyId } = (await call('GET', '/ST-1')).body.data;
    const own = await call('GET', '/ST-1/configuration', { kind: 'api_key', subject: keyId, permissions });
    expect(own).toMatchObject({ status: 404, body: { message: expect.stringContaining('configuration') } });
  });
});

const health = (fields: Partial<HealthMessage> = {}): HealthMessage => ({
  online: true,
  bootId: 'boot-1',
  timeMs: Date.now(),
  software: '0.1.0',
  configurationVersion: 3,
  store: { messages: 12, bytes: 4096, oldestMs: Date.now(), droppedValues: 0, state: 'ok' },
  ...fields,
});
const send = (message: HealthMessage) =>
  deliver(takeReports, [{ topic: 'mizan/ST-1/gateway/health', payload: healthCodec.encode(message) }]);
const stateOf = async () => (await call('GET', '/ST-1')).body.data.state;
const openAlarms = async () => (await stack.request(stations, 'GET', '/api/scada/stations/ST-1/alarms')).body.data;

describe('a gateway', () => {
  it('tells how it is, and is there', async () => {
    stack.pass(1000);
    await send(health());
    expect(await stateOf()).toMatchObject({
      online: true,
      bootId: 'boot-1',
      configurationVersion: 3,
      lastSeenAt: iso(Date.now()),
      store: { messages: 12 },
    });
    const { body } = await stack.request(stations, 'GET', '/api/scada/stations/ST-1/status');
    expect(body.data.gateway).toMatchObject({ online: true, bufferedMessages: 12, software: '0.1.0' });
  });

  it('that falls silent is found, told of once, and welcomed back', async () => {
    stack.pass(2 * minuteMs);
    expect(await watchGateways()).toEqual({ gone: 0 });
    stack.pass(2 * minuteMs);
    expect(await watchGateways()).toEqual({ gone: 1 });
    expect(await watchGateways()).toEqual({ gone: 0 });
    expect((await stateOf()).online).toBe(false);
    const [alarm] = await openAlarms();
    expect(alarm).toMatchObject({ kind: 'communication', source: 'platform', status: 'raised', active: true });
    stack.pass(minuteMs);
    await send(health());
    await send(health());
    expect((await stateOf()).online).toBe(true);
    expect((await openAlarms())[0]).toMatchObject({ id: alarm.id, active: false, status: 'raised' });
    const told = stack.events('gateway.status_changed').map(({ payload }) => payload.state);
    expect(told).toEqual(['online', 'offline', 'online']);
    expect(stack.events('alert.raised').filter(({ aggregateId }) => aggregateId === alarm.id)).toHaveLength(1);
  });

  it('that breaks off is gone at once by its last will, unless the will is of an earlier run', async () => {
    stack.pass(1000);
    await send(health({ online: false, bootId: 'boot-0' }));
    expect((await stateOf()).online).toBe(true);
    await send(health({ online: false }));
    expect((await stateOf()).online).toBe(false);
    stack.pass(1000);
    await send(health({ bootId: 'boot-2' }));
    expect((await stateOf()).online).toBe(true);
  });

  it('that runs out of room says so once, again when it is full, and anew after it was well', async () => {
    const alerts = () =>
      stack
        .events('system.alert')
        .filter(({ payload }) => payload.dedupeKey === 'storage-low/ST-1')
        .map(({ payload }) => payload);
    const filled = async (bytes: number, more: Partial<HealthMessage> = {}, state: 'ok' | 'full' = 'ok') => {
      stack.pass(minuteMs);
      const store = { messages: 12, bytes, maxBytes: 1000, oldestMs: null, droppedValues: 0, state };
      await send(health({ store, disk: { freeBytes: 50, totalBytes: 100 }, ...more }));
      return (await stateOf()).storage;
    };
    expect(await filled(790)).toBe('ok');
    expect(alerts()).toEqual([]);
    expect([await filled(800), await filled(790), await filled(900)]).toEqual(['low', 'low', 'low']);
    expect(alerts()).toMatchObject([
      { severity: 'warning', sourceSystem: 'scada', alertData: { bufferPercent: 80, diskPercent: 50, level: 'low' } },
    ]);
    expect(await filled(1000, {}, 'full')).toBe('full');
    expect(alerts()).toMatchObject([{}, { severity: 'critical', alertData: { level: 'full' } }]);
    expect([await filled(750), await filled(690)]).toEqual(['low', 'ok']);
    expect(alerts()).toHaveLength(2);
    // The disk beneath it fills up, whoever does it.
    expect(await filled(10, { disk: { freeBytes: 10, totalBytes: 100 } })).toBe('low');
    expect(alerts()).toHaveLength(3);
    // A gateway of before does not tell: nothing is known.
    expect(await filled(10)).toBe('ok');
  });

  it('is not turned back by an older word that comes late', async () => {
    stack.pass(30_000);
    const late = Date.now() - 10_000;
    await send(health({ configurationVersion: 5 }));
    const payload = healthCodec.encode(health({ configurationVersion: 4 }));
    await deliver(takeReports, [{ topic: 'mizan/ST-1/gateway/health', payload, receivedMs: late }]);
    expect((await stateOf()).configurationVersion).toBe(5);
  });
});

describe('lines and devices', () => {
  const status = (changes: object[], seq = 1) =>
    deliver(takeReports, [
      {
        topic: 'mizan/ST-1/gateway/status',
        payload: statusCodec.encode({ storeId: 'store-000001', seq, changes } as never),
      },
    ]);

  it('are as the latest word says, whatever the order, and changes are told once', async () => {
    await addLine(stack, { name: 'lnk' });
    await addDevice(stack, { name: 'lnk' }, 'lnk-rtu', { assetId: 'TRF-7' });
    const t = Date.now();
    const online = { connectionId: 'lnk-line', deviceId: 'lnk-rtu', state: 'online', timeMs: t };
    const offline = { ...online, state: 'offline', reason: 'no answer', timeMs: t + 5000 };
    await status([{ connectionId: 'lnk-line', state: 'online', timeMs: t }, online]);
    await status([offline], 2);
    await status([online], 1);
    await status([offline], 2);
    expect((await stack.request(devices, 'GET', '/api/scada/devices/lnk-rtu/status')).body.data).toMatchObject({
      state: 'offline',
      reason: 'no answer',
      since: iso(t + 5000),
      lastConnectedAt: iso(t),
      protocol: { state: 'online' },
    });
    const { body } = await stack.request(protocols, 'GET', '/api/scada/protocols/lnk-line');
    expect(body.data).toMatchObject({ connectionStatus: 'online', lastConnectedAt: iso(t) });
    expect(stack.events('device.status_changed').map(({ payload }) => payload.state)).toEqual(['online', 'offline']);
    expect(stack.events('asset.status_changed').map(({ payload }) => [payload.assetId, payload.status])).toEqual([
      ['TRF-7', 'online'],
      ['TRF-7', 'offline'],
    ]);
    const station = await stack.request(stations, 'GET', '/api/scada/stations/ST-1/status');
    expect(station.body.data.devices).toMatchObject({ total: 1, offline: 1 });
  });
});

describe('a message that is none', () => {
  it('is dropped and does not hold up the others', async () => {
    stack.pass(60_000);
    const failed = await deliver(takeReports, [
      { topic: 'mizan/ST-1/gateway/health', payload: 'garbage' },
      { topic: 'mizan/ST-1/gateway/health', payload: Buffer.from([0x1f, 0x8b, 1, 2, 3]) },
      { topic: 'mizan/NOBODY/gateway/health', payload: healthCodec.encode(health()) },
      { topic: 'mizan/ST-1/platform/commands', payload: '{}' },
      { topic: 'mizan/ST-1/gateway/health', payload: healthCodec.encode(health({ software: '9.9.9' })) },
    ]);
    expect(failed).toEqual([]);
    expect((await stateOf()).software).toBe('9.9.9');
  });
});
