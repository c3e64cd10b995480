/**
 * Passwords and keys of devices, which no configuration carries: a folder with a file for each, as systemd credentials,
 * Kubernetes and Greengrass hand them out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ReadSecret = (name: string) => string | undefined;

const maxBytes = 64 * 1024;

export function secretsOfFolder(folder: string | undefined): ReadSecret {
  return (name) => {
    if (folder === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return undefined;
    try {
      const text = readFileSync(join(folder, name), 'utf8');
      // Editors end a file with a newline that is no part of the password.
      return text.length <= maxBytes ? text.replace(/\r?\n$/, '') : undefined;
    } catch {
      return undefined;
    }
  };
}

/** Copies settings with every `{ "secret": "name" }` replaced by its text; `missing` is told of names nobody knows. */
export function resolveSecrets(value: unknown, read: ReadSecret, missing: (name: string) => void): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveSecrets(item, read, missing));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only![0] === 'secret' && typeof only![1] === 'string') {
    const text = read(only![1]);
    if (text === undefined) missing(only![1]);
    return text ?? '';
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolveSecrets(item, read, missing)]));
}
