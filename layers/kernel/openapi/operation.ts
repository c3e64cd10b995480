/** An operation of the document, from its route. */
import { isCounted, isIdempotent, type Resource, type Route, type Routes, statusOf } from '../http/route.ts';
import { errorsOf, throttled } from './error-responses.ts';
import { fieldsOf } from './parameters.ts';
import { countedHeaders, parameter, plainHeaders, replayedHeaders, versionHeaders } from './shared-components.ts';
import { type Json, toSchema } from './to-schema.ts';

/** @param responses components of the document; refusals that are not there yet are added */
export function operationOf(operationId: string, route: Route, resource: Resource<Routes>, responses: Json): Json {
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
      ...Object.fromEntries(
        [statusOf(route), ...(route.otherStatuses ?? [])].map((status) => [status, successOf(route)]),
      ),
      429: throttled,
      ...errorsOf(route, responses),
    },
  };
}

function parametersOf(route: Route): Json[] {
  return [
    ...fieldsOf(route.params, 'path'),
    ...fieldsOf(route.query, 'query'),
    ...(route.paginated ? [parameter('Limit'), parameter('Cursor')] : []),
    ...(isIdempotent(route) ? [parameter('IdempotencyKey')] : []),
    ...(route.method === 'PUT' || route.method === 'PATCH' || route.method === 'DELETE' ? [parameter('IfMatch')] : []),
  ];
}

function successOf(route: Route): Json {
  const data = route.response && !route.contentType ? toSchema(route.response, 'output') : undefined;
  const answer = { description: route.summary, headers: headersOf(route, data) };
  if (route.contentType) return { ...answer, content: { [route.contentType]: {} } };
  if (data === undefined) return answer;
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
  const example = route.example === undefined ? {} : { example: exampleOf(route) };
  return { ...answer, content: { 'application/json': { schema, ...example } } };
}

const headersOf = (route: Route, data: Json | undefined): Json => ({
  ...(isCounted(route) ? countedHeaders : plainHeaders),
  ...(isIdempotent(route) ? replayedHeaders : {}),
  ...(['integer', 'number'].includes(data?.['properties']?.version?.type) ? versionHeaders : {}),
});

function exampleOf({ envelope, example, paginated }: Route): unknown {
  if (envelope === false) return example;
  return { success: true, data: example, ...(paginated ? { pagination: { limit: 50, nextCursor: null } } : {}) };
}
