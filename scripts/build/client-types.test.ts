/** What a schema of the document becomes in a client's types; that a program can be written with them is tested on a running platform. */
import { describe, expect, it } from 'vitest';
import { typeOf } from './client-types.ts';

describe('a schema', () => {
  it.each([
    [{ type: 'string' }, 'string'],
    [{ type: ['integer', 'null'] }, 'number | null'],
    [{ const: 'kWh' }, '"kWh"'],
    [{ enum: ['a', 1] }, '"a" | 1'],
    [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'boolean' }] } }, '((string) | (boolean))[]'],
    [{ type: 'array', prefixItems: [{ type: 'string' }, {}] }, '[string, unknown]'],
    [
      { type: 'object', properties: { 'a-b': {}, c: { type: 'null' } }, required: ['c'] },
      '{ "a-b"?: unknown; "c": null }',
    ],
    [{ type: 'object', additionalProperties: { type: 'number' } }, '{ [key: string]: number }'],
    [{ type: 'object', additionalProperties: false }, 'Record<string, never>'],
    [
      { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { const: 'x' } } }] },
      '(components["schemas"]["Problem"]) & ({ "code"?: "x" })',
    ],
    [{}, 'unknown'],
  ])('%j is %s', (schema, type) => expect(typeOf(schema)).toBe(type));
});
