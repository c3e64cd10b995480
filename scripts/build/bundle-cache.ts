/** Remembers what every bundle was made of, so that an edit bundles again only the functions that hold the edited file. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedFile } from './sync-folder.ts';

interface Remembered {
  /** Source files, from the root. */
  inputs: string[];
  /** Over names, sizes and change times of the inputs. */
  fingerprint: string;
  /** Files of the bundle, from its folder. */
  files: string[];
}

interface Memory {
  settings: string;
  bundles: Record<string, Remembered>;
}

export interface BundleCache {
  /** The bundle as it was written, when nothing it was made of has changed since. */
  reuse(name: string): PlannedFile[] | undefined;
  remember(name: string, inputs: string[], files: readonly PlannedFile[]): void;
  save(): void;
}

/** @param settings everything beside the sources that decides what a bundle holds */
export function openBundleCache(outdir: string, root: string, settings: string): BundleCache {
  const file = `${outdir}-inputs.json`;
  const stored = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Memory) : undefined;
  const old = stored?.settings === settings ? stored.bundles : {};
  const bundles: Memory['bundles'] = {};
  const openedMs = Date.now();
  return {
    reuse(name) {
      const known = old[name];
      if (known === undefined || fingerprintOf(root, known.inputs) !== known.fingerprint) return undefined;
      const paths = known.files.map((path) => join(outdir, name, path));
      if (!paths.every((path) => existsSync(path))) return undefined;
      bundles[name] = known;
      return known.files.map((path, i) => ({ path, content: readFileSync(paths[i]!) }));
    },
    remember(name, inputs, files) {
      // A file that was edited while its bundle was made may be in it as it was before: the next build looks again.
      if (inputs.some((input) => changedSince(root, input, openedMs))) return;
      bundles[name] = { inputs, fingerprint: fingerprintOf(root, inputs), files: files.map(({ path }) => path) };
    },
    save: () => writeFileSync(file, JSON.stringify({ settings, bundles } satisfies Memory)),
  };
}

function changedSince(root: string, input: string, timeMs: number): boolean {
  const stats = statSync(join(root, input), { throwIfNoEntry: false });
  return stats === undefined || stats.mtimeMs >= timeMs;
}

function fingerprintOf(root: string, inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const stats = statSync(join(root, input), { throwIfNoEntry: false });
    hash.update(`${input}\0${stats?.size}\0${stats?.mtimeMs}\n`);
  }
  return hash.digest('hex');
}
