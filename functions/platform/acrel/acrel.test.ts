import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openGlobalSession } from '../../../layers/kernel/data/session.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { requireMeter } from '../../metering/contract.ts';
import { createMeterSchema } from '../../metering/meters/meter-schema.ts';
import { registerMeter } from '../../metering/meters/register-meter.ts';
import { stationClaimEntity, stationEntity } from '../../scada/stations/station-entity.ts';
import { handler as integrationsHandler } from '../integrations/handler.ts';
import { handler as callbacksHandler } from '../provider-callbacks/handler.ts';
import { caller, publicCaller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { handler } from './handler.ts';

const stack = usePlatformStack(['identity', 'scada', 'metering', 'readings']);
const send = publicCaller(handler);
const address = '198.51.100.9';
const tokens: Record<string, { token: string; id: string }> = {};
const secretOf = (tenantId: string) => `acrel-secret-of-${tenantId}`;

beforeAll(async () => {
  for (const [tenantId, station, meter] of [
    ['tenant-a', 'ST-A', 'ACR-A1'],
    ['tenant-b', 'ST-B', 'ACR-B1'],
  ] as const) {
    const session = stack.session(tenantId);
    await session.transact('identity', (unit) =>
      unit.create(tenantEntity, {
        id: tenantId,
        name: tenantId,
        timeZone: 'Asia/Aden',
        currency: 'YER',
        locale: 'en',
        status: 'active',
      }),
    );
    await session.transact('scada', (unit) =>
      unit.create(stationEntity, { id: station, name: station, status: 'active' }),
    );
    await openGlobalSession().transact('scada', (unit) => unit.create(stationClaimEntity, { id: station, tenantId }));
    await registerMeter(session, createMeterSchema.parse({ id: meter, model: 'ADL200', stationId: station }));
    const call = caller(integrationsHandler, '/api/v1/developer/integrations', { tenantId });
    const { data } = await call('POST', '', {
      code: 'acrel',
      provider: 'acrel',
      nameAr: 'أكريل',
      allowedIps: [`${address}/32`],
    });
    const set = await call('PUT', `/${data.id}/configs`, {
      environment: 'development',
      values: { api_url: 'https://acrel.example.com', webhook_secret: secretOf(tenantId) },
    });
    expect(set.status, JSON.stringify(set.body)).toBe(200);
    tokens[tenantId] = { id: data.id, token: (await call('POST', `/${data.id}/callback-token`)).data.token };
  }
});

interface Attack {
  token?: string;
  secret?: string;
  ip?: string;
  sentAtMs?: number;
  signature?: string;
}

function post(
  way: string,
  body: object,
  {
    token = tokens['tenant-a']!.token,
    secret = secretOf('tenant-a'),
    ip = address,
    sentAtMs = stack.now(),
    signature,
  }: Attack = {},
) {
  const text = JSON.stringify(body);
  const timestamp = new Date(sentAtMs).toISOString();
  return send(
    'POST',
    `/api/v1/acrel/webhooks/${way}`,
    text,
    {
      'x-integration-token': token,
      'x-timestamp': timestamp,
      'x-signature': signature ?? createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex'),
    },
    ip,
  );
}

let minute = 0;
const at = () => new Date(stack.now() - 3_600_000 + minute++ * 60_000).toISOString();
const reading = (meterId = 'ACR-A1', register = 15234.56) => ({
  event_type: 'meter_reading',
  timestamp: at(),
  meter_id: meterId,
  meter_type: 'ADL200',
  data: { reading: register, consumption: 125.5, voltage: 220.5, current: 15.2, power_factor: 0.95 },
});
const rows = (table: string, type: string): any[] => stack.rows(table).filter((row) => row['_type']?.S === type);
const emitted = (table: string): string[] => rows(table, 'outbox').map((row) => row.type.S);

describe('webhooks of Acrel', () => {
  it('bring in readings once, as MQTT does', async () => {
    const body = reading();
    expect(await post('meter-reading', body)).toMatchObject({
      status: 200,
      body: { data: { accepted: true, duplicate: false } },
    });
    const before = emitted('metering').length;
    expect(before).toBeGreaterThan(0);
    expect((await post('meter-reading', body)).body.data).toEqual({ accepted: true, duplicate: true });
    expect(emitted('metering').length).toBe(before);
  });

  it('bring in alerts', async () => {
    const alert = {
      event_type: 'alert',
      timestamp: at(),
      meter_id: 'ACR-A1',
      alert_type: 'over_voltage',
      severity: 'warning',
      value: 245.5,
      threshold: 240,
      message: 'Voltage exceeded threshold',
    };
    expect((await post('alert', alert)).status).toBe(200);
    expect(emitted('metering')).toContain('meter.alert');
  });

  it('change the status of a meter', async () => {
    const change = {
      event_type: 'status_change',
      timestamp: at(),
      meter_id: 'ACR-A1',
      previous_status: 'connected',
      new_status: 'disconnected',
      reason: 'remote_command',
    };
    expect((await post('status-change', change)).status).toBe(200);
    expect((await requireMeter(stack.session('tenant-a'), 'ACR-A1')).status).toBe('disconnected');
  });

  it('confirm commands: the status follows and the confirmation is published once', async () => {
    const confirm = { event_type: 'reconnect_confirm', timestamp: at(), meter_id: 'ACR-A1', command_id: 'cmd-1' };
    for (let i = 0; i < 2; i++) expect((await post('reconnect-confirm', confirm)).status).toBe(200);
    expect((await requireMeter(stack.session('tenant-a'), 'ACR-A1')).status).toBe('connected');
    const confirmed = stack.takeOutbox('tenant-a').filter(({ type }) => type === 'meter.control_confirmed');
    expect(confirmed.map(({ payload }) => JSON.parse(payload!))).toMatchObject([
      { meterId: 'ACR-A1', action: 'reconnect', commandId: 'cmd-1' },
    ]);
    const cut = { event_type: 'disconnect_confirm', timestamp: at(), meter_id: 'ACR-A1' };
    expect((await post('disconnect-confirm', cut)).status).toBe(200);
    expect((await requireMeter(stack.session('tenant-a'), 'ACR-A1')).status).toBe('disconnected');
  });

  it('confirm commands by the change of status as well, where it is the one that was asked for', async () => {
    stack.takeOutbox('tenant-a');
    const change = { event_type: 'status_change', timestamp: at(), meter_id: 'ACR-A1', reason: 'remote_command' };
    const connected = { ...change, previous_status: 'disconnected', new_status: 'connected' };
    expect((await post('disconnect-confirm', connected)).status).toBe(422);
    expect((await post('reconnect-confirm', connected)).status).toBe(200);
    expect((await requireMeter(stack.session('tenant-a'), 'ACR-A1')).status).toBe('connected');
    expect(
      stack
        .takeOutbox('tenant-a')
        .filter(({ type }) => type === 'meter.control_confirmed')
        .map(({ payload }) => JSON.parse(payload!)),
    ).toMatchObject([{ meterId: 'ACR-A1', action: 'reconnect', confirmedAt: change.timestamp }]);
  });

  it('that say a command was refused confirm nothing, and change no status', async () => {
    const before = (await requireMeter(stack.session('tenant-a'), 'ACR-A1')).status;
    stack.takeOutbox('tenant-a');
    const refusal = {
      timestamp: at(),
      meter_id: 'ACR-A1',
      command_id: 'cmd-2',
      status: 'failed',
      reason: 'relay_stuck',
    };
    const [way, event_type] =
      before === 'connected'
        ? ['disconnect-confirm', 'disconnect_confirm']
        : ['reconnect-confirm', 'reconnect_confirm'];
    for (let i = 0; i < 2; i++) expect((await post(way, { ...refusal, event_type })).status).toBe(200);
    expect((await post(way, { ...refusal, event_type, status: 'perhaps', timestamp: at() })).status).toBe(422);
    expect((await requireMeter(stack.session('tenant-a'), 'ACR-A1')).status).toBe(before);
    expect(stack.takeOutbox('tenant-a').map(({ type }) => type)).not.toContain('meter.control_confirmed');
    const told = rows('metering', 'outbox').filter(({ type }) => type.S === 'meter.command_refused');
    expect(told.map(({ payload }) => JSON.parse(payload.S))).toMatchObject([
      { meterId: 'ACR-A1', commandId: 'cmd-2', reason: 'relay_stuck' },
    ]);
  });

  it.each([
    ['no event', { event_type: undefined }],
    ['an unknown event', { event_type: 'tea' }],
    ['no meter', { meter_id: undefined }],
    ['no time', { timestamp: undefined }],
    ['a time that is none', { timestamp: 'noon' }],
  ])('that are signed and have %s say what is wrong, and not that the signature is', async (_, wrong) => {
    const refused = await post('meter-reading', { ...reading(), ...wrong });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toMatch(/meter_reading|meter_id/);
  });
});

describe('attacks', () => {
  const attacks: [string, Attack | (() => Attack), number][] = [
    ['a bad signature', { signature: '0'.repeat(64) }, 401],
    ['no signature', { signature: '' }, 401],
    ['the secret of another tenant', { secret: secretOf('tenant-b') }, 401],
    ['the token of another tenant', () => ({ token: tokens['tenant-b']!.token }), 401],
    ['no token', { token: 'x' }, 401],
    ['an old timestamp', () => ({ sentAtMs: stack.now() - 5 * 60_000 - 1000 }), 401],
    ['a timestamp in the future', () => ({ sentAtMs: stack.now() + 5 * 60_000 + 1000 }), 401],
    ['a foreign address', { ip: '203.0.113.1' }, 403],
  ];
  const event = (event_type: string, more: object = {}) => ({
    event_type,
    timestamp: at(),
    meter_id: 'ACR-A1',
    ...more,
  });
  const bodies: Record<string, () => object> = {
    'meter-reading': () => reading(),
    alert: () => event('alert', { alert_type: 'over_voltage', severity: 'warning', value: 245.5, threshold: 240 }),
    'status-change': () => event('status_change', { previous_status: 'connected', new_status: 'disconnected' }),
    'disconnect-confirm': () => event('disconnect_confirm'),
    'reconnect-confirm': () => event('reconnect_confirm'),
  };
  const everyAttack = Object.keys(bodies).flatMap((way) =>
    attacks.map(([name, attack, status]) => [way, name, attack, status] as const),
  );
  it.each(everyAttack)('at %s with %s are refused and change nothing', async (way, _, attack, status) => {
    const before = [emitted('metering').length, stack.rows('readings').length, emitted('platform').length];
    const meter = await requireMeter(stack.session('tenant-a'), 'ACR-A1');
    const given = typeof attack === 'function' ? attack() : attack;
    expect((await post(way, bodies[way]!(), given)).status).toBe(status);
    expect([emitted('metering').length, stack.rows('readings').length, emitted('platform').length]).toEqual(before);
    expect(await requireMeter(stack.session('tenant-a'), 'ACR-A1')).toEqual(meter);
  });

  it.each(Object.keys(bodies))('by replay at %s are taken once', async (way) => {
    const body = bodies[way]!();
    const sentAtMs = stack.now();
    expect((await post(way, body, { sentAtMs })).body.data).toEqual({ accepted: true, duplicate: false });
    const before = [emitted('metering').length, emitted('platform').length];
    expect((await post(way, body, { sentAtMs })).body.data).toEqual({ accepted: true, duplicate: true });
    expect([emitted('metering').length, emitted('platform').length]).toEqual(before);
  });

  it('by the general way in of providers are refused', async () => {
    const { token } = tokens['tenant-a']!;
    expect(
      (await publicCaller(callbacksHandler)('POST', `/api/v1/developer/callbacks/acrel/${token}`, '{}')).status,
    ).toBe(401);
  });

  it('by replay are recognised within the window and refused after it', async () => {
    const body = reading('ACR-A1', 15300);
    const sentAtMs = stack.now();
    expect((await post('meter-reading', body, { sentAtMs })).body.data.duplicate).toBe(false);
    expect((await post('meter-reading', body, { sentAtMs })).body.data.duplicate).toBe(true);
    stack.advance(6 * 60_000);
    expect((await post('meter-reading', body, { sentAtMs })).status).toBe(401);
  });

  it('on the meters of another tenant find none', async () => {
    const body = reading('ACR-B1');
    expect((await post('meter-reading', body)).status).toBe(404);
    expect(
      (await post('meter-reading', body, { token: tokens['tenant-b']!.token, secret: secretOf('tenant-b') })).status,
    ).toBe(200);
  });

  it('by way of another address of ours are refused', async () => {
    expect((await post('alert', reading())).status).toBe(422);
  });

  it('before a list of addresses was given are refused', async () => {
    const call = caller(integrationsHandler, '/api/v1/developer/integrations', { tenantId: 'tenant-a' });
    await call('PUT', `/${tokens['tenant-a']!.id}`, { allowedIps: [] });
    expect((await post('meter-reading', reading())).status).toBe(403);
    await call('PUT', `/${tokens['tenant-a']!.id}`, { allowedIps: [address] });
    expect((await post('meter-reading', reading('ACR-A1', 15400))).status).toBe(200);
  });
});
