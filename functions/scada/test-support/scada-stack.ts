/** The scada domain on the embedded DynamoDB for its tests: requests and gateway messages go in where Lambda's would. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { type EventEnvelope, readEnvelope, toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import {
  callHandler,
  type HandlerAnswer,
  type HttpHandler,
  testPrincipal,
} from '../../../test/support/call-handler.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { claimStationCode } from '../stations/claim-station-code.ts';
import { stationEntity } from '../stations/station-entity.ts';

export const startTime = Date.UTC(2026, 5, 15, 12);
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const iso = (timeMs: number): string => new Date(timeMs).toISOString();

export interface RequestOptions {
  tenantId?: string;
  subject?: string;
  kind?: 'user' | 'api_key';
  permissions?: string[];
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string | undefined>;
}
type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** A message published to MQTT. */
export interface Published {
  topic: string;
  payload: Buffer;
  retain: boolean;
}

export interface ScadaStack {
  readonly tables: TestTables;
  readonly published: Published[];
  /** Messages sent to queues, by queue. */
  readonly queued: { queue: string; body: any; delaySeconds: number }[];
  /** What the broker answers: 200, another status, or no answer at all. */
  broker: { status: number; hangUp?: boolean };
  session(tenantId?: string): TenantSession;
  request(handler: HttpHandler, method: string, path: string, options?: RequestOptions): Promise<HandlerAnswer>;
  /** Published events, oldest first. */
  events(type?: string): EventEnvelope<any>[];
  count(table: string, type?: string): number;
  /** Turns the clock on. */
  pass(ms: number): void;
}

/** Tenant `a` has the station `ST-1`, tenant `b` has `ST-9`. */
export function useScadaStack(): ScadaStack {
  let tables: TestTables;
  let server: Server;
  const published: Published[] = [];
  const queued: ScadaStack['queued'] = [];
  const state = { broker: { status: 200 } as ScadaStack['broker'] };
  const session = (tenantId = 'a') => openSession(tenantId);

  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    vi.useFakeTimers({ toFake: ['Date'], now: startTime });
    tables = await startTables(['identity', 'limits', 'metering', 'readings', 'scada', 'telemetry']);
    server = await startBroker(published, queued, state);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env['AWS_ENDPOINT_URL_IOT_DATA_PLANE'] = url;
    process.env['AWS_ENDPOINT_URL_SQS'] = url;
    for (const queue of ['live-values', 'command-timeouts']) process.env[queueVariable(queue)] = `${url}/${queue}`;
    for (const [id, stationId] of [
      ['a', 'ST-1'],
      ['b', 'ST-9'],
    ] as const) {
      await session(id).transact('identity', (unit) =>
        unit.create(tenantEntity, {
          id,
          name: id,
          timeZone: id === 'a' ? 'Asia/Aden' : 'Europe/Berlin',
          currency: 'YER',
          locale: 'en',
          status: 'active',
        }),
      );
      await session(id).transact('scada', (unit) => {
        unit.create(stationEntity, { id: stationId, name: stationId, status: 'active' });
        claimStationCode(unit, stationId, id);
      });
    }
  });
  afterAll(async () => {
    vi.useRealTimers();
    server.closeAllConnections();
    server.close();
    await tables.close();
  });
  beforeEach(() => {
    state.broker = { status: 200 };
  });

  return {
    get tables() {
      return tables;
    },
    published,
    queued,
    get broker() {
      return state.broker;
    },
    set broker(answer) {
      state.broker = answer;
    },
    session,
    request,
    events: (type) =>
      tables
        .scan('scada')
        .filter((item) => item['_type']?.S === 'outbox' && (type === undefined || item['type'].S === type))
        .map((item) =>
          readEnvelope(
            Object.fromEntries(Object.entries(item).map(([name, value]) => [name, Object.values(value)[0]])),
          ),
        )
        .sort((one, other) => (one.id < other.id ? -1 : 1)),
    count: (table, type) => tables.scan(table).filter((item) => type === undefined || item['_type']?.S === type).length,
    pass: (ms) => void vi.setSystemTime(Date.now() + ms),
  };
}

const queueVariable = (queue: string): string => `QUEUE_${queue.replaceAll('-', '_').toUpperCase()}_URL`;

/** AWS IoT's data plane and SQS, as far as functions call them. */
async function startBroker(
  published: Published[],
  queued: ScadaStack['queued'],
  state: { broker: ScadaStack['broker'] },
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const payload = Buffer.concat(chunks);
    const url = new URL(request.url!, 'http://broker');
    if (!url.pathname.startsWith('/topics/')) {
      const { QueueUrl, Entries } = JSON.parse(payload.toString('utf8'));
      for (const { MessageBody, DelaySeconds = 0 } of Entries)
        queued.push({ queue: QueueUrl.split('/').pop(), body: JSON.parse(MessageBody), delaySeconds: DelaySeconds });
      const Successful = Entries.map(({ Id, MessageBody }: any) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      }));
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ Successful, Failed: [] }));
      return;
    }
    if (state.broker.hangUp) {
      response.destroy();
      return;
    }
    if (state.broker.status === 200)
      published.push({
        topic: decodeURIComponent(url.pathname.slice('/topics/'.length)),
        payload,
        retain: url.searchParams.get('retain') === 'true',
      });
    response.writeHead(state.broker.status).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const request: ScadaStack['request'] = (
  handler,
  method,
  path,
  { tenantId = 'a', subject = 'usr_tester', kind = 'user', permissions = ['scada:*', 'metering:*'], ...request } = {},
) =>
  callHandler(handler, {
    method,
    path,
    ...request,
    as: testPrincipal(tenantId, { subject, kind, name: subject, permissions }),
  });

export interface Sent {
  topic: string;
  payload: Uint8Array | string;
  receivedMs?: number;
}

/** Delivers gateway messages in one batch, as the topic rule and the queue would. @returns ids of those that failed */
export async function deliver(handler: QueueHandler, messages: readonly Sent[]): Promise<string[]> {
  const Records = messages.map(({ topic, payload, receivedMs = Date.now() }) => {
    const body = JSON.stringify({
      data: Buffer.from(payload).toString('base64'),
      topic,
      clientId: 'gateway-1',
      receivedAt: receivedMs,
    });
    return { messageId: createHash('sha1').update(body).digest('hex'), body };
  });
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** Delivers bus events to a subscriber. */
export async function consume(handler: QueueHandler, events: readonly EventEnvelope[]): Promise<string[]> {
  const Records = events.map((event, i) => ({
    messageId: `m${i}`,
    body: JSON.stringify({ detail: toBusDetail(event) }),
    attributes: { ApproximateReceiveCount: '1' },
  }));
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
