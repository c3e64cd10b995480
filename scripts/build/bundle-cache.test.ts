import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBundleCache } from './bundle-cache.ts';

const bundle = [{ path: 'index.mjs', content: Buffer.from('export const handler = 1;') }];
let root: string;
let outdir: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundle-cache-'));
  outdir = join(root, 'out');
  mkdirSync(join(outdir, 'a'), { recursive: true });
  writeFileSync(join(root, 'source.ts'), 'one');
  writeFileSync(join(outdir, 'a', 'index.mjs'), bundle[0]!.content);
  const cache = openBundleCache(outdir, root, 'settings');
  cache.remember('a', ['source.ts'], bundle);
  cache.save();
});
afterEach(() => rmSync(root, { recursive: true }));

const reuse = (settings = 'settings') => openBundleCache(outdir, root, settings).reuse('a');

describe('the bundle cache', () => {
  it('gives back a bundle whose sources have not changed', () => {
    expect(reuse()).toEqual(bundle);
  });

  it.each<[string, () => void]>([
    ['a source changed', () => writeFileSync(join(root, 'source.ts'), 'other')],
    ['a source is gone', () => rmSync(join(root, 'source.ts'))],
    ['its file is gone', () => rmSync(join(outdir, 'a', 'index.mjs'))],
  ])('gives nothing back when %s', (_, change) => {
    change();
    expect(reuse()).toBeUndefined();
  });

  it('gives nothing back for other settings', () => {
    expect(reuse('other settings')).toBeUndefined();
  });

  it('forgets functions that were not asked for', () => {
    const cache = openBundleCache(outdir, root, 'settings');
    cache.save();
    expect(reuse()).toBeUndefined();
  });
});
