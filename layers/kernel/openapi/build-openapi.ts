/**
 * The OpenAPI 3.1 document, derived from route tables and event catalogues when the product is built. Nothing in it is
 * written by hand, so it cannot disagree with what the functions validate.
 */
import type { DomainManifest } from '../domain/manifest.ts';
import type { Resource, Routes } from '../http/route.ts';
import { throttledResponse } from './error-responses.ts';
import { nameSchemas } from './name-schemas.ts';
import { operationOf } from './operation.ts';
import { permissionCatalogue } from './permission-catalogue.ts';
import { sharedHeaders, sharedParameters } from './shared-components.ts';
import { sharedSchemas } from './shared-schemas.ts';
import type { Json } from './to-schema.ts';
import { webhookOf, webhookResponses, webhookTag } from './webhook-message.ts';

export interface DocumentInfo {
  title: string;
  version: string;
  description: string;
}

/** @throws Error when two routes share an operation id or an address, or two domains a title */
export function buildOpenApi(domains: readonly DomainManifest[], info: DocumentInfo): Json {
  const paths: Record<string, Json> = {};
  const operationIds = new Set<string>();
  const tags: Json[] = [];
  const responses: Json = { Throttled: throttledResponse };
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
        paths[path][method] = operationOf(operationId, route, resource, responses);
      }
    }
  }
  const document = {
    openapi: '3.1.0',
    servers: [{ url: '/', description: 'Where this document was read from.' }],
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    // What a role or an API key can be given, and what each permission opens.
    'x-permissions': permissionCatalogue(domains),
    tags: [...tags, webhookTag],
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
      parameters: sharedParameters,
      headers: sharedHeaders,
      responses: { ...responses, ...webhookResponses },
    },
  };
  return nameSchemas(document, sharedSchemas);
}

/** Resources of one title share a tag, which belongs to one domain: by it the operations are found. */
function describeTag(tags: Json[], domain: string, { title, base }: Resource<Routes>): void {
  const known = tags.find(({ name }) => name === title);
  if (known && known['x-domain'] !== domain)
    throw new Error(`"${title}" is a title in ${known['x-domain']} and ${domain}. Call one of them otherwise.`);
  if (known) known['description'] += `, \`${base}\``;
  else tags.push({ name: title, description: `Domain ${domain}: \`${base}\``, 'x-domain': domain });
}
