/** Parameters and headers that many operations take and answers carry: written once in the document, referred to everywhere. */
import { pagingQuery } from '../schema/common.ts';
import { fieldsOf } from './parameters.ts';
import type { Json } from './to-schema.ts';

const header = (name: string, description: string, schema: Json): Json => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

const [limit, cursor] = fieldsOf(pagingQuery, 'query') as [Json, Json];

export const sharedParameters = {
  Limit: limit,
  Cursor: cursor,
  IdempotencyKey: header('Idempotency-Key', 'Repeat a request safely: the same key gives the first answer for a day.', {
    type: 'string',
    minLength: 1,
    maxLength: 255,
  }),
  IfMatch: header('If-Match', 'The version you read, from `ETag`; refused with `version_conflict` if it moved on.', {
    type: 'string',
  }),
};

const correlationId = {
  'X-Correlation-Id': { description: 'Quote it when you report a problem.', schema: { type: 'string' } },
};

const rateLimits = {
  'RateLimit-Policy': {
    description: 'Every window with what it allows: `60;w=60, 10000;w=86400`.',
    schema: { type: 'string' },
  },
  'RateLimit-Limit': { description: 'Requests that the tighter window allows.', schema: { type: 'integer' } },
  'RateLimit-Remaining': { description: 'Requests left in it.', schema: { type: 'integer' } },
  'RateLimit-Reset': { description: 'Seconds until it ends.', schema: { type: 'integer' } },
};

const retryAfter = {
  'Retry-After': { description: 'Seconds to wait before the request is repeated.', schema: { type: 'integer' } },
};

const version = {
  ETag: { description: 'The version answered, to send back as `If-Match`.', schema: { type: 'string' } },
};

const replayed = {
  'Idempotency-Replayed': {
    description: 'Says that this is the answer to an earlier request with the same `Idempotency-Key`.',
    schema: { const: 'true' },
  },
};

export const sharedHeaders: Json = { ...correlationId, ...rateLimits, ...retryAfter, ...version, ...replayed };

const references = (kind: string, names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));

/** What every answer carries. */
export const plainHeaders = references('headers', Object.keys(correlationId));

/** What answers to requests carry that count against a limit. */
export const countedHeaders = references('headers', Object.keys({ ...correlationId, ...rateLimits }));

/** What refusals carry that end by themselves. */
export const retryHeaders = references('headers', Object.keys(retryAfter));

/** What answers carry that hold one thing with its version. */
export const versionHeaders = references('headers', Object.keys(version));

/** What answers to requests carry that can be repeated. */
export const replayedHeaders = references('headers', Object.keys(replayed));

export const parameter = (name: keyof typeof sharedParameters): Json => ({ $ref: `#/components/parameters/${name}` });
