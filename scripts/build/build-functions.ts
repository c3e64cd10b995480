/**
 * Bundles every function of every domain in one esbuild pass: shared modules are parsed once, and each function gets
 * one file with nothing in it that it does not use.
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type BuildFailure, build, formatMessages } from 'esbuild';
import { bundleName, type DomainFunctionSpec, functionsOf } from '../../infra/manifest/functions-of.ts';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { type PlannedFile, readAssets, syncFolder } from './sync-folder.ts';

export const repositoryRoot = resolve(import.meta.dirname, '../..');
export const defaultFunctionsDir = join(repositoryRoot, 'dist/functions');

export interface BuildFunctionsOptions {
  manifests: readonly DomainManifest[];
  /** @default `dist/functions` */
  outdir?: string;
  /** Folder that `entry` and `assets` of manifests are relative to. @default the repository */
  root?: string;
  /** Writes `index.mjs.map` beside the code; costs cold-start time when the function loads it. @default false */
  sourcemap?: boolean;
}

export interface BuildFunctionsResult {
  /** Bundle names, e.g. `metering-ingest`. */
  written: string[];
  unchanged: string[];
  /** Folders of functions that no longer exist. */
  removed: string[];
  /** Size of all bundles together. */
  bytes: number;
}

/** CommonJS packages inside an ES module bundle still call `require` for Node's own modules. */
const requireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** @throws Error that names the function and the file for whatever cannot be bundled */
export async function buildFunctions(options: BuildFunctionsOptions): Promise<BuildFunctionsResult> {
  const { manifests, outdir = defaultFunctionsDir, root = repositoryRoot, sourcemap = false } = options;
  const specs = manifests.flatMap(functionsOf);
  checkEntries(specs, root);
  const files = specs.length === 0 ? new Map() : await bundle(specs, root, sourcemap);
  const plan = new Map<string, PlannedFile[]>();
  for (const spec of specs) {
    const name = bundleName(spec);
    plan.set(name, [...files.get(name)!, ...readAssets(root, spec.assets ?? [], name)]);
  }
  const result = syncFolder(outdir, plan);
  const bytes = [...files.values()].flat().reduce((sum, { content }) => sum + content.byteLength, 0);
  return { ...result, bytes };
}

async function bundle(
  specs: DomainFunctionSpec[],
  root: string,
  sourcemap: boolean,
): Promise<Map<string, PlannedFile[]>> {
  const outdir = join(root, 'dist/functions');
  const { outputFiles } = await build({
    entryPoints: specs.map((spec) => ({ in: join(root, spec.entry), out: `${bundleName(spec)}/index` })),
    absWorkingDir: root,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The ES module builds of packages can be tree-shaken, their CommonJS builds cannot.
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    treeShaking: true,
    sourcemap: sourcemap ? 'external' : false,
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: requireBanner },
    logLevel: 'silent',
  }).catch(explain);
  const files = new Map<string, PlannedFile[]>();
  for (const { path, contents } of outputFiles) {
    const [name = '', file = ''] = relative(outdir, path).split(/[\\/]/);
    files.set(name, [...(files.get(name) ?? []), { path: file, content: contents }]);
  }
  return files;
}

function checkEntries(specs: DomainFunctionSpec[], root: string): void {
  const seen = new Set<string>();
  for (const spec of specs) {
    const name = bundleName(spec);
    if (seen.has(name)) throw new Error(`Two functions are named "${name}": give one another name in its manifest.`);
    seen.add(name);
    if (!existsSync(join(root, spec.entry)))
      throw new Error(`Function "${name}": its entry ${spec.entry} does not exist.`);
  }
}

async function explain(failure: BuildFailure): Promise<never> {
  const messages = await formatMessages(failure.errors ?? [], { kind: 'error', color: false });
  throw new Error(messages.length > 0 ? messages.join('').trim() : failure.message, { cause: failure });
}
