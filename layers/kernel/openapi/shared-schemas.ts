/** Schemas that every answer of the API uses. */

import { auditRecord } from '../crud/history.ts';
import { errorStatus } from '../errors/error-codes.ts';
import { type Json, toSchema } from './to-schema.ts';

const problemSchema: Json = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['success', 'type', 'title', 'status', 'detail', 'code', 'message', 'correlationId'],
  properties: {
    success: { const: false },
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string', description: 'The code in words.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'As `message`, or more, in English.' },
    code: { type: 'string', enum: Object.keys(errorStatus) },
    message: {
      type: 'string',
      description: 'What to show a person, in the language of `Accept-Language` (Arabic or English).',
    },
    correlationId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['in', 'path', 'message'],
        properties: {
          in: { enum: ['body', 'query', 'path', 'header'] },
          path: { type: 'string', description: 'JSON Pointer.' },
          message: { type: 'string' },
        },
      },
    },
  },
};

const paginationSchema: Json = {
  type: 'object',
  required: ['limit', 'nextCursor'],
  properties: {
    limit: { type: 'integer' },
    nextCursor: { type: ['string', 'null'], description: 'Pass it as `cursor`; null on the last page.' },
  },
};

/** By the names they have in every document. */
export const sharedSchemas: Json = {
  Problem: problemSchema,
  Pagination: paginationSchema,
  HistoryEntry: toSchema(auditRecord, 'output'),
};
