/** The billing domain on the embedded DynamoDB for its tests: requests go in where API Gateway's would, and time is turned. */
import { afterAll, beforeAll, vi } from 'vitest';
import { type Principal, principalToContext } from '../../../layers/kernel/auth/principal.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { meterEntity } from '../../metering/meters/meter-entity.ts';

export const startTime = Date.UTC(2026, 5, 15, 9);

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: any;
}

type HttpHandler = (event: any, context: any) => Promise<unknown>;

export interface CallOptions {
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  as?: Partial<Principal>;
}

export interface BillingStack {
  readonly tables: TestTables;
  advance(ms: number): void;
  addTenant(id: string): Promise<void>;
  addMeter(tenantId: string, id: string): Promise<void>;
  call(tenantId: string, handler: HttpHandler, method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Outbox items of a type, the oldest first. */
  events(type: string): any[];
}

export function useBillingStack(): BillingStack {
  let tables: TestTables;
  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    vi.useFakeTimers({ toFake: ['Date'], now: startTime });
    tables = await startTables(['billing', 'identity', 'metering', 'readings', 'limits']);
  });
  afterAll(async () => {
    vi.useRealTimers();
    await tables.close();
  });
  return {
    get tables() {
      return tables;
    },
    advance: (ms) => void vi.setSystemTime(Date.now() + ms),
    async addTenant(id) {
      await openSession(id).transact('identity', (unit) => {
        unit.create(tenantEntity, {
          id,
          name: id,
          timeZone: 'Asia/Aden',
          currency: 'YER',
          locale: 'ar',
          status: 'active',
        });
      });
    },
    async addMeter(tenantId, id) {
      await openSession(tenantId).transact('metering', (unit) => {
        unit.create(meterEntity, { id, stationId: 'ST-1', model: 'ADL200' } as never);
      });
    },
    async call(tenantId, handler, method, path, { body, query, headers, as } = {}) {
      const principal: Principal = {
        tenantId,
        subject: 'usr_1',
        kind: 'user',
        name: 'tester',
        permissions: ['billing:*'],
        workspaces: [],
        limits: { perMinute: 1_000_000, perDay: 1_000_000 },
        allowedIps: [],
        allowedOrigins: [],
        ...as,
      };
      const answer = (await handler(
        {
          rawPath: path,
          headers: { 'content-type': 'application/json', ...headers },
          queryStringParameters: query,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          isBase64Encoded: false,
          requestContext: {
            http: { method, path, sourceIp: '192.0.2.1' },
            authorizer: { lambda: principalToContext(principal) },
          },
        },
        { awsRequestId: 'r' },
      )) as { statusCode: number; headers: Record<string, string>; body?: string };
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.body ? JSON.parse(answer.body) : undefined,
      };
    },
    events: (type) =>
      tables
        .scan('billing')
        .filter((item) => item['_type'].S === 'outbox' && item['type']?.S === type)
        .sort((a, b) => (a['sk'].S < b['sk'].S ? -1 : 1)),
  };
}
