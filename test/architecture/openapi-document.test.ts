/** The OpenAPI document as strangers' tools see it: valid by the specification's own schema, and lint has nothing to say. */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { areas } from '../../functions/site/docs/areas.ts';
import { domains } from '../../infra/domains.ts';
import { apiCatalogue } from '../../layers/kernel/openapi/api-catalogue.ts';
import { contentsOf, documentOf } from '../../layers/kernel/openapi/areas.ts';
import { buildOpenApi } from '../../layers/kernel/openapi/build-openapi.ts';
import { referredTo } from '../../layers/kernel/openapi/references.ts';

const openApi = JSON.parse(
  JSON.stringify(buildOpenApi(domains, { title: 'Mizan API', version: '0.1.0', description: 'The API.' })),
);
const contents = contentsOf(openApi, areas);
const parts = contents.map((area) => ({ id: area.id, document: JSON.stringify(documentOf(openApi, area)) }));

describe('the catalogue of APIs', () => {
  const operations = apiCatalogue(openApi).flatMap((api) => api.operations);

  it('has every operation once', () => {
    const all = Object.values<object>(openApi.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      all.map(({ operationId }) => operationId).sort(),
    );
  });

  it('leads to the operation in the document', () => {
    for (const { openapi, operationId } of operations)
      expect(referredTo(openApi, openapi.slice(openapi.indexOf('#'))).operationId).toBe(operationId);
  });
});

describe('the OpenAPI document', () => {
  it('is valid by the schema of OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openApi));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });
});

describe('the documents of areas', () => {
  const idsIn = ({ paths, webhooks }: { paths: object; webhooks: object }): string[] =>
    [...Object.values(paths), ...Object.values(webhooks)]
      .flatMap((methods) => Object.values<{ operationId: string }>(methods))
      .map(({ operationId }) => operationId);

  it('together have every operation of the whole, each exactly once', () => {
    const ids = parts.flatMap(({ document }) => idsIn(JSON.parse(document)));
    expect(ids.length).toBeGreaterThan(700);
    expect(ids.sort()).toEqual(idsIn(openApi).sort());
  });

  it('name no tag that is gone', () => {
    const known = openApi.tags.map(({ name }: { name: string }) => name);
    for (const { id, tags = [] } of areas) for (const tag of tags) expect(known, id).toContain(tag);
  });

  it('are small enough to be shown at once: an area that has grown is to be shared out', () => {
    for (const { id, document } of parts) expect(document.length, id).toBeLessThan(400_000);
  });

  it.each(parts)('$id is complete by itself, and lints clean', async ({ document }) => {
    const problems = await lintFromString({ source: document, absoluteRef: '/openapi.json', config: await config });
    const said = problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
    expect(said).toEqual([]);
  });

  const config = createConfig({
    extends: ['recommended'],
    rules: {
      // `/invoices/runs/{id}` beside `/invoices/{id}/cancel`: concrete paths go before templates ("Path Templating
      // Matching" in the specification), as the gateway and our router do, and no id is a word of a path.
      'no-ambiguous-paths': 'off',
      // A document is answered with where it lies: 302.
      'operation-2xx-response': 'off',
    },
  });
});
