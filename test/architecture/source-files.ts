/** The product's source files with what they import, for the architecture tests. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

export interface SourceFile {
  /** From the repository root. */
  path: string;
  text: string;
  lines: number;
  /** Imported files (from the repository root) and packages, type-only imports included. */
  imports: string[];
}

export const roots = ['edge-gateway', 'infra', 'functions', 'layers', 'local', 'console', 'scripts', 'bench'];

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;

export function readSources(folders: readonly string[] = roots): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) visit(path);
      else if (/\.m?ts$/.test(name)) files.push(read(path));
    }
  };
  for (const root of folders) if (statSync(root, { throwIfNoEntry: false })) visit(root);
  return files;
}

function read(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const imports = [...text.matchAll(importPattern)].map((match) => {
    const target = (match[1] ?? match[2] ?? match[3])!;
    return target.startsWith('.') ? relative('.', normalize(join(dirname(path), target))) : target;
  });
  return { path, text, lines: text.split('\n').length, imports };
}

export const isTest = ({ path }: SourceFile): boolean => /\.test\.ts$/.test(path) || /(^|\/)test-support\//.test(path);
