/** Bundles every function of every domain: each gets its own code with nothing in it that it does not use. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import {
  type BuildContext,
  type BuildFailure,
  type BuildOptions,
  context,
  formatMessages,
  type Plugin,
  version,
} from 'esbuild';
import { bundleName, type DomainFunctionSpec, functionsOf } from '../../infra/manifest/functions-of.ts';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { type BundleCache, openBundleCache } from './bundle-cache.ts';
import { isFile, requireHttp } from './require-http.ts';
import { type PlannedFile, readAssets, syncFolder } from './sync-folder.ts';

export const repositoryRoot = resolve(import.meta.dirname, '../..');
const defaultFunctionsDir = join(repositoryRoot, 'dist/functions');

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
  const files = await bundle(specs, { root, outdir, sourcemap });
  const plan = new Map<string, PlannedFile[]>();
  for (const spec of specs) {
    const name = bundleName(spec);
    plan.set(name, [...files.get(name)!, ...readAssets(root, spec.assets ?? [], name)]);
  }
  const result = syncFolder(outdir, plan);
  const bytes = [...files.values()].flat().reduce((sum, { content }) => sum + content.byteLength, 0);
  return { ...result, bytes };
}

interface BundleSettings {
  root: string;
  outdir: string;
  sourcemap: boolean;
}

/** What every function is called when it is its turn. */
const entryName = 'function-to-bundle';

/** A context builds one bundle at a time, and keeps what it parsed: more would parse more often and fill the memory. */
const bundlesAtOnce = 2;

/** Every function by itself, but what functions share is parsed once for many. */
async function bundle(specs: DomainFunctionSpec[], settings: BundleSettings): Promise<Map<string, PlannedFile[]>> {
  const { root, outdir } = settings;
  const cache = openBundleCache(outdir, root, JSON.stringify([version, bundleOptions(settings)]));
  const bundles = new Map<string, PlannedFile[]>();
  const waiting = specs.values();
  const work = async (): Promise<void> => {
    const bundler = await openBundler(settings);
    try {
      for (const spec of waiting) {
        const name = bundleName(spec);
        bundles.set(name, cache.reuse(name) ?? (await bundler.bundle(name, spec.entry, cache)));
      }
    } finally {
      await bundler.close();
    }
  };
  await Promise.all(Array.from({ length: bundlesAtOnce }, work));
  mkdirSync(outdir, { recursive: true });
  cache.save();
  return bundles;
}

interface Bundler {
  bundle(name: string, entry: string, cache: BundleCache): Promise<PlannedFile[]>;
  close(): Promise<void>;
}

/**
 * One context of esbuild, which keeps what it parsed, with another entry at each build: two thirds of the work of a build
 * for each function, and the same files to the byte.
 * @see https://esbuild.github.io/api/#rebuild
 */
async function openBundler(settings: BundleSettings): Promise<Bundler> {
  const { root, outdir } = settings;
  let current = '';
  const entry: Plugin = {
    name: 'entry',
    setup: ({ onResolve }) => onResolve({ filter: new RegExp(`^${entryName}$`) }, () => ({ path: current })),
  };
  const options = bundleOptions(settings);
  const { rebuild, dispose }: BuildContext<{ write: false; metafile: true }> = await context({
    ...options,
    entryPoints: [{ in: entryName, out: 'index' }],
    plugins: [...options.plugins, entry],
    write: false,
    metafile: true,
  });
  return {
    async bundle(name, path, cache) {
      current = join(root, path);
      const { outputFiles, metafile } = await rebuild().catch(explain);
      const files = outputFiles.map((file) => ({ path: relative(outdir, file.path), content: file.contents }));
      cache.remember(name, Object.keys(metafile.inputs).filter(isFile), files);
      return files;
    },
    close: dispose,
  };
}

/** How every function is bundled; the cold-start benchmark bundles its reference the same way. */
export function bundleOptions({ root, outdir, sourcemap }: BundleSettings) {
  return {
    absWorkingDir: root,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What a function loads only on demand (the SDK's credential providers, KMS, the event catalogue) is then not even
    // parsed at a cold start, which is worth a fifth of its time. Chunks shared between functions would be many and small,
    // so every function is split by itself.
    splitting: true,
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
    plugins: [requireHttp],
    logLevel: 'silent',
  } as const satisfies BuildOptions;
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
