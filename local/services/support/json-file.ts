/**
 * Small durable state: a JSON document in the data folder, or in memory when there is none.
 * Written whole and moved into place, so that a crash leaves the old or the new one.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface JsonFile<T> {
  /** The state; change it and call `save`. */
  readonly value: T;
  save(): void;
}

/** Opens `<dataDir>/<name>`; `initial` when there is none yet. The file is readable by its owner only. */
export function openJsonFile<T>(dataDir: string | undefined, name: string, initial: T): JsonFile<T> {
  if (dataDir === undefined) return { value: initial, save: () => {} };
  const path = join(dataDir, name);
  const value = readJson<T>(path) ?? initial;
  return {
    value,
    save() {
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}

function readJson<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Error(`${path} is damaged: delete it to start afresh`, { cause });
  }
}
