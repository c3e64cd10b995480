import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { toSchema } from './to-schema.ts';

it.each([
  ['dates have a format and no pattern', z.iso.date(), { type: 'string', format: 'date' }],
  ['texts keep their pattern', z.string().check(z.regex(/^a$/)), { type: 'string', pattern: '^a$' }],
  ['whole numbers have the bounds that somebody set', z.int().check(z.gte(1)), { type: 'integer', minimum: 1 }],
  ['what may be anything is no choice', z.union([z.string(), z.unknown()]), {}],
  [
    'a record of known keys has properties',
    z.record(z.enum(['a', 'b']), z.boolean()),
    {
      type: 'object',
      properties: { a: { type: 'boolean' }, b: { type: 'boolean' } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
  ],
])('%s', (_, schema, expected) => expect(toSchema(schema, 'output')).toEqual(expected));
