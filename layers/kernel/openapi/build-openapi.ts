/**
 * The OpenAPI 3.1 document, derived from route tables and event catalogues when the product is built. Nothing in it is
 * written by hand, so it cannot disagree with what the functions validate.
 */
import type { DomainManifest } from '../domain/manifest.ts';
import { type ErrorCode, errorStatus } from '../errors/error-codes.ts';
import type { EventDefinition } from '../events/define-event.ts';
import { isIdempotent, type Resource, type Route, type Routes, statusOf } from '../http/route.ts';
import { errorMessages } from '../i18n/messages.ts';
import { pagingQuery } from '../schema/common.ts';
import { paginationSchema, problemSchema } from './shared-schemas.ts';
import { type Json, toSchema } from './to-schema.ts';

export interface DocumentInfo {
  title: string;
  version: string;
  description: string;
}

/** @throws Error when two routes share an operation id or an address */
export function buildOpenApi(domains: readonly DomainManifest[], info: DocumentInfo): Json {
  const paths: Record<string, Json> = {};
  const operationIds = new Set<string>();
  const tags: Json[] = [];
  for (const domain of domains) {
    for (const { resource } of domain.resources as { resource: Resource<Routes> }[]) {
      const documented = Object.entries(resource.routes).filter(([, route]) => route.hidden !== true);
      if (documented.length > 0) describeTag(tags, domain.name, resource);
      for (const [operationId, route] of documented) {
        if (operationIds.has(operationId)) throw new Error(`The operation id "${operationId}" is used twice.`);
        operationIds.add(operationId);
        const path = resource.base + route.path;
        paths[path] ??= {};
        const method = route.method.toLowerCase();
        if (paths[path][method]) throw new Error(`${route.method} ${path} is declared twice.`);
        paths[path][method] = operationOf(operationId, route, resource);
      }
    }
  }
  return {
    openapi: '3.1.0',
    servers: [{ url: '/', description: 'Where this document was read from.' }],
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    // What a role or an API key can be given, and what each permission opens.
    'x-permissions': permissionCatalogue(domains),
    tags: [...tags, { name: 'Webhook messages', description: 'What endpoints of partners receive.' }],
    paths,
    webhooks: Object.fromEntries(
      domains.flatMap((domain) => domain.events).map((event) => [event.type, webhookOf(event)]),
    ),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token from log-in, or an API key (`mzn_…`).',
        },
      },
      schemas: { Problem: problemSchema, Pagination: paginationSchema },
    },
  };
}

/** Resources of one title share a tag. */
function describeTag(tags: Json[], domain: string, { title, base }: Resource<Routes>): void {
  const known = tags.find(({ name }) => name === title);
  if (known) known['description'] += `, \`${base}\``;
  else tags.push({ name: title, description: `Domain ${domain}: \`${base}\``, 'x-domain': domain });
}

/** Errors any route can return. */
const commonErrors = (route: Route): ErrorCode[] => [
  ...(route.params || route.query || route.body || route.paginated ? (['validation_failed'] as const) : []),
  ...(route.body ? (['malformed_request', 'payload_too_large', 'unsupported_media_type'] as const) : []),
  ...(route.access === 'public' ? [] : (['unauthenticated', 'rate_limited'] as const)),
  ...(route.access === 'public' || route.access === 'authenticated' ? [] : (['forbidden'] as const)),
  ...(route.paginated ? (['invalid_cursor'] as const) : []),
  ...(isIdempotent(route)
    ? (['idempotency_in_progress', 'idempotency_key_reused', 'idempotency_answer_lost'] as const)
    : []),
  'internal',
];

function operationOf(operationId: string, route: Route, resource: Resource<Routes>): Json {
  const codes = [...new Set([...(route.errors ?? []), ...commonErrors(route)])];
  return {
    operationId,
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    tags: [resource.title],
    ...(route.access === 'public' ? { security: [] } : { security: [{ bearer: [] }] }),
    ...(route.access === 'public' || route.access === 'authenticated' ? {} : { 'x-permission': route.access }),
    parameters: parametersOf(route),
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: toSchema(route.body, 'input') } } } }
      : {}),
    responses: {
      [statusOf(route)]: successOf(route),
      429: { description: 'Asked too often, said by the gateway: not a problem document.' },
      ...errorsOf(codes),
    },
  };
}

function parametersOf(route: Route): Json[] {
  const list: Json[] = [
    ...fieldsOf(route.params, 'path'),
    ...fieldsOf(route.query, 'query'),
    ...(route.paginated ? fieldsOf(pagingQuery, 'query') : []),
  ];
  if (isIdempotent(route))
    list.push(
      header('Idempotency-Key', 'Repeat a request safely: the same key gives the first answer for a day.', {
        type: 'string',
        minLength: 1,
        maxLength: 255,
      }),
    );
  if (route.method === 'PUT' || route.method === 'PATCH' || route.method === 'DELETE')
    list.push(
      header('If-Match', 'The version you read, from `ETag`; refused with `version_conflict` if it moved on.', {
        type: 'string',
      }),
    );
  return list;
}

const header = (name: string, description: string, schema: Json): Json => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

function fieldsOf(schema: Route['params'], location: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: location,
    required: location === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: property,
  }));
}

function successOf(route: Route): Json {
  const description = route.summary;
  const headers = {
    'X-Correlation-Id': { description: 'Quote it when you report a problem.', schema: { type: 'string' } },
    ...(route.access === 'public'
      ? {}
      : {
          'RateLimit-Limit': { schema: { type: 'integer' } },
          'RateLimit-Remaining': { schema: { type: 'integer' } },
          'RateLimit-Reset': { description: 'Seconds until the window ends.', schema: { type: 'integer' } },
        }),
  };
  if (route.contentType) return { description, headers, content: { [route.contentType]: {} } };
  if (!route.response) return { description, headers };
  const data = toSchema(route.response, 'output');
  const schema =
    route.envelope === false
      ? data
      : {
          type: 'object',
          required: ['success', 'data', ...(route.paginated ? ['pagination'] : [])],
          properties: {
            success: { const: true },
            data,
            ...(route.paginated ? { pagination: { $ref: '#/components/schemas/Pagination' } } : {}),
          },
        };
  return {
    description,
    headers,
    content: {
      'application/json': {
        schema,
        ...(route.example === undefined ? {} : { example: exampleOf(route) }),
      },
    },
  };
}

function exampleOf({ envelope, example, paginated }: Route): unknown {
  if (envelope === false) return example;
  return { success: true, data: example, ...(paginated ? { pagination: { limit: 50, nextCursor: null } } : {}) };
}

function errorsOf(codes: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(errorStatus[code], [...(byStatus.get(errorStatus[code]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [
        status,
        {
          description: list.map((code) => `\`${code}\`: ${errorMessages[code].en}`).join('\n\n'),
          content: {
            'application/problem+json': {
              schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: list } } }] },
            },
          },
        },
      ]),
  );
}

function webhookOf(event: EventDefinition<string, any>): Json {
  const envelope = {
    type: 'object',
    required: ['type', 'timestamp', 'data'],
    properties: {
      type: { const: event.type },
      timestamp: { type: 'string', format: 'date-time' },
      data: toSchema(event.payload, 'output'),
    },
  };
  return {
    post: {
      operationId: `on_${event.type.replaceAll('.', '_')}`,
      summary: event.summary.en,
      description: `${event.summary.en}\n\n${event.summary.ar}\n\nPublished by \`${event.source}\`, schema version ${event.schemaVersion}, aggregate \`${event.aggregateType}\`. Signed as Standard Webhooks prescribes.`,
      tags: ['Webhook messages'],
      security: [],
      requestBody: {
        content: {
          'application/json': {
            schema: envelope,
            example: { type: event.type, timestamp: '2026-01-01T00:00:00.000Z', data: event.example },
          },
        },
      },
      responses: {
        '2XX': { description: 'Received.' },
        '4XX': { description: 'Not received: it will be sent again, except for 410, which disables the endpoint.' },
      },
    },
  };
}

/** Every permission the routes name, with the operations that need it. */
export function permissionCatalogue(
  domains: readonly DomainManifest[],
): { permission: string; operations: string[] }[] {
  const byPermission = new Map<string, string[]>();
  for (const { resource } of domains.flatMap((domain) => domain.resources) as { resource: Resource<Routes> }[]) {
    for (const [operationId, { access }] of Object.entries(resource.routes)) {
      if (access !== 'public' && access !== 'authenticated')
        byPermission.set(access, [...(byPermission.get(access) ?? []), operationId]);
    }
  }
  return [...byPermission]
    .map(([permission, operations]) => ({ permission, operations }))
    .sort((a, b) => (a.permission < b.permission ? -1 : 1));
}
