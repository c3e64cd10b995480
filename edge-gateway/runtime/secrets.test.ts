import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveSecrets, secretsOfFolder } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'mizan-secrets-'));
writeFileSync(join(folder, 'broker'), 'p4ss\n');
afterAll(() => rmSync(folder, { recursive: true }));

describe('secrets', () => {
  const read = secretsOfFolder(folder);

  it('are files by their names, without the newline an editor leaves, and nothing beside the folder', () => {
    expect(read('broker')).toBe('p4ss');
    expect(read('nowhere')).toBeUndefined();
    expect(read('../broker')).toBeUndefined();
    expect(read('..')).toBeUndefined();
    expect(secretsOfFolder(undefined)('broker')).toBeUndefined();
  });

  it('take the place of their references wherever those are', () => {
    const missing: string[] = [];
    const settings = {
      a: { secret: 'broker' },
      list: [{ secret: 'gone' }, 1],
      kept: { secret: 'broker', more: 1 },
      no: null,
    };
    expect(resolveSecrets(settings, read, (name) => missing.push(name))).toEqual({
      a: 'p4ss',
      list: ['', 1],
      kept: { secret: 'broker', more: 1 },
      no: null,
    });
    expect(missing).toEqual(['gone']);
    expect(settings.a).toEqual({ secret: 'broker' });
  });
});
