/** The APIs of the installation at a glance, with the way to each operation in the documents. Made from the OpenAPI document. */
import type { Json } from './to-schema.ts';

export interface CataloguedOperation {
  operationId: string;
  method: string;
  path: string;
  summary: string;
  /** What a credential must hold; null when any will do, or none is needed. */
  permission: string | null;
  isPublic: boolean;
  /** The operation in the OpenAPI document: address and JSON Pointer (RFC 6901). */
  openapi: string;
  /** The operation on the documentation page. */
  documentation: string;
}

export interface CataloguedApi {
  title: string;
  domain: string;
  operations: CataloguedOperation[];
}

/** @param document of OpenAPI 3.1, as `buildOpenApi` makes it */
export function apiCatalogue(document: Json): CataloguedApi[] {
  const apis = new Map<string, CataloguedApi>();
  for (const { name, 'x-domain': domain } of document['tags'] as Json[])
    if (domain !== undefined) apis.set(name, { title: name, domain, operations: [] });
  for (const [path, methods] of Object.entries(document['paths'] as Json))
    for (const [method, operation] of Object.entries(methods as Json))
      apis.get(operation.tags[0])!.operations.push(describe(path, method, operation));
  return [...apis.values()].sort((a, b) => (a.domain + a.title < b.domain + b.title ? -1 : 1));
}

function describe(path: string, method: string, operation: Json): CataloguedOperation {
  const pointer = `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`;
  return {
    operationId: operation['operationId'],
    method: method.toUpperCase(),
    path,
    summary: operation['summary'],
    permission: operation['x-permission'] ?? null,
    isPublic: operation['security'].length === 0,
    openapi: `/api/openapi.json${encodeURI(pointer)}`,
    documentation: `/api/docs#/${encodeURIComponent(operation['tags'][0])}/${operation['operationId']}`,
  };
}
