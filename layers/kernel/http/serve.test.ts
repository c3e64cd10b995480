import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { type Principal, principalToContext } from '../auth/principal.ts';
import { defineEntity } from '../data/entity.ts';
import { AppError } from '../errors/app-error.ts';
import { defineResource } from './route.ts';
import { serve } from './serve.ts';

const noteEntity = defineEntity<{ id: string; text: string }>()({
  name: 'note',
  table: 'notes',
  key: ({ id }) => ({ pk: ['NOTE', id], sk: ['NOTE'] }),
  idOf: ({ id }) => id,
});

const notes = defineResource({
  name: 'notes',
  base: '/api/notes',
  title: 'Notes',
  routes: {
    listNotes: {
      method: 'GET',
      path: '',
      access: 'notes:notes:read',
      summary: 'List.',
      query: z.object({ kind: z.optional(z.enum(['a', 'b'])) }),
      response: z.array(z.string()),
      paginated: true,
    },
    getSpecial: { method: 'GET', path: '/special', access: 'public', summary: 'Special.', response: z.string() },
    getNote: {
      method: 'GET',
      path: '/{id}',
      access: 'notes:notes:read',
      summary: 'Get.',
      params: z.object({ id: z.string() }),
      response: z.object({ id: z.string(), version: z.int() }),
    },
    createNote: {
      method: 'POST',
      path: '',
      access: 'notes:notes:write',
      summary: 'Create.',
      body: z.object({ id: z.string().check(z.minLength(1)), text: z.string() }),
      response: z.object({ id: z.string(), text: z.string(), version: z.int() }),
    },
    breakNote: { method: 'POST', path: '/break', access: 'authenticated', summary: 'Break.', status: 200 },
  },
});

let created = 0;
const handler = serve(
  notes,
  {
    listNotes: async ({ query, page }) => ({
      data: [String(query.kind), String(page.limit)],
      pagination: { limit: page.limit, nextCursor: null },
    }),
    getSpecial: async () => ({ data: 'special' }),
    getNote: async ({ params }) => ({ data: { id: params.id, version: 7 } }),
    createNote: async ({ body, session }) => {
      created += 1;
      return { data: await session.transact('notes', (unit) => unit.create(noteEntity, body)) };
    },
    breakNote: async () => {
      throw new Error('the password is hunter2');
    },
  },
  { table: 'notes' },
);

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['notes', 'limits']);
});
afterAll(() => tables.close());

let principal: Principal;
beforeEach(() => {
  created = 0;
  principal = {
    tenantId: 't',
    subject: `usr_${Math.random()}`,
    kind: 'user',
    name: 'n',
    permissions: ['notes:*'],
    limits: { perMinute: 50, perDay: 1000 },
    workspaces: [],
    allowedIps: [],
    allowedOrigins: [],
  };
});

async function call(
  method: string,
  path: string,
  options: {
    body?: unknown;
    text?: string;
    headers?: Record<string, string>;
    query?: Record<string, string>;
    as?: Principal | null;
    ip?: string;
  } = {},
) {
  const as = options.as === undefined ? principal : options.as;
  const answer = (await handler(
    {
      rawPath: path,
      headers: { 'content-type': 'application/json', ...options.headers },
      queryStringParameters: options.query,
      body: options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      isBase64Encoded: false,
      requestContext: {
        http: { method, path, sourceIp: options.ip ?? '192.0.2.1' },
        ...(as ? { authorizer: { lambda: principalToContext(as) } } : {}),
      },
    } as never,
    { awsRequestId: 'r' } as never,
  )) as { statusCode: number; headers: Record<string, string>; body?: string };
  return {
    status: answer.statusCode,
    headers: answer.headers,
    json: answer.body ? JSON.parse(answer.body) : undefined,
  };
}

describe('routing', () => {
  it('prefers a static segment over a parameter', async () => {
    expect((await call('GET', '/api/notes/special')).json).toEqual({ success: true, data: 'special' });
    expect((await call('GET', '/api/notes/other')).json.data.id).toBe('other');
  });

  it('answers 404 for an unknown path and 405 with Allow for a known path', async () => {
    expect(await call('GET', '/api/notes/a/b')).toMatchObject({
      status: 404,
      json: { success: false, code: 'no_such_address' },
    });
    expect(await call('DELETE', '/api/notes')).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } });
  });

  it('decodes parameters and gives the version as ETag', async () => {
    expect(await call('GET', '/api/notes/a%2Fb%20c')).toMatchObject({
      json: { data: { id: 'a/b c' } },
      headers: { etag: '"7"' },
    });
  });
});

describe('who may pass', () => {
  it('refuses a request without a principal, except on public routes', async () => {
    expect(await call('GET', '/api/notes', { as: null })).toMatchObject({
      status: 401,
      json: { code: 'unauthenticated' },
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect((await call('GET', '/api/notes/special', { as: null })).status).toBe(200);
  });

  it('refuses without the permission and names it in the language of the caller', async () => {
    const answer = await call('GET', '/api/notes', {
      as: { ...principal, permissions: ['notes:notes:write'] },
      headers: { 'accept-language': 'ar-YE, en;q=0.5' },
    });
    expect(answer).toMatchObject({ status: 403, json: { code: 'forbidden' }, headers: { 'content-language': 'ar' } });
    expect(answer.json.message).toContain('notes:notes:read');
    expect(answer.json.message).toMatch(/[\u0600-\u06ff]/);
  });

  it('holds a credential to its addresses and origins', async () => {
    const bound = {
      ...principal,
      allowedIps: ['198.51.100.0/24', '2001:db8::/32'],
      allowedOrigins: ['https://a.example'],
    };
    expect((await call('GET', '/api/notes', { as: bound })).status).toBe(403);
    expect((await call('GET', '/api/notes', { as: bound, ip: '198.51.100.7' })).status).toBe(200);
    expect((await call('GET', '/api/notes', { as: bound, ip: '2001:db8::1' })).status).toBe(200);
    expect(
      (await call('GET', '/api/notes', { as: bound, ip: '198.51.100.7', headers: { origin: 'https://b.example' } }))
        .status,
    ).toBe(403);
  });

  it('counts requests down and refuses beyond the limit with Retry-After', async () => {
    const limited = { ...principal, limits: { perMinute: 3, perDay: 100 } };
    const remaining: string[] = [];
    for (let i = 0; i < 3; i++)
      remaining.push((await call('GET', '/api/notes', { as: limited })).headers['ratelimit-remaining']!);
    expect(remaining).toEqual(['2', '1', '0']);
    const refused = await call('GET', '/api/notes', { as: limited });
    expect(refused).toMatchObject({
      status: 429,
      json: { code: 'rate_limited' },
      headers: { 'ratelimit-limit': '3', 'ratelimit-remaining': '0' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await call('GET', '/api/notes', { as: limited })).status).toBe(429);
  });

  it('holds to the day limit as well', async () => {
    const limited = { ...principal, limits: { perMinute: 100, perDay: 2 } };
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await call('GET', '/api/notes', { as: limited })).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
  });
});

describe('input', () => {
  it('names every wrong field with its place', async () => {
    const answer = await call('POST', '/api/notes', { body: { id: '', text: 5 } });
    expect(answer).toMatchObject({ status: 400, json: { code: 'validation_failed' } });
    expect(answer.json.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ in: 'body', path: '/id' }),
        expect.objectContaining({ in: 'body', path: '/text' }),
      ]),
    );
  });

  it.each([
    ['not JSON', { text: '{' }, 400, 'malformed_request'],
    ['NaN', { text: '{"id": NaN}' }, 400, 'malformed_request'],
    ['another content type', { text: '<a/>', headers: { 'content-type': 'text/xml' } }, 415, 'unsupported_media_type'],
    ['two megabytes', { text: `"${'x'.repeat(2_000_000)}"` }, 413, 'payload_too_large'],
    ['as many bytes in few letters', { text: `"${'م'.repeat(800_000)}"` }, 413, 'payload_too_large'],
    ['nothing', {}, 400, 'validation_failed'],
  ])('refuses %s', async (_, options, status, code) => {
    expect(await call('POST', '/api/notes', options)).toMatchObject({ status, json: { code } });
  });

  it('says what is wrong with a field in the language of the caller', async () => {
    const inEnglish = await call('POST', '/api/notes', { body: { id: 'a', text: 5 } });
    const inArabic = await call('POST', '/api/notes', {
      body: { id: 'a', text: 5 },
      headers: { 'accept-language': 'ar' },
    });
    expect(inEnglish.json.errors[0].message).toBe('This must be text.');
    expect(inArabic.json.errors[0].message).toBe('المطلوب هنا: نص.');
  });

  it('checks the query and applies paging defaults', async () => {
    expect((await call('GET', '/api/notes', { query: { kind: 'a' } })).json).toEqual({
      success: true,
      data: ['a', '50'],
      pagination: { limit: 50, nextCursor: null },
    });
    expect((await call('GET', '/api/notes', { query: { kind: 'c' } })).status).toBe(400);
    expect((await call('GET', '/api/notes', { query: { limit: '1000' } })).status).toBe(400);
  });
});

describe('an Idempotency-Key', () => {
  const body = { id: 'idem', text: 'x' };
  const headers = { 'idempotency-key': 'k1' };

  it('gives the first answer again without doing it again', async () => {
    const first = await call('POST', '/api/notes', { body, headers });
    const second = await call('POST', '/api/notes', { body, headers });
    expect(first.status).toBe(201);
    expect(second).toMatchObject({ status: 201, json: first.json, headers: { 'idempotency-replayed': 'true' } });
    expect(created).toBe(1);
  });

  it('is refused with another body', async () => {
    await call('POST', '/api/notes', { body: { id: 'i2', text: 'x' }, headers });
    expect(await call('POST', '/api/notes', { body: { id: 'i3', text: 'x' }, headers })).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
  });

  it('lets one of many simultaneous requests through', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call('POST', '/api/notes', { body: { id: 'i4', text: 'x' }, headers })),
    );
    expect(created).toBe(1);
    expect(answers.every(({ status, json }) => status === 201 || json.code === 'idempotency_in_progress')).toBe(true);
  });

  it('can be used again after a failure that had no effect', async () => {
    expect(
      (await call('POST', '/api/notes', { body: { id: 'idem', text: 'x' }, headers: { 'idempotency-key': 'k2' } }))
        .status,
    ).toBe(409);
    expect(
      (await call('POST', '/api/notes', { body: { id: 'idem', text: 'x' }, headers: { 'idempotency-key': 'k2' } })).json
        .code,
    ).toBe('already_exists');
  });
});

describe('a failure', () => {
  it('says nothing of its cause to the caller, and gives the correlation id', async () => {
    const answer = await call('POST', '/api/notes/break', { headers: { 'x-correlation-id': 'my-correlation-1' } });
    expect(answer).toMatchObject({
      status: 500,
      json: { success: false, code: 'internal', correlationId: 'my-correlation-1' },
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('is recognised across bundles by its brand', async () => {
    const foreign = Object.assign(Object.create({ [Symbol.for('mizan.AppError')]: true }), new AppError('gone'));
    const { isAppError } = await import('../errors/app-error.ts');
    expect(isAppError(foreign)).toBe(true);
  });
});
