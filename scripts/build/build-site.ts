/** Makes what functions serve as files: the OpenAPI document, whole and by area, types for its clients, the catalogue of permissions in it, and the scripts of the pages. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { areas } from '../../functions/site/docs/areas.ts';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { apiCatalogue } from '../../layers/kernel/openapi/api-catalogue.ts';
import { contentsOf, documentOf } from '../../layers/kernel/openapi/areas.ts';
import { buildOpenApi } from '../../layers/kernel/openapi/build-openapi.ts';
import type { Json } from '../../layers/kernel/openapi/to-schema.ts';
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
  writeAreas(document);
  writeFileSync(join(outputFolder, 'client.d.ts'), clientTypes(document));
  writeFileSync(join(outputFolder, 'apis.json'), JSON.stringify(apiCatalogue(document)));
  writeFileSync(join(outputFolder, 'permissions.json'), JSON.stringify(document['x-permissions']));
  await build({
    entryPoints: { console: 'console/main.ts', docs: 'console/docs/main.ts' },
    outdir: outputFolder,
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

/** The documentation in parts, and what the page must know to choose one. */
function writeAreas(document: Json): void {
  const contents = contentsOf(document, areas);
  const folder = join(outputFolder, 'openapi');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const area of contents)
    writeFileSync(join(folder, `${area.id}.json`), JSON.stringify(documentOf(document, area)));
  writeFileSync(join(outputFolder, 'areas.json'), JSON.stringify(contents));
}
