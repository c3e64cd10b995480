/** The ledger on the embedded DynamoDB for its tests: a tenant with the standard chart, and calls as the gateway makes them. */
import { afterAll, beforeAll } from 'vitest';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { callHandler, testPrincipal } from '../../../test/support/call-handler.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { handler as accounts } from '../accounts/handler.ts';
import { handler as settings } from '../books/handler.ts';
import { handler as failedPostings } from '../failed-postings/handler.ts';
import { handler as intermediateAccounts } from '../intermediate-accounts/handler.ts';
import { handler as journal } from '../journal-entries/handler.ts';
import { handler as periods } from '../periods/handler.ts';
import { handler as rules } from '../posting-rules/handler.ts';
import { handler as reconciliation } from '../reconciliation/handler.ts';
import { handler as reports } from '../reports/handler.ts';
import { handler as settlements } from '../settlements/handler.ts';

const handlers: Record<string, (event: any, context: any) => Promise<any>> = {
  '/api/core/accounts': accounts,
  '/api/core/ledger-settings': settings,
  '/api/core/failed-postings': failedPostings,
  '/api/core/journal-entries': journal,
  '/api/core/periods': periods,
  '/api/core/posting-rules': rules,
  '/api/core/reconciliation': reconciliation,
  '/api/finance/intermediate-accounts': intermediateAccounts,
  '/api/finance/reports': reports,
  '/api/finance/settlements': settlements,
};

export interface Answer {
  status: number;
  data: any;
  body: any;
  text: string;
  headers: Record<string, string>;
}

export interface CallOptions {
  permissions?: string[];
  headers?: Record<string, string>;
}

export interface Tenant {
  id: string;
  session: TenantSession;
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
}

export interface LedgerStack {
  tables: TestTables;
  /** A tenant of its own; with the standard chart and rules unless told otherwise. */
  tenant(options?: { hasChart?: boolean }): Promise<Tenant>;
  /** Events the tenant's rows wait to send to the bus. */
  outbox(tenantId: string, type?: string): any[];
}

export function useLedgerStack(): LedgerStack {
  const stack = {} as LedgerStack;
  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    stack.tables = await startTables(['ledger', 'identity', 'limits']);
  });
  afterAll(() => stack.tables.close());
  stack.outbox = (tenantId, type) => {
    const found: any[] = [];
    let ExclusiveStartKey: unknown;
    do {
      const page = stack.tables.dynamodb.call('Scan', {
        TableName: 'ledger',
        FilterExpression: 'begins_with(pk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: `T#${tenantId}#OUTBOX#` } },
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      });
      found.push(...page.Items);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found
      .map((item) => ({ type: item['type'].S, payload: JSON.parse(item['payload'].S), item }))
      .filter((event) => type === undefined || event.type === type);
  };
  stack.tenant = async ({ hasChart = true } = {}) => {
    const id = newId('tnt');
    await openSession(id).transact('identity', (unit) =>
      unit.create(tenantEntity, {
        id,
        name: 'Utility',
        timeZone: 'Asia/Aden',
        currency: 'YER',
        locale: 'ar',
        status: 'active',
      }),
    );
    const tenant: Tenant = {
      id,
      session: openSession(id),
      call: (method, path, body, options) => call(id, method, path, body, options),
    };
    if (hasChart) {
      await tenant.call('POST', '/api/core/accounts/load-standard-chart');
      await tenant.call('POST', '/api/core/posting-rules/load-standard');
    }
    return tenant;
  };
  return stack;
}

async function call(
  tenantId: string,
  method: string,
  path: string,
  body: unknown,
  { permissions = ['ledger:*'], headers = {} }: CallOptions = {},
): Promise<Answer> {
  const url = new URL(path, 'http://api');
  const base = Object.keys(handlers).find((one) => url.pathname === one || url.pathname.startsWith(`${one}/`))!;
  const answer = await callHandler(handlers[base]!, {
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body,
    headers,
    as: testPrincipal(tenantId, { permissions }),
  });
  return { ...answer, data: answer.body?.data };
}

export function makeEvent(tenantId: string, type: string, payload: object, changes: Partial<EventEnvelope> = {}) {
  return {
    id: newId('evt'),
    type,
    source: 'test',
    tenantId,
    aggregateType: 'test',
    aggregateId: 'agg-1',
    correlationId: 'cor-1',
    causationId: '',
    occurredAt: '2026-03-15T10:00:00.000Z',
    schemaVersion: 1,
    payload,
    metadata: {},
    ...changes,
  } satisfies EventEnvelope;
}

/** Two lines that move an amount from one account to another. */
export const lines = (debit: string, credit: string, amount: string, more: object = {}) => [
  { accountId: debit, side: 'debit', amount, ...more },
  { accountId: credit, side: 'credit', amount, ...more },
];
