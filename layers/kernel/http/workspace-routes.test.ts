import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { type Principal, principalToContext } from '../auth/principal.ts';
import { defineEntity } from '../data/entity.ts';
import { notFound } from '../errors/app-error.ts';
import type { WorkspaceGate } from './admit.ts';
import { defineResource } from './route.ts';
import { serve } from './serve.ts';

const deals = defineResource({
  name: 'deals',
  base: '/api/workspaces/{wsId}/deals',
  title: 'Deals',
  routes: {
    getDeal: {
      method: 'GET',
      path: '/{id}',
      access: 'crm:deals:read',
      summary: 'Get.',
      params: z.object({ wsId: z.string(), id: z.string() }),
      response: z.object({ id: z.string() }),
    },
    createDeal: {
      method: 'POST',
      path: '',
      access: 'crm:deals:write',
      summary: 'Create.',
      params: z.object({ wsId: z.string() }),
      body: z.object({ id: z.string() }),
      response: z.object({ id: z.string() }),
    },
  },
});
const dealEntity = defineEntity<{ id: string }>()({
  name: 'deal',
  table: 'sales',
  perWorkspace: true,
  key: ({ id }) => ({ pk: ['DEAL', id], sk: ['DEAL'] }),
  idOf: ({ id }) => id,
});
const operations = {
  getDeal: async ({ session, params }: any) => ({ data: await session.require(dealEntity, { id: params.id }) }),
  createDeal: async ({ session, body }: any) => ({
    data: await session.transact('sales', (unit: any) => unit.create(dealEntity, body)),
  }),
};

const asked: string[] = [];
const gate: WorkspaceGate = async (session, principal, workspaceId, isWrite) => {
  asked.push(`${session.tenantId} ${principal.subject} ${workspaceId} ${isWrite}`);
  if (workspaceId === 'foreign') throw notFound('workspace', workspaceId);
};
const handler = serve(deals, operations, { table: 'sales', workspaces: gate });

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['sales', 'limits']);
});
afterAll(() => tables.close());
beforeEach(() => asked.splice(0));

const caller: Principal = {
  tenantId: 't1',
  subject: 'usr_1',
  kind: 'user',
  name: 'tester',
  permissions: ['crm:*'],
  workspaces: [],
  limits: { perMinute: 1000, perDay: 1000 },
  allowedIps: [],
  allowedOrigins: [],
};
async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}, as = caller) {
  const answer: any = await handler(
    {
      rawPath: path,
      headers: { 'content-type': 'application/json', ...headers },
      body: body && JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: { http: { method, path, sourceIp: '192.0.2.1' }, authorizer: { lambda: principalToContext(as) } },
    } as any,
    { awsRequestId: 'r' } as any,
  );
  return { status: answer.statusCode as number, body: JSON.parse(answer.body) };
}

describe('routes of a workspace', () => {
  it('ask before every call whether the caller may enter, and whether to write', async () => {
    expect((await call('POST', '/api/workspaces/w1/deals', { id: 'd1' })).status).toBe(201);
    expect((await call('GET', '/api/workspaces/w1/deals/d1')).body.data.id).toBe('d1');
    expect(asked).toEqual(['t1 usr_1 w1 true', 't1 usr_1 w1 false']);
  });

  it('show one workspace nothing of another', async () => {
    expect(await call('GET', '/api/workspaces/w2/deals/d1')).toMatchObject({ status: 404 });
  });

  it('are closed to who may not enter, before the body is looked at and before an answer is repeated', async () => {
    expect(await call('POST', '/api/workspaces/foreign/deals', {})).toMatchObject({ status: 404 });
    const key = { 'idempotency-key': 'k-1' };
    await call('POST', '/api/workspaces/w3/deals', { id: 'd3' }, key);
    asked.splice(0);
    expect((await call('POST', '/api/workspaces/w3/deals', { id: 'd3' }, key)).status).toBe(201);
    expect(asked).toHaveLength(1);
  });

  it('are not reached without the permission', async () => {
    const powerless = { ...caller, permissions: ['crm:deals:read'] };
    expect((await call('POST', '/api/workspaces/w1/deals', { id: 'd4' }, {}, powerless)).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it('cannot be served without a gate, nor in public', () => {
    expect(() => serve(deals, operations, { table: 'sales' })).toThrow(/who may enter/);
    const open = { ...deals, routes: { getDeal: { ...deals.routes.getDeal, access: 'public' as const } } };
    expect(() => serve(open as any, operations as any, { workspaces: gate })).toThrow(/public/);
  });
});
