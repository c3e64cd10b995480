/** The document on the running platform: it is the one that was built, it is OpenAPI 3.1, and what it says is true. */
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { stations } from '../../functions/scada/stations/routes.ts';
import { ApiError, createClient } from '../../layers/kernel/http/client.ts';
import { inlined, referredTo } from '../../layers/kernel/openapi/references.ts';
import type { Json } from '../../layers/kernel/openapi/to-schema.ts';
import { apiWith, expectOk, type Mizan } from '../support/mizan.ts';
import { shareMizan } from '../support/shared-mizan.ts';
import { built, faultOf, type Operation, operations } from './walks/answers.ts';
import { routes, withId } from './walks/routes.ts';

let mizan: Omit<Mizan, 'stop'>;
let document: Json;
beforeAll(async () => {
  mizan = await shareMizan();
  document = expectOk(await apiWith(mizan.platform.endpoints.restUrl)('GET', '/api/openapi.json'));
});

/** Every object in the document, with the pointer that leads to it. */
function* objectsOf(value: unknown, pointer = '#'): Generator<{ pointer: string; object: Json }> {
  if (typeof value !== 'object' || value === null) return;
  yield { pointer, object: value as Json };
  for (const [name, child] of Object.entries(value))
    yield* objectsOf(child, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

describe('the document served', () => {
  it('is the one built from the route tables', () => {
    const { info: served, ...rest } = document;
    const { info: _, ...expected } = JSON.parse(JSON.stringify(built));
    expect(rest).toEqual(expected);
    expect(served).toMatchObject({ title: 'Mizan API', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('is also served in parts, one for each area, compressed like the whole', async () => {
    const { restUrl } = mizan.platform.endpoints;
    const areas = (await (await fetch(`${restUrl}/api/docs/assets/areas.json`)).json()) as Json[];
    const paths: Json[] = [];
    for (const { id } of areas) {
      const answer = await fetch(`${restUrl}/api/openapi/${id}.json`, { headers: { 'accept-encoding': 'gzip' } });
      expect(answer.headers.get('content-encoding'), id).toBe('gzip');
      paths.push(((await answer.json()) as Json)['paths']);
    }
    const methods = (path: string): string[] => paths.flatMap((part) => Object.keys(part[path] ?? {})).sort();
    for (const [path, item] of Object.entries(document['paths'] as Json))
      expect(methods(path), path).toEqual(Object.keys(item).sort());
    expect((await fetch(`${restUrl}/api/openapi/..%2Fopenapi-areas-handler.mjs`)).status).toBe(404);
  });

  it('is where the catalogue of APIs leads to', async () => {
    const billing: Json[] = expectOk(await mizan.north.api('GET', '/api/v1/developer/apis?domain=billing')).data;
    expect(billing.length).toBeGreaterThan(10);
    for (const { openapi, method, path } of billing.flatMap((api) => api['operations'])) {
      expect(openapi).toContain('/api/openapi.json#/paths/');
      expect(document['paths'][path]).toHaveProperty(method.toLowerCase());
    }
  });

  it('is open to everybody and to any origin, compressed when asked for', async () => {
    const answer = await fetch(`${mizan.platform.endpoints.restUrl}/api/openapi.json`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
  });
});

describe('OpenAPI 3.1', () => {
  it('has what the specification requires at the top', () => {
    expect(built['openapi']).toMatch(/^3\.1\.\d+$/);
    expect(built['info']).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(operations.length).toBeGreaterThan(30);
    for (const path of Object.keys(built['paths'])) expect(path).toMatch(/^\//);
  });

  it('resolves every $ref', () => {
    for (const { pointer, object } of objectsOf(built))
      if (typeof object['$ref'] === 'string') expect(referredTo(built, object['$ref']), pointer).toBeDefined();
  });

  it('names every operation once, and no two paths mean the same', () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const shapes = Object.keys(built['paths']).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('names every tag it uses', () => {
    const names = new Set(built['tags'].map(({ name }: Json) => name));
    for (const { operation } of operations) for (const tag of operation['tags']) expect(names).toContain(tag);
  });

  it('describes every operation completely', () => {
    for (const operation of operations) expectComplete(operation);
  });

  function expectComplete({ id, method, path, operation }: Operation): void {
    expect(operation['summary'], id).toMatch(/^[A-Z].*\.$/s);
    expect(
      Object.keys(operation['responses']).some((status) => /^[23]/.test(status)),
      id,
    ).toBe(true);
    expect(operation['security'], id).toBeDefined();
    for (const requirement of operation['security'])
      for (const name of Object.keys(requirement)) expect(built['components'].securitySchemes[name], id).toBeDefined();
    const declared = operation['parameters'].filter((one: Json) => one['in'] === 'path');
    expect(declared.map(({ name }: Json) => name).sort(), id).toEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
    );
    for (const parameter of operation['parameters']) {
      expect(parameter, id).toMatchObject({
        name: expect.any(String),
        in: expect.stringMatching(/^(path|query|header)$/),
      });
      expect(parameter.schema, `${id} ${parameter.name}`).toBeTypeOf('object');
      if (parameter.in === 'path') expect(parameter.required, id).toBe(true);
    }
    const keys = operation['parameters'].map((one: Json) => `${one['in']} ${String(one['name']).toLowerCase()}`);
    expect(new Set(keys).size, id).toBe(keys.length);
    if (['get', 'delete'].includes(method)) expect(operation['requestBody'], id).toBeUndefined();
    if (operation['security'].length > 0) expect(operation['responses']['401'], id).toBeDefined();
  }

  it('has schemas that a JSON Schema reader takes', () => {
    let count = 0;
    for (const { pointer, object } of objectsOf(built)) {
      const isSchema = /\/schema$|\/schemas\/\w+$/.test(pointer) && !pointer.includes('/example');
      if (!isSchema) continue;
      count += 1;
      expect(() => z.fromJSONSchema(inlined(built, object) as never), pointer).not.toThrow();
    }
    expect(count).toBeGreaterThan(100);
  });

  it('has examples that its own schemas accept', () => {
    let count = 0;
    for (const { pointer, object } of objectsOf(built)) {
      if (object['example'] === undefined || object['schema'] === undefined) continue;
      count += 1;
      const result = z
        .fromJSONSchema(withRelative(inlined(built, object['schema'])) as never)
        .safeParse(object['example']);
      expect(result.success ? undefined : result.error.message, pointer).toBeUndefined();
    }
    expect(count).toBeGreaterThan(5);
  });
});

/** The schema for zod, to which a reference (RFC 3986, section 4.1) must be a whole URL. */
const withRelative = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'format' && value === 'uri-reference' ? undefined : value,
  );

describe('what the document says', () => {
  // The others are walked in every-route.test.ts.
  it('is what public GETs answer', async () => {
    const wrong: string[] = [];
    for (const { name, path, route } of routes) {
      if (route.access !== 'public' || route.method !== 'GET') continue;
      const fault = faultOf(await mizan.north.api('GET', withId(path, 'unknown-1')), name);
      if (fault !== undefined) wrong.push(`${name}: ${fault}`);
    }
    expect(wrong).toEqual([]);
  });

  it('is who needs a credential, as the routes ask for one', () => {
    const isGuarded = new Map(routes.map(({ name, route }) => [name, route.access !== 'public']));
    for (const { id, operation } of operations) expect(operation['security'].length > 0, id).toBe(isGuarded.get(id));
  });
});

describe('the typed client', () => {
  it('creates, reads, changes and lists on the running platform', async () => {
    const client = createClient(stations, { baseUrl: mizan.platform.endpoints.restUrl, token: mizan.north.apiKey });
    const created = await client.createStation({
      body: { id: 'CLIENT-1', name: 'Made by the client' },
      idempotencyKey: 'client-1',
    });
    expect(created).toMatchObject({ status: 201, data: { id: 'CLIENT-1', status: 'active', version: 1 } });
    expect((await client.getStation({ params: { id: 'CLIENT-1' } })).data.name).toBe('Made by the client');
    const changed = await client.updateStation({ params: { id: 'CLIENT-1' }, body: { name: 'Changed' }, ifMatch: 1 });
    expect(changed.data.version).toBe(2);
    const page = await client.listStations({ query: { limit: 1, order: 'desc' } });
    expect(page.data).toHaveLength(1);
    expect(page.pagination).toMatchObject({ limit: 1 });
  });

  it('throws what went wrong as a problem', async () => {
    const client = createClient(stations, { baseUrl: mizan.platform.endpoints.restUrl, token: mizan.north.apiKey });
    const failed = client.updateStation({ params: { id: 'CLIENT-1' }, body: { name: 'Late' }, ifMatch: 1 });
    await expect(failed).rejects.toBeInstanceOf(ApiError);
    await expect(failed).rejects.toMatchObject({ status: 412, problem: { code: 'version_conflict' } });
  });
});

describe('the page of the documentation', () => {
  it('loads with everything it refers to', async () => {
    const nobody = apiWith(mizan.platform.endpoints.restUrl);
    const page = await nobody('GET', '/api/docs');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const links = [...page.text.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"#]+)"/g)]
      .map(([, link]) => link!)
      .filter((link) => !link.startsWith('data:'));
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const link of links) {
      expect(link).not.toMatch(/^(https?:)?\/\//);
      const asset = await nobody('GET', new URL(link, 'http://x/api/docs').pathname);
      expect(asset.status, link).toBe(200);
      expect(asset.headers.get('content-type')).toMatch(link.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    }
  });

  it('explains every error code in both languages, under the address problems point to', async () => {
    const nobody = apiWith(mizan.platform.endpoints.restUrl);
    const { text } = await nobody('GET', '/api/docs/errors', undefined, { 'accept-language': 'ar' });
    for (const code of built['components'].schemas.Problem.properties.code.enum) expect(text).toContain(`id="${code}"`);
    expect(text).toContain('lang="ar"');
    const { json } = await mizan.north.api('GET', '/api/scada/stations/NOPE');
    expect(json.type).toBe('/api/docs/errors#not_found');
  });
});
