/** Documentation that names a file, a heading or an npm script is wrong once that is gone; here it says so. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { domains } from '../../infra/domains.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

/** Tracked documents and new ones that are not ignored. */
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(path))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** What is inside code is an example, not a link. */
const prose = (text: string): string => text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '``');

/** Targets of `[text](target)`, `![text](target)` and `[label]: target`. */
function linksOf(text: string): string[] {
  const inline = [...prose(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const labelled = [...prose(text).matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  return [...inline, ...labelled].map(([, target]) => target!);
}

const isElsewhere = (target: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(target);

/** Anchors of a document's headings, as GitHub makes them. */
function anchorsOf(path: string): Set<string> {
  const text = readFileSync(path, 'utf8').replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  const headings = [...text.matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map(([, heading]) => heading!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{Letter}\p{Number}\p{Mark} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function brokenLinks(path: string, text: string): string[] {
  return linksOf(text)
    .filter((target) => !isElsewhere(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : normalize(join(dirname(path), decodeURIComponent(file)));
      if (!existsSync(found)) return true;
      return anchor !== undefined && found.endsWith('.md') && !anchorsOf(found).has(anchor);
    });
}

describe('documents', () => {
  it('are found', () => {
    expect(documents.map(({ path }) => path)).toContain('README.md');
  });

  it.each(documents)('$path: every relative link leads to a file, every anchor to a heading', ({ path, text }) => {
    expect(brokenLinks(path, text)).toEqual([]);
  });

  it.each(documents)('$path: every npm script it names exists', ({ text }) => {
    const named = [...text.matchAll(/\bnpm run (?:--?[a-z-]+ )*([a-z][a-z0-9:-]*)/g)].map(([, name]) => name!);
    const scripts = Object.keys(manifest.scripts);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('say of every dependency why it is there, and of no other', () => {
    const rows = [...readFileSync('docs/dependencies.md', 'utf8').matchAll(/^\| `([^`]+)` \|/gm)].map(
      ([, name]) => name!,
    );
    const installed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    expect([...new Set(rows)].sort()).toEqual(installed.sort());
  });

  it.each(domains.map(({ name }) => name))('of the domain "%s" tell its purpose', (name) => {
    expect(existsSync(`functions/${name}/README.md`)).toBe(true);
  });
});

describe('the check of links', () => {
  it('sees links with titles, images and labels, and not those in code', () => {
    const text = '[a](b.md "t") ![c](d.png)\n[e]: f.md\n`[g](h)`\n```\n[i](j)\n```\n';
    expect(linksOf(text)).toEqual(['b.md', 'd.png', 'f.md']);
  });

  it('finds what is missing', () => {
    expect(brokenLinks('docs/x.md', '[a](no-such-file.md) [b](../package.json) [c](https://example.com/)')).toEqual([
      'no-such-file.md',
    ]);
  });
});
