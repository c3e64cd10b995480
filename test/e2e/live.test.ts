import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DynamoDbService } from '../../local/services/dynamodb/index.ts';
import { type LiveClient, listen } from '../support/live-client.ts';
import { connectMeter, type MeterClient } from '../support/meter-client.ts';
import { eventually, expectOk, type Mizan, startMizan } from '../support/mizan.ts';

let mizan: Mizan;
let meter: MeterClient;
const clients: LiveClient[] = [];

beforeAll(async () => {
  mizan = await startMizan();
  meter = await connectMeter(mizan.platform.endpoints.mqttUrl, mizan.north.apiKey);
});
afterAll(async () => {
  for (const client of clients) client.close();
  await meter?.close();
  await mizan?.stop();
});

async function connect(token: string, query?: Record<string, string>): Promise<LiveClient> {
  const client = await listen(mizan.platform.endpoints.webSocketUrl!, token, query);
  clients.push(client);
  return client;
}

async function subscribed(token: string, channel: string, stationId?: string): Promise<LiveClient> {
  const client = await connect(token);
  client.send({ action: 'subscribe', channel, stationId, id: '1' });
  await client.next(({ id }) => id === '1');
  return client;
}

describe('the live channels', () => {
  it('refuse a connection without a credential or with a wrong one', async () => {
    await expect(connect('')).rejects.toThrow(/40[13]/);
    await expect(connect('mzn_local_aaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')).rejects.toThrow(/40[13]/);
  });

  it('deliver readings to listeners of all stations and of that station, not to other tenants', async () => {
    const { north, south } = mizan;
    const [all, one, foreign] = await Promise.all([
      subscribed(north.token, 'readings'),
      subscribed(north.token, '/api/scada/ws/readings', north.stationId),
      subscribed(south.token, 'readings'),
    ]);
    await meter.publishReading(north.stationId, north.meterIds[0]!, 5);
    const isReading = (message: any): boolean => message.type === 'readings' && message.station_id === north.stationId;
    await Promise.all([all.next(isReading, 15_000), one.next(isReading, 15_000)]);
    expect(foreign.messages.filter(isReading)).toEqual([]);
  });

  it('refuse the station of another tenant as if it did not exist', async () => {
    const client = await connect(mizan.south.token);
    client.send({ action: 'subscribe', channel: 'readings', stationId: mizan.north.stationId, id: 'x' });
    expect(await client.next(({ id }) => id === 'x')).toMatchObject({ type: 'error', code: 'not_found' });
  });

  it('ask for the permission of each channel', async () => {
    const { north, platform } = mizan;
    const made = expectOk(
      await north.api('POST', '/api/v1/developer/api-keys', { name: 'narrow', scopes: ['scada:readings:read'] }),
    );
    const client = await listen(platform.endpoints.webSocketUrl!, made.data.key);
    clients.push(client);
    client.send({ action: 'subscribe', channel: 'readings', id: 'a' });
    client.send({ action: 'subscribe', channel: 'alarms', id: 'b' });
    expect(await client.next(({ id }) => id === 'a')).toMatchObject({ type: 'subscribed' });
    expect(await client.next(({ id }) => id === 'b')).toMatchObject({ type: 'error', code: 'forbidden' });
  });

  it('answer a heartbeat, and wrong messages with an error instead of a closed connection', async () => {
    const client = await connect(mizan.north.token);
    client.send('not json');
    expect(await client.next(({ type }) => type === 'error')).toMatchObject({ code: 'malformed_request' });
    client.send({ action: 'subscribe', channel: 'gossip', id: 'g' });
    expect(await client.next(({ code }) => code === 'validation_failed')).toBeDefined();
    client.send({ action: 'ping', id: 'p' });
    expect(await client.next(({ id }) => id === 'p')).toMatchObject({ type: 'pong' });
  });

  it('carry alerts of meters on the alarm channel and relay changes on the status channel', async () => {
    const { north } = mizan;
    const [alarms, status] = await Promise.all([subscribed(north.token, 'alarms'), subscribed(north.token, 'status')]);
    const meterId = north.meterIds[0]!;
    const timestamp = new Date().toISOString();
    await meter.publish(
      `acrel/${north.stationId}/meter/${meterId}/alert`,
      JSON.stringify({
        event_type: 'alert',
        timestamp,
        meter_id: meterId,
        alert_type: 'over_voltage',
        severity: 'warning',
        value: 245.5,
        threshold: 240,
        message: 'Voltage exceeded threshold',
      }),
    );
    await meter.publish(
      `acrel/${north.stationId}/meter/${meterId}/status`,
      JSON.stringify({
        event_type: 'status_change',
        timestamp,
        meter_id: meterId,
        previous_status: 'connected',
        new_status: 'disconnected',
        reason: 'remote_command',
      }),
    );
    expect((await alarms.next(({ type }) => type === 'alarm', 15_000)).data).toMatchObject({ meterId });
    expect((await status.next(({ type }) => type === 'status', 15_000)).data).toMatchObject({ meterId });
  });

  it('stop after unsubscribe', async () => {
    const { north } = mizan;
    const client = await subscribed(north.token, 'readings', north.stationId);
    client.send({ action: 'unsubscribe', channel: 'readings', stationId: north.stationId, id: 'u' });
    await client.next(({ id }) => id === 'u');
    const watcher = await subscribed(north.token, 'readings');
    const before = client.messages.length;
    await meter.publishReading(north.stationId, north.meterIds[1]!, 1);
    await watcher.next(
      ({ type, data }) => type === 'readings' && data.some(({ meterId }: any) => meterId === north.meterIds[1]),
      15_000,
    );
    expect(client.messages).toHaveLength(before);
  });

  it('subscribe at once when the address names the channel', async () => {
    const { north } = mizan;
    const client = await connect(north.token, { channel: 'readings', station_id: north.stationId });
    await meter.publishReading(north.stationId, north.meterIds[2]!, 1);
    await client.next(({ type }) => type === 'readings', 15_000);
  });

  it('forget connections that closed, also when nobody said goodbye', async () => {
    const { platform } = mizan;
    // The function that hears of the end dies, as if API Gateway had never called it.
    platform.faults.use([{ point: 'lambda.crash', probability: 1, resource: 'websocket-disconnect' }]);
    for (const client of clients.splice(0)) client.close();
    await eventually(
      async () => platform.faults.injected('lambda.crash'),
      (times) => times > 0,
    );
    expect((await presence()).length).toBeGreaterThan(0);

    platform.clock.advance(15 * 60_000);
    await platform.invoke('sweep-connections', {});
    platform.faults.clear();
    expect(await presence()).toEqual([]);
  });
});

/** Rows of the presence table. */
async function presence(): Promise<unknown[]> {
  const { platform } = mizan;
  const dynamodb = platform.context.service<DynamoDbService>('dynamodb');
  const { TableNames } = dynamodb.call('ListTables', {}) as { TableNames: string[] };
  const table = TableNames.find((name) => name.includes('scada'))!;
  const { Items } = dynamodb.call('Scan', { TableName: table }) as { Items: { _type: { S: string } }[] };
  return Items.filter(({ _type }) => ['connection', 'subscription'].includes(_type.S));
}
