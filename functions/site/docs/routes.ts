/** The API documentation, generated from the route tables when the product is built. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { areas } from './areas.ts';

export const openApi = defineResource({
  name: 'openapi',
  base: '/api/openapi.json',
  title: 'Documentation',
  routes: {
    getOpenApi: {
      method: 'GET',
      path: '',
      access: 'public',
      summary: 'The whole document: every operation, and the messages webhooks receive.',
      contentType: 'application/json',
    },
  },
});

export const openApiAreas = defineResource({
  name: 'openapi-areas',
  base: '/api/openapi',
  title: 'Documentation',
  routes: {
    getOpenApiOfArea: {
      method: 'GET',
      path: '/{document}',
      access: 'public',
      summary: 'The part of the document that is about one area, valid by itself.',
      description: `Every operation is in one of: ${areas.map(({ id }) => `\`${id}.json\``).join(', ')}.`,
      params: z.object({ document: z.string() }),
      errors: ['not_found'],
      contentType: 'application/json',
    },
  },
});

export const apis = defineResource({
  name: 'apis',
  base: '/api/v1/developer/apis',
  title: 'APIs',
  routes: {
    listApis: {
      method: 'GET',
      path: '',
      access: 'authenticated',
      summary: 'Every API of the installation, with the way to each operation in the documents.',
      query: z.object({
        /** Only those of a domain, e.g. `billing`. */
        domain: z.optional(z.string()),
      }),
      response: z.array(
        z.object({
          title: z.string(),
          domain: z.string(),
          operations: z.array(
            z.object({
              operationId: z.string(),
              method: z.string(),
              path: z.string(),
              summary: z.string(),
              permission: z.nullable(z.string()),
              isPublic: z.boolean(),
              openapi: z.string(),
              documentation: z.string(),
            }),
          ),
        }),
      ),
    },
  },
});

export const docs = defineResource({
  name: 'docs',
  base: '/api/docs',
  title: 'Documentation',
  routes: {
    getDocs: {
      method: 'GET',
      path: '',
      access: 'public',
      summary: 'The documentation as a page.',
      contentType: 'text/html',
    },
    getErrorDocs: {
      method: 'GET',
      path: '/errors',
      access: 'public',
      summary: 'Every error code.',
      contentType: 'text/html',
    },
    getClientTypes: {
      method: 'GET',
      path: '/client.d.ts',
      access: 'public',
      summary: 'TypeScript types of every operation and webhook message, for `openapi-fetch`.',
      contentType: 'text/plain',
    },
    getDocsFile: {
      method: 'GET',
      path: '/assets/{file}',
      access: 'public',
      summary: 'A file of the page.',
      params: z.object({ file: z.string() }),
      contentType: 'text/html',
      hidden: true,
    },
  },
});
