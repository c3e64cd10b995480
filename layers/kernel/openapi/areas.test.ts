import { describe, expect, it } from 'vitest';
import { type Area, contentsOf, documentOf } from './areas.ts';
import type { Json } from './to-schema.ts';

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const operation = (operationId: string, tag: string, refers: Json, security: Json[] = []): Json => ({
  operationId,
  tags: [tag],
  security,
  refers,
});
const whole: Json = {
  openapi: '3.1.0',
  info: { title: 'API', version: '1' },
  'x-permissions': [{ permission: 'a:b', operations: ['getBill', 'getStation'] }],
  tags: [
    { name: 'Bills', 'x-domain': 'billing' },
    { name: 'Field app', 'x-domain': 'billing' },
    { name: 'Stations', 'x-domain': 'scada' },
    { name: 'Webhook messages' },
  ],
  paths: {
    '/bills': {
      get: operation('getBill', 'Bills', ref('Bill'), [{ bearer: [] }]),
      put: operation('putStop', 'Field app', ref('Stop')),
    },
    '/stations': { get: operation('getStation', 'Stations', ref('Loop')) },
  },
  webhooks: { 'bill.made': { post: operation('on_bill_made', 'Webhook messages', ref('Line')) } },
  components: {
    securitySchemes: { bearer: {} },
    schemas: { Bill: { lines: [ref('Line')] }, Line: {}, Stop: {}, Loop: { again: ref('Loop') }, Unused: {} },
  },
};
const area = (id: string, domains: string[], tags: string[] = []): Area => ({
  id,
  title: { en: id, ar: id },
  domains,
  tags,
});
const areas = [
  area('office', ['billing', 'scada']),
  area('field', [], ['Field app']),
  area('hooks', [], ['Webhook messages']),
];

describe('areas', () => {
  it('share out the tags by domain, except those that another asks for', () => {
    expect(contentsOf(whole, areas).map(({ tags }) => tags)).toEqual([
      ['Bills', 'Stations'],
      ['Field app'],
      ['Webhook messages'],
    ]);
  });

  it('leave nothing out and have nothing twice', () => {
    expect(() => contentsOf(whole, areas.slice(1))).toThrow(/"Bills" of domain billing is in no area/);
    expect(() => contentsOf(whole, [...areas, area('more', ['scada'])])).toThrow(
      /"Stations" is in area office and more/,
    );
  });
});

describe('the document of an area', () => {
  const [office, field, hooks] = contentsOf(whole, areas).map((contents) => documentOf(whole, contents));

  it('has its operations and permissions, and the components they need', () => {
    expect(office).toMatchObject({ openapi: '3.1.0', info: { title: 'API: office', version: '1' }, webhooks: {} });
    expect(Object.entries(office!['paths'] as Json).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
      ['/bills', ['get']],
      ['/stations', ['get']],
    ]);
    expect(Object.keys(office!['components'].schemas)).toEqual(['Bill', 'Line', 'Loop']);
    expect(field!['x-permissions']).toEqual([]);
    expect(Object.keys(field!['components'].schemas)).toEqual(['Stop']);
    expect(office!['components'].securitySchemes).toEqual({ bearer: {} });
    expect(field!['components'].securitySchemes).toEqual({});
  });

  it('may be one of messages alone', () => {
    expect(hooks).toMatchObject({ paths: {}, webhooks: whole['webhooks'] });
    expect(Object.keys(hooks!['components'].schemas)).toEqual(['Line']);
  });
});
