/** The OpenAPI document as strangers' tools see it: valid by the specification's own schema, and lint has nothing to say. */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { domains } from '../../infra/domains.ts';
import { apiCatalogue } from '../../layers/kernel/openapi/api-catalogue.ts';
import { buildOpenApi } from '../../layers/kernel/openapi/build-openapi.ts';

const document = JSON.stringify(
  buildOpenApi(domains, { title: 'Mizan API', version: '0.1.0', description: 'The API.' }),
);

describe('the catalogue of APIs', () => {
  const openApi = JSON.parse(document);
  const operations = apiCatalogue(openApi).flatMap((api) => api.operations);

  it('has every operation once', () => {
    const all = Object.values<object>(openApi.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      all.map(({ operationId }) => operationId).sort(),
    );
  });

  it('leads to the operation in the document', () => {
    for (const { openapi, operationId } of operations) {
      const pointer = decodeURI(openapi.slice(openapi.indexOf('#') + 2)).split('/');
      const steps = pointer.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
      expect(steps.reduce((node, step) => node[step], openApi).operationId).toBe(operationId);
    }
  });
});

describe('the OpenAPI document', () => {
  it('is valid by the schema of OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('lints clean', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      rules: {
        // `/invoices/runs/{id}` beside `/invoices/{id}/cancel`: concrete paths go before templates ("Path Templating
        // Matching" in the specification), as the gateway and our router do, and no id is a word of a path.
        'no-ambiguous-paths': 'off',
        // A document is answered with where it lies: 302.
        'operation-2xx-response': 'off',
      },
    });
    const problems = await lintFromString({ source: document, absoluteRef: '/openapi.json', config });
    const said = problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
    expect(said).toEqual([]);
  });
});
