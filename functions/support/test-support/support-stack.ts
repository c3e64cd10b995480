/** The support domain on the embedded DynamoDB and S3 for its tests: requests go in where API Gateway's would, and time is turned. */
import { afterAll, beforeAll, vi } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { createS3Service } from '../../../local/services/s3/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import {
  callHandler,
  type HandlerAnswer,
  type HttpHandler,
  testPrincipal,
} from '../../../test/support/call-handler.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { customerEntity } from '../../billing/customers/customer-entity.ts';
import { createCustomerSchema } from '../../billing/customers/customer-schema.ts';
import { tenantEntity } from '../../identity/tenants/tenant-entity.ts';
import { userEntity } from '../../identity/users/user-entity.ts';
import { attachmentBucket } from '../attachments/attachment-entity.ts';

const startTime = Date.UTC(2026, 5, 15, 9);

export interface SupportStack {
  readonly tables: TestTables;
  advance(ms: number): void;
  addTenant(id: string): Promise<void>;
  addUser(tenantId: string, id: string): Promise<void>;
  addCustomer(tenantId: string, id: string): Promise<void>;
  call(
    tenantId: string,
    handler: HttpHandler,
    method: string,
    path: string,
    options?: {
      body?: unknown;
      query?: Record<string, string>;
      headers?: Record<string, string>;
      as?: Partial<Principal>;
    },
  ): Promise<HandlerAnswer>;
  /** Outbox items of a type, the oldest first. */
  events(type: string): any[];
}

/** Creates the bucket of tickets' files on S3 in memory. @returns how to stop it */
async function startTicketFiles(): Promise<() => Promise<void>> {
  const context = createFakeContext({ startTime });
  const s3 = context.add(createS3Service(context));
  const endpoint = await serveForTest(s3);
  await createResource(s3, 'AWS::S3::Bucket', 'TicketFiles', { BucketName: attachmentBucket });
  process.env[environmentName.bucket(attachmentBucket)] = attachmentBucket;
  process.env['AWS_ENDPOINT_URL_S3'] = endpoint.url;
  return endpoint.close;
}

export function useSupportStack(): SupportStack {
  let tables: TestTables;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    vi.useFakeTimers({ toFake: ['Date'], now: startTime });
    tables = await startTables(['support', 'billing', 'identity', 'limits']);
    closing.push(() => tables.close(), await startTicketFiles());
  });
  afterAll(async () => {
    vi.useRealTimers();
    for (const close of closing) await close();
  });
  return {
    get tables() {
      return tables;
    },
    advance: (ms) => void vi.setSystemTime(Date.now() + ms),
    addTenant: (id) =>
      openSession(id).transact('identity', (unit) => {
        const profile = { timeZone: 'Asia/Aden', currency: 'YER', locale: 'ar', status: 'active' } as const;
        unit.create(tenantEntity, { id, name: id, ...profile });
      }),
    addUser: (tenantId, id) =>
      openSession(tenantId).transact('identity', (unit) => {
        const user = { roles: ['SUPPORT_AGENT'], workspaces: [], status: 'active', locale: 'ar' } as const;
        unit.create(userEntity, { id, name: id, ...user, roles: [...user.roles], workspaces: [] });
      }),
    addCustomer: (tenantId, id) =>
      openSession(tenantId).transact('billing', (unit) => {
        const given = createCustomerSchema.parse({ name: id });
        unit.create(customerEntity, { ...given, id, accountNumber: id.slice(-10), status: 'active' });
      }),
    call: (tenantId, handler, method, path, { as, ...request } = {}) =>
      callHandler(handler, {
        method,
        path,
        ...request,
        as: testPrincipal(tenantId, { permissions: ['support:*'], ...as }),
      }),
    events: (type) =>
      tables
        .scan('support')
        .filter((item) => item['_type'].S === 'outbox' && item['type']?.S === type)
        .sort((a, b) => (a['sk'].S < b['sk'].S ? -1 : 1)),
  };
}
