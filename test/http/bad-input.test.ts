import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMeter, type MeterClient, readingMessage } from '../support/meter-client.ts';
import { eventually, expectOk, type Mizan } from '../support/mizan.ts';
import { shareMizan } from '../support/shared-mizan.ts';

let mizan: Omit<Mizan, 'stop'>;
let meter: MeterClient;

beforeAll(async () => {
  mizan = await shareMizan();
  meter = await connectMeter(mizan.platform.endpoints.mqttUrl, mizan.north.apiKey);
});
afterAll(async () => {
  await meter?.close();
});

async function rejected(): Promise<any[]> {
  return expectOk(await mizan.north.api('GET', '/api/billing/rejected-readings?limit=200')).data;
}

describe('bad input over MQTT is kept with a reason', () => {
  const at = Date.now();
  const reading = (id: string, kwh: number, timeMs = at, extra = {}): string =>
    JSON.stringify(readingMessage(id, kwh, timeMs, extra));
  const cases: [
    string,
    (station: string, id: string, southId: string) => { topic?: string; payload: string | Buffer },
  ][] = [
    ['not JSON', () => ({ payload: '<reading>5</reading>' })],
    ['binary garbage', () => ({ payload: Buffer.from([0, 255, 1, 254, 128, 7]) })],
    ['nothing', () => ({ payload: '' })],
    ['JSON null', () => ({ payload: 'null' })],
    ['wrong types', (_, id) => ({ payload: reading(id, 1).replace('"reading":1', '"reading":"many"') })],
    ['no register', (_, id) => ({ payload: JSON.stringify({ ...readingMessage(id, 1, at), data: {} }) })],
    ['NaN', (_, id) => ({ payload: reading(id, 1).replace('"reading":1', '"reading":NaN') })],
    ['Infinity', (_, id) => ({ payload: reading(id, 1).replace('"reading":1', '"reading":1e999') })],
    ['a negative register', (_, id) => ({ payload: reading(id, -5) })],
    ['a register beyond its digits', (_, id) => ({ payload: reading(id, 12_345_678) })],
    ['the future', (_, id) => ({ payload: reading(id, 1, at + 86_400_000) })],
    ['no time', (_, id) => ({ payload: JSON.stringify({ ...readingMessage(id, 1, at), timestamp: 'yesterday' }) })],
    ['an unknown meter', (station) => ({ topic: `acrel/${station}/meter/NOBODY/data`, payload: reading('NOBODY', 1) })],
    ['another meter than the topic says', (_, id) => ({ payload: reading(`${id}X`, 1) })],
    ['a power factor of 3', (_, id) => ({ payload: reading(id, 1, at, { power_factor: 3 }) })],
    [
      'the meter of another tenant',
      (station, _, southId) => ({ topic: `acrel/${station}/meter/${southId}/data`, payload: reading(southId, 1) }),
    ],
  ];

  it.each(cases)('%s', async (_, make) => {
    const { north } = mizan;
    const meterId = north.meterIds[0]!;
    const before = (await rejected()).length;
    const { topic = `acrel/${north.stationId}/meter/${meterId}/data`, payload } = make(
      north.stationId,
      meterId,
      mizan.south.meterIds[0]!,
    );
    await meter.publish(topic, payload);
    const list = await eventually(rejected, (rows) => rows.length > before);
    expect(list[0].reason).toMatch(/^[a-z_]+$/);
  });

  it('and not one of them was stored', async () => {
    const { data } = expectOk(await mizan.north.api('GET', `/api/billing/meters/${mizan.north.meterIds[0]}/readings`));
    expect(data).toEqual([]);
  });

  it('1 MB ends the connection, as IoT Core does, and the platform goes on', async () => {
    const { north, platform } = mizan;
    const careless = await connectMeter(platform.endpoints.mqttUrl, north.apiKey);
    const closed = new Promise((resolve) => careless.mqtt.once('close', () => resolve(undefined)));
    careless
      .publish(`acrel/${north.stationId}/meter/${north.meterIds[0]}/data`, Buffer.alloc(1024 * 1024, 0x20))
      .catch(() => {});
    await closed;
    expect((await north.api('GET', '/api/health')).status).toBe(200);
  });

  it('the station of another tenant ends the connection', async () => {
    const { north, south, platform } = mizan;
    const intruder = await connectMeter(platform.endpoints.mqttUrl, north.apiKey);
    const closed = new Promise((resolve) => intruder.mqtt.once('close', () => resolve(undefined)));
    intruder.publishReading(south.stationId, south.meterIds[0]!, 5).catch(() => {});
    await closed;
    expect(expectOk(await south.api('GET', `/api/billing/meters/${south.meterIds[0]}/readings`)).data).toEqual([]);
  });

  it('a wrong MQTT password is refused', async () => {
    await expect(connectMeter(mizan.platform.endpoints.mqttUrl, 'wrong')).rejects.toThrow();
  });

  it('garbage on the other topics is kept as well', async () => {
    const { north } = mizan;
    const before = (await rejected()).length;
    await meter.publish(`acrel/${north.stationId}/meter/${north.meterIds[0]}/alert`, 'garbage');
    await meter.publish(`acrel/${north.stationId}/meter/${north.meterIds[0]}/status`, '{"event_type":"status_change"}');
    await meter.publish(`acrel/${north.stationId}/infrastructure/T1/data`, '[]');
    await eventually(rejected, (rows) => rows.length >= before + 3);
  });
});

describe('what was rejected', () => {
  it('can be replayed once its cause is gone', async () => {
    const { north } = mizan;
    await meter.publishReading(north.stationId, 'NORTH-LATE', 3);
    const [entry] = await eventually(
      async () => (await rejected()).filter(({ meterId }) => meterId === 'NORTH-LATE'),
      (rows) => rows.length === 1,
    );
    expectOk(
      await north.api('POST', '/api/billing/meters', { id: 'NORTH-LATE', model: 'ADL200', stationId: north.stationId }),
    );
    expectOk(await north.api('POST', `/api/billing/rejected-readings/${entry.id}/replay`, {}));
    await eventually(
      async () => expectOk(await north.api('GET', '/api/billing/meters/NORTH-LATE/readings')).data.length,
      (count) => count === 1,
    );
  });

  it('is not shown to another tenant', async () => {
    const [entry] = await rejected();
    expect((await mizan.south.api('GET', `/api/billing/rejected-readings/${entry.id}`)).status).toBe(404);
    expect(expectOk(await mizan.south.api('GET', '/api/billing/rejected-readings')).data).toEqual([]);
  });

  it('raises one alert when it piles up', async () => {
    const { north } = mizan;
    for (let i = 0; i < 120; i++) await meter.publishReading(north.stationId, 'GHOST', i);
    const alerts = await eventually(
      async () => expectOk(await north.api('GET', '/api/v1/developer/alerts')).data,
      (list) => list.length > 0,
    );
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ status: 'active', sourceSystem: 'metering' });
  });
});

describe('bad input over REST', () => {
  const path = (): string => `/api/billing/meters/${mizan.north.meterIds[0]}/readings`;
  it.each<[string, unknown]>([
    ['not JSON', '{'],
    ['NaN', '{"registerKwh": NaN}'],
    ['an empty object', {}],
    ['a list', []],
    ['a negative register', { time: new Date().toISOString(), registerKwh: '-1' }],
    ['the future', { time: new Date(Date.now() + 86_400_000).toISOString(), registerKwh: '1' }],
    ['2 MB', `{"registerKwh":"${'1'.repeat(2 * 1024 * 1024)}"}`],
  ])('%s is refused with a 4xx problem', async (_, body) => {
    const answer = await mizan.north.api('POST', path(), body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json).toMatchObject({ success: false });
  });

  it('a meter of another tenant does not exist', async () => {
    const answer = await mizan.south.api('POST', path(), { time: new Date().toISOString(), registerKwh: '5' });
    expect(answer.status).toBe(404);
  });
});
