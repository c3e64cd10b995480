/** A station on the running platform: its gateway enrols, fetches its configuration by MQTT, reports, and takes a command. */
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConfigDownMessage,
  configDownCodec,
  configUpCodec,
  decodeCommand,
  encodeAlarms,
  encodeValues,
  healthCodec,
  resultCodec,
  unpackConfiguration,
} from '../../layers/station/messages.ts';
import { type LiveClient, listen } from '../support/live-client.ts';
import { apiWith, eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';

let mizan: Mizan;
let gateway: MqttClient;
let live: LiveClient;
const inbox: { topic: string; payload: Buffer }[] = [];
let seq = 1;
const envelope = () => ({ storeId: 'store-e2e-0001', seq: seq++ });

beforeAll(async () => {
  mizan = await startMizan();
});
afterAll(async () => {
  live?.close();
  await gateway?.endAsync(true);
  await mizan?.stop();
});

const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  mizan.north.api(method, path, body, headers);
const up = (kind: string, payload: Buffer) =>
  gateway.publishAsync(`mizan/${mizan.north.stationId}/gateway/${kind}`, payload, { qos: 1 });
const configuration = (type: ConfigDownMessage['type']) =>
  eventually(
    async () =>
      inbox
        .filter(({ topic }) => topic.endsWith('/config'))
        .map(({ payload }) => configDownCodec.decode(payload))
        .find((message) => message.type === type) as any,
    (message) => message !== undefined,
  );

describe('a station', () => {
  it('is described, and its gateway enrols', async () => {
    const { stationId } = mizan.north;
    expectOk(await api('POST', '/api/scada/gateways', { id: stationId, name: 'Yard' }));
    expectOk(
      await api('POST', '/api/scada/protocols', {
        id: 'line',
        stationId,
        name: 'RTU',
        protocolType: 'dnp3',
        host: '10.0.0.30',
        port: 20_000,
      }),
    );
    expectOk(await api('POST', '/api/scada/devices', { id: 'rtu', stationId, protocolId: 'line', name: 'RTU' }));
    const points = [
      { id: 'bus.v', name: 'Busbar', pointType: 'analog_input', address: '0', dataType: 'float32', unit: 'kV' },
      {
        id: 'cb.pos',
        name: 'Breaker',
        pointType: 'double_bit',
        address: '1',
        dataType: 'double_bit',
        role: 'switch_position',
      },
      {
        id: 'cb.ctl',
        name: 'Trip, close',
        pointType: 'binary_output',
        address: '2',
        dataType: 'boolean',
        writable: true,
        control: { mode: 'select_before_operate' },
      },
    ];
    const content = points.map((point) => JSON.stringify({ ...point, deviceId: 'rtu' })).join('\n');
    const imported = expectOk(await api('POST', '/api/scada/points/import', { format: 'jsonl', content }));
    expect(imported.data).toMatchObject({ applied: true, created: 3 });
    const { token } = expectOk(await api('POST', `/api/scada/gateways/${stationId}/enrolment-tokens`)).data;
    const { restUrl, mqttUrl } = mizan.platform.endpoints;
    const { apiKey } = expectOk(await apiWith(restUrl)('POST', '/api/scada/gateways/enrol', { token })).data;
    gateway = await connectAsync(mqttUrl, {
      clientId: `mizan-${stationId}-gateway`,
      username: 'gateway',
      password: apiKey,
      reconnectPeriod: 0,
      protocolVersion: 4,
    });
    gateway.on('message', (topic, payload) => inbox.push({ topic, payload }));
    await gateway.subscribeAsync(`mizan/${stationId}/platform/#`, { qos: 1 });
  });

  it('publishes its configuration, and the gateway gets it whole', async () => {
    const { stationId } = mizan.north;
    const published = expectOk(await api('POST', `/api/scada/configurations/${stationId}`)).data;
    expect(await configuration('announce')).toMatchObject({ version: 1, sha256: published.sha256 });
    await up('config', configUpCodec.encode({ type: 'request', version: 1, part: 1, appliedVersion: null }));
    const { data } = await configuration('part');
    const document: any = unpackConfiguration(Buffer.from(data, 'base64'), published.sha256);
    expect(document.points.map(({ id }: any) => id)).toEqual(['bus.v', 'cb.ctl', 'cb.pos']);
    await up('config', configUpCodec.encode({ type: 'applied', version: 1, timeMs: Date.now() }));
    await eventually(
      async () => expectOk(await api('GET', `/api/scada/configurations/${stationId}/1`)).data.outcome?.status,
      (status) => status === 'applied',
    );
  });

  it('shows its values, alarms and switching as they happen', async () => {
    const { stationId, apiKey } = mizan.north;
    live = await listen(mizan.platform.endpoints.webSocketUrl!, apiKey);
    for (const channel of ['readings', 'alarms', 'status']) {
      live.send({ action: 'subscribe', channel, stationId, id: channel });
      await live.next(({ type, id }) => type === 'subscribed' && id === channel);
    }
    const t = Date.now();
    const good = (pointId: string, value: number | string, timeMs: number) => ({
      pointId,
      value,
      quality: 'good' as const,
      timeMs,
    });
    await up('values', encodeValues({ ...envelope(), values: [good('bus.v', 33.1, t), good('cb.pos', 'on', t)] }));
    await live.next(({ type, data }) => type === 'values' && data.some((row: any) => row.pointId === 'bus.v'), 20_000);
    await up('events', encodeValues({ ...envelope(), values: [{ ...good('cb.pos', 'off', t + 1), isEvent: true }] }));
    await live.next(
      (message) => message.event === 'network.switch_changed' && message.data.position === 'open',
      20_000,
    );
    const alarm = {
      alarmId: `bus.v:high:${t}`,
      kind: 'high',
      pointId: 'bus.v',
      state: 'raised',
      priority: 'high',
    } as const;
    await up(
      'alarms',
      encodeAlarms({ ...envelope(), alarms: [{ ...alarm, timeMs: t, raisedAtMs: t, value: 36, limit: 35 }] }),
    );
    const told = await live.next((message) => message.event === 'alert.raised', 20_000);
    const seen = expectOk(await api('PUT', `/api/scada/alarms/${told.data.id}/acknowledge`, {}));
    expect(seen.data.status).toBe('acknowledged');
    const query = `pointIds=bus.v,cb.pos&from=${new Date(t - 60_000).toISOString()}&to=${new Date(t + 60_000).toISOString()}`;
    const history = expectOk(await api('GET', `/api/scada/readings/history?${query}`)).data;
    expect(history.map(({ values }: any) => values.map(({ value }: any) => value))).toEqual([[33.1], ['on', 'off']]);
    const row = expectOk(await api('GET', `/api/scada/readings/live?stationId=${stationId}&kind=point`)).data;
    expect(row.find(({ pointId }: any) => pointId === 'cb.pos').value.value).toBe('off');
  });

  it('takes a command once, and its word is followed', async () => {
    const health = { online: true, bootId: 'b1', timeMs: Date.now(), software: '1', configurationVersion: 1 };
    await up('health', healthCodec.encode(health));
    const body = { action: { kind: 'operate', code: 'close' }, expiresInSeconds: 60 };
    const path = '/api/scada/controls/cb.ctl/execute';
    const given = await eventually(
      () => api('POST', path, body, { 'idempotency-key': 'e2e-1' }),
      ({ status }) => status === 202,
    );
    expectOk(await api('POST', path, body, { 'idempotency-key': 'e2e-1' }));
    const commands = () =>
      inbox.filter(({ topic }) => topic.endsWith('/commands')).map(({ payload }) => decodeCommand(payload));
    const [command] = await eventually(
      async () => commands(),
      (list) => list.length > 0,
    );
    expect(command).toMatchObject({ id: given.json.data.id, pointId: 'cb.ctl', mode: 'select_before_operate' });
    const result = {
      commandId: command!.id,
      pointId: 'cb.ctl',
      step: 'executed',
      final: true,
      timeMs: Date.now(),
    } as const;
    await up('results', resultCodec.encode({ ...envelope(), ...result }));
    await live.next(
      (message) => message.event === 'control.command_updated' && message.data.status === 'executed',
      20_000,
    );
    expect(commands()).toHaveLength(1);
  });

  it('can neither speak for another station nor forge a command', async () => {
    const { south } = mizan;
    const before = expectOk(await south.api('GET', `/api/scada/stations/${south.stationId}/status`)).data.gateway;
    expect(before).toBeNull();
    const [foreign] = await gateway
      .subscribeAsync(`mizan/${south.stationId}/platform/#`, { qos: 1 })
      .catch(() => [undefined]);
    expect(foreign === undefined || foreign.qos === 128).toBe(true);
  });
});
