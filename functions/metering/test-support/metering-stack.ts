/** The metering domain on the embedded DynamoDB for its tests: requests and device messages go in where Lambda's would. */
import { createHash } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, vi } from 'vitest';
import { openGlobalSession, openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { type EventEnvelope, readEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import {
  callHandler,
  type HandlerAnswer,
  type HttpHandler,
  testPrincipal,
} from '../../../test/support/call-handler.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { stationClaimEntity, stationEntity } from '../../scada/stations/station-entity.ts';
import { createMeterSchema } from '../meters/meter-schema.ts';
import { registerMeter } from '../meters/register-meter.ts';

export const startTime = Date.UTC(2026, 5, 15, 12);
export const hourMs = 3_600_000;
export const iso = (timeMs: number): string => new Date(timeMs).toISOString();

interface RequestOptions {
  tenantId?: string;
  kind?: 'user' | 'api_key';
  /** @default somebody new each time */
  subject?: string;
  permissions?: string[];
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string>;
}

type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface MeteringStack {
  readonly tables: TestTables;
  session(tenantId?: string): TenantSession;
  /** Registers a station; `tenant-a` owns `ST-1` from the start, `tenant-b` owns `ST-9`. */
  addStation(id: string, tenantId?: string): Promise<void>;
  addMeter(meter: { id: string } & Record<string, unknown>, tenantId?: string): Promise<void>;
  request(handler: HttpHandler, method: string, path: string, options?: RequestOptions): Promise<HandlerAnswer>;
  /** Published events, oldest first. */
  events(type?: string): EventEnvelope<any>[];
  /** How many items of a table have the type, or how many there are. */
  count(table: string, type?: string): number;
}

export function useMeteringStack(): MeteringStack {
  let tables: TestTables;
  const session = (tenantId = 'tenant-a') => openSession(tenantId);
  const addStation = async (id: string, tenantId = 'tenant-a') => {
    await session(tenantId).transact('scada', (unit) => unit.create(stationEntity, { id, name: id, status: 'active' }));
    await openGlobalSession().transact('scada', (unit) => unit.create(stationClaimEntity, { id, tenantId }));
  };

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: startTime });
    tables = await startTables(['identity', 'limits', 'platform', 'metering', 'readings', 'scada', 'telemetry']);
    for (const id of ['tenant-a', 'tenant-b'])
      await session(id).transact('identity', (unit) =>
        unit.create(tenantEntity, {
          id,
          name: id,
          timeZone: id === 'tenant-a' ? 'Asia/Aden' : 'Europe/Berlin',
          currency: 'YER',
          locale: 'en',
          status: 'active',
        }),
      );
    await addStation('ST-1');
    await addStation('ST-9', 'tenant-b');
  });
  afterAll(async () => {
    vi.useRealTimers();
    await tables.close();
  });

  return {
    get tables() {
      return tables;
    },
    session,
    addStation,
    async addMeter(meter, tenantId) {
      await registerMeter(session(tenantId), createMeterSchema.parse({ model: 'ADL200', stationId: 'ST-1', ...meter }));
    },
    request,
    events(type) {
      return tables
        .scan('metering')
        .filter((item) => item['_type']?.S === 'outbox' && (type === undefined || item['type'].S === type))
        .map((item) =>
          readEnvelope(
            Object.fromEntries(Object.entries(item).map(([name, value]) => [name, Object.values(value)[0]])),
          ),
        )
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    count: (table, type) => tables.scan(table).filter((item) => type === undefined || item['_type']?.S === type).length,
  };
}

const request: MeteringStack['request'] = (
  handler,
  method,
  path,
  { tenantId = 'tenant-a', kind = 'api_key', permissions = ['metering:*'], subject, ...request } = {},
) =>
  callHandler(handler, {
    method,
    path,
    ...request,
    as: testPrincipal(tenantId, { subject: subject ?? newId('usr'), kind, permissions }),
  });

export interface Sent {
  topic: string;
  /** Text is sent as it is, everything else as JSON. */
  payload: unknown;
  receivedMs?: number;
  /** @default follows from topic and payload */
  messageId?: string;
}

/** Delivers messages in one batch, as the topic rule and the queue would. @returns ids of those that failed */
export async function deliver(handler: QueueHandler, messages: readonly Sent[]): Promise<string[]> {
  const Records = messages.map(({ topic, payload, receivedMs = Date.now(), messageId }) => {
    const bytes = Buffer.isBuffer(payload)
      ? payload
      : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const body = JSON.stringify({
      data: bytes.toString('base64'),
      topic,
      clientId: 'device-1',
      receivedAt: receivedMs,
    });
    return { messageId: messageId ?? createHash('sha1').update(body).digest('hex'), body };
  });
  const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** The documented message of a meter. */
export function readingMessage(
  meterId: string,
  timeMs: number,
  kwh: number | string,
  data: object = {},
  stationId = 'ST-1',
): Sent {
  return {
    topic: `acrel/${stationId}/meter/${meterId}/data`,
    payload: {
      event_type: 'meter_reading',
      timestamp: iso(timeMs),
      meter_id: meterId,
      meter_type: 'ADL200',
      data: { reading: kwh, voltage: 220.5, current: 15.2, power_factor: 0.95, ...data },
    },
  };
}
