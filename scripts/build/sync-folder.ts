/** Makes a folder hold exactly the planned sub-folders, touching only files whose content differs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface PlannedFile {
  /** Relative to its sub-folder. */
  path: string;
  content: Uint8Array;
}

export interface SyncResult {
  written: string[];
  unchanged: string[];
  removed: string[];
}

/** @param plan files by name of the sub-folder */
export function syncFolder(folder: string, plan: ReadonlyMap<string, PlannedFile[]>): SyncResult {
  const result: SyncResult = { written: [], unchanged: [], removed: [] };
  mkdirSync(folder, { recursive: true });
  for (const [name, files] of plan) {
    const changed = writeChanged(join(folder, name), files);
    const stale = removeOthers(join(folder, name), new Set(files.map(({ path }) => path)));
    (changed || stale ? result.written : result.unchanged).push(name);
  }
  for (const name of readdirSync(folder)) {
    if (plan.has(name)) continue;
    rmSync(join(folder, name), { recursive: true });
    result.removed.push(name);
  }
  return result;
}

/**
 * Reads assets: a file keeps its base name, a folder is copied whole under its base name.
 * @throws Error naming the function and the asset that does not exist
 */
export function readAssets(root: string, assets: readonly string[], owner: string): PlannedFile[] {
  return assets.flatMap((asset) => {
    const source = join(root, asset);
    if (!existsSync(source)) throw new Error(`Function "${owner}": its asset ${asset} does not exist.`);
    if (!statSync(source).isDirectory()) return [{ path: basename(source), content: readFileSync(source) }];
    return filesBelow(source).map((path) => ({
      path: join(basename(source), path),
      content: readFileSync(join(source, path)),
    }));
  });
}

function writeChanged(folder: string, files: readonly PlannedFile[]): boolean {
  let hasChanged = false;
  for (const { path, content } of files) {
    const file = join(folder, path);
    if (existsSync(file) && readFileSync(file).equals(content)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    hasChanged = true;
  }
  return hasChanged;
}

function removeOthers(folder: string, kept: ReadonlySet<string>): boolean {
  const others = filesBelow(folder).filter((path) => !kept.has(path));
  for (const path of others) rmSync(join(folder, path));
  return others.length > 0;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
