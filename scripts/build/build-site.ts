/** Makes what functions serve as files: the OpenAPI document, types for its clients, the catalogue of permissions in it, and the start page's script. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { apiCatalogue } from '../../layers/kernel/openapi/api-catalogue.ts';
import { buildOpenApi } from '../../layers/kernel/openapi/build-openapi.ts';
import { clientTypes } from './client-types.ts';

const outputFolder = 'dist/site';

/** @returns how many operations and events the document holds */
export async function buildSite(manifests: readonly DomainManifest[]): Promise<{ operations: number; events: number }> {
  mkdirSync(outputFolder, { recursive: true });
  const { version, description } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    version: string;
    description: string;
  };
  const document = buildOpenApi(manifests, { title: 'Mizan API', version, description });
  writeFileSync(join(outputFolder, 'openapi.json'), JSON.stringify(document));
  writeFileSync(join(outputFolder, 'client.d.ts'), clientTypes(document));
  writeFileSync(join(outputFolder, 'apis.json'), JSON.stringify(apiCatalogue(document)));
  writeFileSync(join(outputFolder, 'permissions.json'), JSON.stringify(document['x-permissions']));
  await build({
    entryPoints: ['console/main.ts'],
    outfile: join(outputFolder, 'console.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  const operations = Object.values(document['paths'] as Record<string, object>).reduce(
    (sum, methods) => sum + Object.keys(methods).length,
    0,
  );
  return { operations, events: Object.keys(document['webhooks']).length };
}
