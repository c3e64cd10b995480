import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { type Principal, principalToContext } from '../auth/principal.ts';
import { defineEntity } from '../data/entity.ts';
import { AppError } from '../errors/app-error.ts';
import { defineEvent } from '../events/define-event.ts';
import { defineResource } from '../http/route.ts';
import { serve } from '../http/serve.ts';
import { logger } from '../observability/logger.ts';
import { crudOperations } from './crud-operations.ts';
import { crudRoutes, storedSchema } from './crud-routes.ts';

const pumpSchema = z.object({ id: z.string(), name: z.string(), state: z._default(z.enum(['on', 'off']), 'off') });
type Pump = z.infer<typeof pumpSchema>;
const pumpEntity = defineEntity<Pump>()({
  name: 'pump',
  table: 'plant',
  key: ({ id }) => ({ pk: ['PUMP', id], sk: ['PUMP'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['PUMP'], sk: [id] }) },
  idOf: ({ id }) => id,
});
const event = (verb: string) =>
  defineEvent({
    type: `pump.${verb}`,
    source: 'plant',
    schemaVersion: 1,
    aggregateType: 'pump',
    summary: { en: 'x', ar: 'x' },
    payload: storedSchema(pumpSchema),
    example: { id: 'p', name: 'n', state: 'off', version: 1, createdAt: '', updatedAt: '' },
  });

const pumps = defineResource({
  name: 'pumps',
  base: '/api/pumps',
  title: 'Pumps',
  routes: crudRoutes({
    singular: 'Pump',
    plural: 'Pumps',
    permission: 'plant:pumps',
    schema: pumpSchema,
    create: z.omit(pumpSchema, { id: true }),
    id: z.string(),
    filters: { state: z.optional(z.enum(['on', 'off'])) },
  }),
});

let made = 0;
const handler = serve(
  pumps,
  crudOperations({
    singular: 'Pump',
    plural: 'Pumps',
    entity: pumpEntity,
    list: { index: 'gsi1', pk: ['PUMP'] },
    make: (body: Omit<Pump, 'id'>): Pump => ({ ...body, id: `p${++made}` }),
    onUpdate: (_, after) => {
      if (after.name === 'forbidden') throw new AppError('conflict', 'Not that name.');
    },
    onDelete: (_, { state }) => {
      if (state === 'on') throw new AppError('conflict', 'It is running.');
    },
    events: { created: event('created'), updated: event('updated'), deleted: event('deleted') },
  }),
  { table: 'plant' },
);

let tables: TestTables;
beforeAll(async () => {
  logger.setLogLevel('SILENT');
  tables = await startTables(['plant', 'limits']);
});
afterAll(() => tables.close());

async function call(method: string, path = '', body?: unknown, headers: Record<string, string> = {}, query?: object) {
  const principal: Principal = {
    tenantId: 't',
    subject: 'usr_1',
    kind: 'user',
    name: 'n',
    permissions: ['plant:*'],
    limits: { perMinute: 1e5, perDay: 1e5 },
    workspaces: [],
    allowedIps: [],
    allowedOrigins: [],
  };
  const answer: any = await handler(
    {
      rawPath: `/api/pumps${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      queryStringParameters: query,
      body: body === undefined ? undefined : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        http: { method, path, sourceIp: '192.0.2.1' },
        authorizer: { lambda: principalToContext(principal) },
      },
    } as never,
    { awsRequestId: 'r' } as never,
  );
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: answer.body ? JSON.parse(answer.body) : undefined,
  };
}
const rows = (type: string): any[] => tables.scan('plant').filter(({ _type }) => _type.S === type);
const eventsOf = (id: string): string[] =>
  rows('outbox')
    .filter(({ aggregateId }) => aggregateId.S === id)
    .sort((a, b) => (a.id.S < b.id.S ? -1 : 1))
    .map(({ type }) => type.S);
const create = async (body: object): Promise<string> => (await call('POST', '', body)).body.data.id;

describe('declared CRUD', () => {
  it('makes an item from what was sent, and its event and audit record with it', async () => {
    const { status, body } = await call('POST', '', { name: 'One', id: 'mine', version: 9 });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ name: 'One', state: 'off', version: 1 });
    expect(body.data.id).toMatch(/^p\d+$/);
    expect(eventsOf(body.data.id)).toEqual(['pump.created']);
    expect(rows('audit').filter(({ entityId }) => entityId.S === body.data.id)).toHaveLength(1);
  });

  it('tells the whole story of an item by its events', async () => {
    const id = await create({ name: 'Two' });
    await call('PUT', `/${id}`, { state: 'on' });
    await call('PUT', `/${id}`, { state: 'off' });
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(eventsOf(id)).toEqual(['pump.created', 'pump.updated', 'pump.updated', 'pump.deleted']);
    expect((await call('GET', `/${id}`)).status).toBe(404);
  });

  it('writes nothing when a rule refuses', async () => {
    const id = await create({ name: 'Three', state: 'on' });
    expect(await call('PUT', `/${id}`, { name: 'forbidden' })).toMatchObject({ status: 409 });
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 409 });
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ name: 'Three', version: 1 });
    expect(eventsOf(id)).toEqual(['pump.created']);
  });

  it('deletes only the version that was meant', async () => {
    const id = await create({ name: 'Four' });
    await call('PUT', `/${id}`, { name: 'Four and more' });
    expect(await call('DELETE', `/${id}`, undefined, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await call('DELETE', `/${id}`, undefined, { 'if-match': '"2"' })).toMatchObject({ status: 204 });
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 404 });
  });

  it.each(['x', '"x"', '"1', '-1', '1.5', '99999999999999999', '"1", "2"'])(
    'does not take a version that is none for one that fits: %s',
    async (match) => {
      const id = await create({ name: 'Five' });
      const { status } = await call('PUT', `/${id}`, { name: 'Six' }, { 'if-match': match });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );

  it('takes * for any version, as RFC 9110 has it', async () => {
    const id = await create({ name: 'Seven' });
    expect((await call('PUT', `/${id}`, { name: 'Eight' }, { 'if-match': '*' })).status).toBe(200);
  });
});
