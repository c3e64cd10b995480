/** The identity domain on the embedded DynamoDB and KMS for its tests: requests go in where API Gateway's would, and time is turned. */
import { afterAll, beforeAll, vi } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { createKmsService } from '../../../local/services/kms/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import {
  callHandler,
  type HandlerAnswer,
  type HttpHandler,
  testPrincipal,
} from '../../../test/support/call-handler.ts';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { claimStationCode } from '../../scada/stations/claim-station-code.ts';
import { stationEntity } from '../../scada/stations/station-entity.ts';
import { provisionTenant } from '../provisioning/provision-tenant.ts';

export const startTime = Date.UTC(2026, 5, 15, 12);
export const password = 'correct horse battery staple';

interface CallOptions {
  as?: Principal;
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  ip?: string;
}

export interface IdentityStack {
  readonly tables: TestTables;
  advance(ms: number): void;
  addTenant(name: string, roles?: string[]): Promise<{ tenantId: string; userId: string; email: string }>;
  addStation(tenantId: string, id: string): Promise<void>;
  call(handler: HttpHandler, method: string, path: string, options?: CallOptions): Promise<HandlerAnswer>;
}

/** Somebody with every permission of a tenant, unless told otherwise. */
export const principal = (tenantId: string, given: Partial<Principal> = {}): Principal =>
  testPrincipal(tenantId, {
    permissions: ['identity:*', 'platform:*', 'metering:*', 'billing:*', 'scada:*'],
    ...given,
  });

export function useIdentityStack(): IdentityStack {
  let tables: TestTables;
  let nextAddress = 1;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    logger.setLogLevel('SILENT');
    vi.useFakeTimers({ toFake: ['Date'], now: startTime });
    tables = await startTables(['identity', 'limits', 'scada']);
    const kms = createKmsService(createFakeContext());
    const endpoint = await serveForTest(kms);
    for (const name of ['signing', 'signing-next']) {
      const { ref } = await createResource(kms, 'AWS::KMS::Key', name, {
        KeySpec: 'ECC_NIST_P256',
        KeyUsage: 'SIGN_VERIFY',
      });
      process.env[environmentName.keyId(name)] = ref;
    }
    process.env[environmentName.keyId('secrets')] = (await createResource(kms, 'AWS::KMS::Key', 'secrets', {})).ref;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_KMS: endpoint.url,
      [environmentName.stage()]: 'local',
    });
    closing.push(endpoint.close, () => tables.close());
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
    async addTenant(name, roles = ['OWNER']) {
      const email = `owner@${name}.example`;
      const tenant = {
        id: name,
        name,
        timeZone: 'Asia/Aden',
        currency: 'YER',
        locale: 'ar',
        status: 'active',
      } as const;
      return { ...(await provisionTenant({ tenant, owner: { name, email, password, roles } })), email };
    },
    async addStation(tenantId, id) {
      await openSession(tenantId).transact('scada', (unit) => {
        unit.create(stationEntity, { id, name: id, status: 'active' });
        claimStationCode(unit, id, tenantId);
      });
    },
    // Public routes count per address: callers that do not say theirs are not counted together.
    call: (handler, method, path, { ip = `198.51.100.${nextAddress++ % 250}`, ...request } = {}) =>
      callHandler(handler, { method, path, ip, ...request }),
  };
}
