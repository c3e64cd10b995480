import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { type EventEnvelope, toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { type Connection, connectionEntity, subscriptionEntity } from './connection-entity.ts';
import { closeConnection, findConnection, joinRoom, openConnection } from './presence.ts';

/** Connections of the management API, and what each was sent; what is not here is gone. */
const sent = new Map<string, string[]>();
const throttled = new Set<string>();
let tables: TestTables;
let management: Server;
let push: (event: any) => Promise<{ batchItemFailures: unknown[] }>;
let sweep: () => Promise<{ removed: number }>;

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  tables = await startTables(['scada']);
  management = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const id = decodeURIComponent(request.url!.split('/').pop()!);
    const inbox = sent.get(id);
    const fault =
      inbox === undefined ? [410, 'GoneException'] : throttled.has(id) ? [429, 'LimitExceededException'] : undefined;
    if (fault) {
      response.writeHead(fault[0] as number, { 'x-amzn-errortype': String(fault[1]) }).end('{}');
      return;
    }
    if (request.method === 'POST') inbox!.push(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200).end('{}');
  });
  await new Promise<void>((resolve) => management.listen(0, '127.0.0.1', resolve));
  const { port } = management.address() as AddressInfo;
  process.env['AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI'] = `http://127.0.0.1:${port}`;
  // The client takes its endpoint when it is loaded.
  push = (await import('./push-live.ts')).handler as never;
  sweep = (await import('./sweep-connections.ts')).handler;
});
afterAll(async () => {
  management.closeAllConnections();
  management.close();
  await tables.close();
});
beforeEach(async () => {
  await Promise.all([...sent.keys()].map(closeConnection));
  sent.clear();
  throttled.clear();
});

function connectionOf(connectionId: string, rooms: string[], tenantId = 'a', openMs = 60_000): Connection {
  const connectedAt = new Date(Date.now() - openMs).toISOString();
  return {
    connectionId,
    tenantId,
    userId: 'u',
    rooms,
    clientIp: '',
    userAgent: '',
    connectedAt,
    lastActivityAt: connectedAt,
    messagesReceived: 0,
    messagesSent: 0,
  };
}

async function listen(connectionId: string, rooms: string[], given: { tenantId?: string; openMs?: number } = {}) {
  await openConnection(connectionOf(connectionId, [], given.tenantId, given.openMs));
  for (const room of rooms) await joinRoom(connectionId, room);
  sent.set(connectionId, []);
}

/** Many listeners at once, as their rows are stored. */
async function listenAll(ids: string[], room: string): Promise<void> {
  await writeMany(
    ids.flatMap((connectionId) => {
      const connection = { ...connectionOf(connectionId, [room]), version: 1 };
      const subscription = { room, connectionId, connectedAt: connection.connectedAt, version: 1 };
      return [
        putStep(openGlobalSession(), connectionEntity, connection),
        putStep(openSession('a'), subscriptionEntity, subscription),
      ];
    }),
  );
  for (const id of ids) sent.set(id, []);
}

function envelope(type: string, payload: object, given: Partial<EventEnvelope> = {}): EventEnvelope {
  return {
    id: 'evt_1',
    type,
    source: 'metering',
    tenantId: 'a',
    aggregateType: 'meter',
    aggregateId: 'x',
    correlationId: 'c',
    causationId: '',
    occurredAt: '2026-06-15T12:00:00.000Z',
    schemaVersion: 1,
    payload,
    metadata: {},
    ...given,
  };
}
const publish = (...events: EventEnvelope[]) =>
  push({
    Records: events.map((event, i) => ({
      messageId: String(i),
      body: JSON.stringify({ detail: toBusDetail(event) }),
      attributes: { ApproximateReceiveCount: '1' },
    })),
  });
const alert = (stationId: string) => envelope('meter.alert', { stationId, message: 'over voltage' });
const heard = (id: string): any[] => sent.get(id)!.map((text) => JSON.parse(text));

describe('a push', () => {
  it('reaches listeners of all stations and of that station, once each, and nobody else', async () => {
    await listen('all', ['alarms']);
    await listen('one', ['alarms:ST-1']);
    await listen('both', ['alarms', 'alarms:ST-1']);
    await listen('other-station', ['alarms:ST-2']);
    await listen('other-channel', ['readings', 'status']);
    await listen('other-tenant', ['alarms', 'alarms:ST-1'], { tenantId: 'b' });
    expect(await publish(alert('ST-1'))).toEqual({ batchItemFailures: [] });
    expect([...sent].map(([id, texts]) => [id, texts.length])).toEqual([
      ['all', 1],
      ['one', 1],
      ['both', 1],
      ['other-station', 0],
      ['other-channel', 0],
      ['other-tenant', 0],
    ]);
    expect(heard('one')[0]).toMatchObject({ type: 'alarm', station_id: 'ST-1', timestamp: '2026-06-15T12:00:00.000Z' });
  });

  it('reaches a thousand listeners, though one is gone and one is throttled', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `many-${i}`);
    await listenAll(ids, 'alarms');
    sent.delete('many-500');
    throttled.add('many-501');
    expect(await publish(alert('ST-1'))).toEqual({ batchItemFailures: [] });
    expect(ids.filter((id) => sent.get(id)?.length === 1)).toHaveLength(998);
    expect(await findConnection('many-500')).toBeUndefined();
    expect(await findConnection('many-501')).toBeDefined();
    await publish(alert('ST-1'));
    expect(sent.get('many-0')).toHaveLength(2);
  });

  it('forgets subscriptions whose connection nobody knows any more', async () => {
    await listen('ghost', ['alarms', 'alarms:ST-1']);
    const { Items } = { Items: tables.scan('scada').filter(({ _type }) => _type.S === 'connection') };
    const ghost = Items.find(({ connectionId }) => connectionId.S === 'ghost')!;
    tables.dynamodb.call('DeleteItem', { TableName: 'scada', Key: { pk: ghost['pk'], sk: ghost['sk'] } });
    sent.delete('ghost');
    await publish(alert('ST-1'));
    expect(tables.scan('scada').filter(({ connectionId }) => connectionId?.S === 'ghost')).toEqual([]);
  });

  it('leaves a connection alone that has not finished connecting', async () => {
    await listen('young', ['alarms'], { openMs: 1000 });
    sent.delete('young');
    await publish(alert('ST-1'));
    expect(await findConnection('young')).toBeDefined();
    sent.set('young', []);
    await publish(alert('ST-1'));
    expect(heard('young')).toHaveLength(1);
  });

  it('splits many readings into messages that fit a frame, and loses none', async () => {
    await listen('reader', ['readings:ST-1']);
    const readings = Array.from({ length: 2000 }, (_, i) => ({ meterId: `M${i}`, stationId: 'ST-1', note: 'قراءة' }));
    await publish(envelope('meter.reading', { stationId: 'ST-1', readings }));
    const messages = heard('reader');
    expect(messages.length).toBeGreaterThan(1);
    for (const text of sent.get('reader')!) expect(Buffer.byteLength(text)).toBeLessThan(32 * 1024);
    expect(messages.flatMap(({ data }) => data.map(({ meterId }: any) => meterId))).toEqual(
      readings.map(({ meterId }) => meterId),
    );
    for (const message of messages) expect(message).toMatchObject({ type: 'readings', station_id: 'ST-1' });
  });

  it('carries every kind of event to its channel, and no other', async () => {
    await listen('all-channels', ['readings', 'alarms', 'status']);
    await publish(
      envelope('asset.reading_received', { stationId: 'ST-1' }),
      envelope('system.alert', { message: 'x' }),
      envelope('meter.status_changed', { stationId: 'ST-1' }),
      envelope('station.updated', { id: 'ST-1', name: 'One' }, { aggregateType: 'station', aggregateId: 'ST-1' }),
      envelope('invoice.paid', { stationId: 'ST-1' }),
    );
    expect(
      heard('all-channels')
        .map(({ type, station_id: station }) => `${type} ${station}`)
        .sort(),
    ).toEqual(['alarm undefined', 'infrastructure ST-1', 'status ST-1', 'status ST-1']);
  });
});

describe('the sweep', () => {
  it('forgets silent connections that are closed, and keeps silent ones that are open', async () => {
    await listen('silent-open', ['alarms'], { openMs: 20 * 60_000 });
    await listen('silent-gone', ['alarms'], { openMs: 20 * 60_000 });
    await listen('fresh-gone', ['alarms']);
    // Joining is a sign of life, so time goes on after it.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 13 * 60_000 });
    await listen('fresh-gone', ['alarms'], { openMs: 60_000 });
    sent.delete('silent-gone');
    sent.delete('fresh-gone');
    expect(await sweep()).toEqual({ removed: 1 });
    vi.useRealTimers();
    expect(await findConnection('silent-open')).toBeDefined();
    expect(await findConnection('silent-gone')).toBeUndefined();
    expect(await findConnection('fresh-gone')).toBeDefined();
    sent.set('fresh-gone', []);
  });
});

describe('what stations tell', () => {
  const event = (type: string, payload: object) => ({
    id: `evt_${type}`,
    type,
    source: 'scada',
    tenantId: 'a',
    aggregateType: 'x',
    aggregateId: 'y',
    correlationId: 'c',
    causationId: '',
    occurredAt: '2026-01-01T00:00:00.000Z',
    schemaVersion: 1,
    payload,
    metadata: {},
  });
  const pushEvent = (type: string, payload: object) =>
    push({
      Records: [
        {
          messageId: 'm',
          body: JSON.stringify({ detail: toBusDetail(event(type, payload)) }),
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    });
  const inbox = (id: string) => sent.get(id)!.map((text) => JSON.parse(text));

  it('goes to the channel of its kind: alarms, and states of gateways, devices, commands and the network', async () => {
    await listen('alarms', ['alarms:ST-1']);
    await listen('status', ['status']);
    await pushEvent('alert.raised', { id: 'alm_1', stationId: 'ST-1', kind: 'high' });
    await pushEvent('alert.raised', { id: 'alm_2', stationId: 'ST-2', kind: 'high' });
    for (const type of ['gateway.status_changed', 'device.status_changed', 'control.command_updated', 'network.outage'])
      await pushEvent(type, { stationId: 'ST-1' });
    expect(inbox('alarms')).toEqual([
      {
        type: 'alarm',
        event: 'alert.raised',
        station_id: 'ST-1',
        data: { id: 'alm_1', stationId: 'ST-1', kind: 'high' },
        timestamp: '2026-01-01T00:00:00.000Z',
      },
    ]);
    expect(inbox('status').map(({ type, event: name }) => `${type} ${name}`)).toEqual([
      'status gateway.status_changed',
      'status device.status_changed',
      'status control.command_updated',
      'status network.outage',
    ]);
  });

  it('carries values of points from their queue to who listens to the station or to all', async () => {
    const { handler } = await import('./push-values.ts');
    await listen('own', ['readings:ST-1']);
    await listen('all', ['readings']);
    await listen('other', ['readings:ST-2']);
    await listen('stranger', ['readings'], { tenantId: 'b' });
    const body = { tenantId: 'a', stationId: 'ST-1', time: 't', rows: [{ pointId: 'p', value: 1 }] };
    await handler({ Records: [{ messageId: 'm', body: JSON.stringify(body) }] } as never);
    const message = { type: 'values', station_id: 'ST-1', data: body.rows, timestamp: 't' };
    expect(inbox('own')).toEqual([message]);
    expect(inbox('all')).toEqual([message]);
    expect([...inbox('other'), ...inbox('stranger')]).toEqual([]);
  });
});
