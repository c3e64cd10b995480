/** Writes small cloud assemblies, in the form `cdk synth` writes them, for tests that need a platform of their own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from './assembly.ts';

export interface TestAssembly {
  stacks: { name: string; template: Template; dependencies?: string[] }[];
  /** Asset directories by object key, relative to the assembly. */
  assets?: Record<string, string>;
  /** More files by path relative to the assembly, such as the code of functions. */
  files?: Record<string, string>;
}

export function writeAssembly(directory: string, { stacks, assets = {}, files = {} }: TestAssembly): void {
  mkdirSync(directory, { recursive: true });
  const artifacts: Record<string, unknown> = {
    'Assets.assets': { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
  };
  for (const { name, template, dependencies = [] } of stacks) {
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      dependencies: ['Assets.assets', ...dependencies],
      properties: { templateFile: `${name}.template.json` },
    };
    writeFileSync(join(directory, `${name}.template.json`), JSON.stringify(template));
  }
  const assetFiles = Object.entries(assets).map(([objectKey, path]) => [
    objectKey,
    { source: { path, packaging: 'zip' }, destinations: { local: { bucketName: 'assets', objectKey } } },
  ]);
  writeFileSync(join(directory, 'assets.json'), JSON.stringify({ files: Object.fromEntries(assetFiles) }));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '50.0.0', artifacts }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}
