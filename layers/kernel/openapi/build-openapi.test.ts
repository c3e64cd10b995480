import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { crudRoutes } from '../crud/crud-routes.ts';
import { defineDomain } from '../domain/manifest.ts';
import { defineEvent } from '../events/define-event.ts';
import { defineResource, type Routes } from '../http/route.ts';
import { buildOpenApi } from './build-openapi.ts';
import { permissionCatalogue } from './permission-catalogue.ts';
import { referredTo } from './references.ts';

const valve = z.object({ id: z.string(), name: z.string(), open: z._default(z.boolean(), false) });
const opened = defineEvent({
  type: 'valve.opened',
  source: 'plant',
  schemaVersion: 2,
  aggregateType: 'valve',
  summary: { en: 'A valve was opened.', ar: 'فُتح صمام.' },
  payload: z.object({ id: z.string() }),
  example: { id: 'v1' },
});

function documentOf(routes: Routes, base = '/api/valves') {
  const resource = defineResource({ name: 'valves', base, title: 'Valves', routes });
  const domain = defineDomain({
    name: 'plant',
    tables: {},
    events: [opened],
    resources: [{ resource, entry: 'x.ts', access: {} }],
  });
  return { document: buildOpenApi([domain], { title: 'T', version: '1', description: '' }), domain };
}

const crud = crudRoutes({
  singular: 'Valve',
  plural: 'Valves',
  permission: 'plant:valves',
  schema: valve,
  create: valve,
  id: z.string(),
  filters: { open: z.optional(z.enum(['true', 'false'])) },
  example: { id: 'v1', name: 'Main', open: true, version: 1, createdAt: 't', updatedAt: 't' },
}) as unknown as Routes;

describe('declared CRUD in the document', () => {
  const { document, domain } = documentOf(crud);
  const list = document['paths']['/api/valves'].get;
  const create = document['paths']['/api/valves'].post;
  const update = document['paths']['/api/valves/{id}'].put;
  const names = (operation: any): string[] =>
    operation.parameters.map((one: any) => (one.$ref ? referredTo(document, one.$ref) : one).name);

  it('lists with filters, order and paging', () => {
    expect(names(list)).toEqual(['open', 'order', 'limit', 'cursor']);
    expect(list.responses['200'].content['application/json'].schema.required).toEqual([
      'success',
      'data',
      'pagination',
    ]);
  });

  it('creates with an Idempotency-Key and changes with If-Match', () => {
    expect(names(create)).toContain('Idempotency-Key');
    expect(create.requestBody.content['application/json'].schema.required).toEqual(['id', 'name']);
    expect(names(update)).toEqual(['id', 'If-Match']);
    // A change sends what it changes, and never the id.
    const { properties, required = [] } = update.requestBody.content['application/json'].schema;
    expect([Object.keys(properties), required]).toEqual([['name', 'open'], []]);
  });

  it('says which headers answers carry, refusals too', () => {
    const headersOf = ({ headers }: any): string[] => Object.keys(headers);
    const one = document['paths']['/api/valves/{id}'].get;
    expect(headersOf(one.responses['200'])).toContain('ETag');
    expect(headersOf(list.responses['200'])).not.toContain('ETag');
    expect(headersOf(create.responses['201'])).toContain('Idempotency-Replayed');
    expect(headersOf(update.responses['200'])).not.toContain('Idempotency-Replayed');
    expect(headersOf(referredTo(document, one.responses['404'].$ref))).toEqual(['X-Correlation-Id']);
  });

  it('answers with bookkeeping and documented errors by status', () => {
    const get = document['paths']['/api/valves/{id}'].get;
    const { data } = get.responses['200'].content['application/json'].schema.properties;
    expect(data).toEqual({ $ref: '#/components/schemas/Valve' });
    expect(document['components'].schemas.Valve.required).toEqual(
      expect.arrayContaining(['version', 'createdAt', 'updatedAt']),
    );
    expect(get.responses['200'].content['application/json'].example).toMatchObject({
      success: true,
      data: { id: 'v1' },
    });
    expect(Object.keys(update.responses)).toEqual(
      expect.arrayContaining(['400', '401', '403', '404', '412', '429', '500']),
    );
    expect(document['paths']['/api/valves/{id}'].delete.responses['204']).toBeDefined();
  });

  it('needs permissions, which the catalogue names with their operations', () => {
    expect([list['x-permission'], create['x-permission']]).toEqual(['plant:valves:read', 'plant:valves:write']);
    expect(permissionCatalogue([domain]).map(({ permission }) => permission)).toEqual([
      'plant:valves:read',
      'plant:valves:write',
    ]);
  });
});

describe('the document', () => {
  it('has each set of refusals once, whatever order routes list them in', () => {
    const route = { method: 'GET', path: '', access: 'public', summary: 'One.', response: valve } as const;
    const { document } = documentOf({
      one: { ...route, path: '/one', errors: ['conflict', 'already_exists'] },
      two: { ...route, path: '/two', errors: ['already_exists', 'conflict'] },
    });
    const { responses } = document['paths']['/api/valves/two'].get;
    expect(responses).toEqual(document['paths']['/api/valves/one'].get.responses);
    expect(responses['409']).toEqual({ $ref: '#/components/responses/ConflictOrAlreadyExists' });
    const { schema } = document['components'].responses.ConflictOrAlreadyExists.content['application/problem+json'];
    expect(schema.allOf[1].properties.code.enum).toEqual(['conflict', 'already_exists']);
  });

  const text = { method: 'GET', path: '', access: 'public', summary: 'Text.', contentType: 'text/plain' } as const;

  it('leaves hidden routes out and says of public ones that they need nothing', () => {
    const { document } = documentOf({ page: { ...text, hidden: true }, open: { ...text, path: '/open' } });
    expect(Object.keys(document['paths'])).toEqual(['/api/valves/open']);
    expect(document['paths']['/api/valves/open'].get.security).toEqual([]);
    expect(Object.keys(document['paths']['/api/valves/open'].get.responses['200'].content)).toEqual(['text/plain']);
  });

  it('says of everything that is counted that it can be refused for its number, also what needs no credential', () => {
    const { document } = documentOf({ read: text, write: { ...text, method: 'POST' } });
    const { get, post } = document['paths']['/api/valves'];
    expect(get.responses['429']).toEqual({ $ref: '#/components/responses/Throttled' });
    expect(Object.keys(get.responses['200'].headers)).toEqual(['X-Correlation-Id']);
    expect(post.responses['429']).toEqual({ $ref: '#/components/responses/RateLimited' });
    expect(Object.keys(document['components'].responses.RateLimited.headers)).toContain('Retry-After');
    expect(Object.keys(post.responses['200'].headers)).toContain('RateLimit-Remaining');
  });

  it('says that an Idempotency-Key can be wrong where nothing else can', () => {
    const { document } = documentOf({ start: { ...text, method: 'POST', access: 'authenticated' } });
    const { $ref } = document['paths']['/api/valves'].post.responses['400'];
    expect($ref).toBe('#/components/responses/ValidationFailed');
  });

  it('carries the examples of paginated lists with their pagination', () => {
    const { document } = documentOf({
      list: {
        method: 'GET',
        path: '',
        access: 'authenticated',
        summary: 'List.',
        response: z.array(z.string()),
        paginated: true,
        example: ['a'],
      },
    });
    expect(document['paths']['/api/valves'].get.responses['200'].content['application/json'].example).toEqual({
      success: true,
      data: ['a'],
      pagination: { limit: 50, nextCursor: null },
    });
  });

  it('describes events as webhooks, in both languages, with an example', () => {
    const { post } = documentOf({}).document['webhooks']['valve.opened'];
    expect(post.description).toContain('فُتح صمام.');
    expect(post.requestBody.content['application/json'].example).toMatchObject({
      type: 'valve.opened',
      data: { id: 'v1' },
    });
  });

  const resource = (name: string, base: string, routes: Routes) => ({
    resource: defineResource({ name, base, title: name, routes }),
    entry: 'x.ts',
    access: {},
  });
  const domain = (name: string, ...resources: ReturnType<typeof resource>[]) =>
    defineDomain({ name, tables: {}, events: [], resources });
  const info = { title: '', version: '', description: '' };

  it('refuses an operation id or an address that is used twice', () => {
    const build = (...resources: ReturnType<typeof resource>[]) => buildOpenApi([domain('d', ...resources)], info);
    expect(() => build(resource('a', '/a', { one: text }), resource('b', '/b', { one: text }))).toThrow(
      /"one" is used twice/,
    );
    expect(() => build(resource('a', '/a', { one: text }), resource('b', '/a', { two: text }))).toThrow(
      /declared twice/,
    );
  });

  it('refuses a title that two domains share: its operations would be in the area of the first', () => {
    const [one, other] = [resource('a', '/a', { one: text }), resource('a', '/b', { two: text })];
    expect(() => buildOpenApi([domain('first', one), domain('second', other)], info)).toThrow(
      /"a" is a title in first and second/,
    );
    expect(buildOpenApi([domain('first', one, other)], info)['tags']).toHaveLength(2);
  });
});
