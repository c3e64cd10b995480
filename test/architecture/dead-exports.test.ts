/** What a file exports and nobody imports is dead, or belongs to the file alone; compilers look inside a file only. */
import { describe, expect, it } from 'vitest';
import { readSources, roots, type SourceFile } from './source-files.ts';

/** Values that are there for who is not here yet: each with its reason. */
const awaited: ReadonlySet<string> = new Set([
  // The gate of workspaces, for domains whose rows are kept by workspace (docs/identity.md).
  'functions/identity/contract.ts enterWorkspace',
]);

/** Entry points: Lambda calls them by name. */
const isEntry = (name: string): boolean => name === 'handler';

const exported = /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class)\s+([A-Za-z_$][\w$]*)/gm;
const comment = /\/\*[\s\S]*?\*\/|(?:^|\s)\/\/[^\n]*/g;

function deadExports(files: readonly SourceFile[]): string[] {
  const words = new Map(files.map(({ path, text }) => [path, new Set(text.replace(comment, ' ').match(/[\w$]+/g))]));
  const importers = new Map<string, SourceFile[]>();
  for (const file of files)
    for (const target of new Set(file.imports)) importers.set(target, [...(importers.get(target) ?? []), file]);

  /** Files that may name what this one exports: its importers, and theirs where they hand all of it on. */
  function readersOf(path: string, seen = new Set<string>()): Set<string> {
    for (const importer of importers.get(path) ?? []) {
      if (seen.has(importer.path)) continue;
      seen.add(importer.path);
      if (/export \*|\bimport\(/.test(importer.text)) readersOf(importer.path, seen);
    }
    return seen;
  }

  const sources = files.filter(({ path }) => !path.endsWith('.test.ts'));
  return sources.flatMap(({ path, text }) => {
    const names = [...text.matchAll(exported)].map(([, name]) => name!).filter((name) => !isEntry(name));
    if (names.length === 0) return [];
    const readers = [...readersOf(path)];
    return names
      .filter((name) => !readers.some((reader) => words.get(reader)!.has(name)))
      .map((name) => `${path} ${name}`);
  });
}

it('no file exports a value that no other file reads', () => {
  expect(deadExports(readSources([...roots, 'test'])).filter((one) => !awaited.has(one))).toEqual([]);
});

describe('the search for dead exports', () => {
  const file = (path: string, text: string, ...imports: string[]): SourceFile => ({ path, text, lines: 1, imports });
  const amounts = file('amounts.ts', 'export const sum = 1;\nexport function mean() {}\nexport const handler = sum;');

  it('finds what nobody reads, comments apart', () => {
    const reader = file('reader.ts', "import { sum } from './amounts.ts'; // not mean", 'amounts.ts');
    expect(deadExports([amounts, reader])).toEqual(['amounts.ts mean']);
  });

  it('follows files that hand on what they import', () => {
    const index = file('index.ts', "export * from './amounts.ts';", 'amounts.ts');
    const loader = file('loader.ts', "const load = () => import('./index.ts');", 'index.ts');
    const reader = file('reader.ts', 'const { mean, sum } = await load();', 'loader.ts');
    expect(deadExports([amounts, index, loader, reader])).toEqual([]);
  });
});
