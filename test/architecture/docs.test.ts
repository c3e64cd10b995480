/** Documentation that names a file, a heading, a command or an endpoint is wrong once that is gone; here it says so. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { domains } from '../../infra/domains.ts';
import type { Route } from '../../layers/kernel/http/route.ts';

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

/** Method and path of every operation, its path in segments. */
const operations = domains
  .flatMap(({ resources = [] }) => resources.map(({ resource }) => resource))
  .flatMap(({ base, routes }) =>
    Object.values<Route>(routes).map(({ method, path }) => ({ method, segments: segmentsOf(`${base}${path}`) })),
  );

function segmentsOf(path: string): string[] {
  return path
    .replace(/[?#].*$/, '')
    .split('/')
    .filter((segment) => segment !== '');
}

/** A document names the end of a path where its beginning was said before, and may leave out segments by `…`. */
function isOperation(method: string, path: string): boolean {
  const named = segmentsOf(path);
  // The first segment is never a value: any single word would be the id of something.
  const isSame = (segment: string, real: string, i: number): boolean =>
    segment === '…' || segment === real || (real.startsWith('{') && (i > 0 || segment.startsWith('{')));
  return operations.some(
    (operation) =>
      operation.method === method &&
      operation.segments.length >= named.length &&
      named.every((segment, i) => isSame(segment, operation.segments.at(i - named.length)!, i)),
  );
}

/** Where endpoints are those of providers, of the local runtime and of partners. */
const isOthers = (path: string, endpoint: string): boolean => path === 'docs/providers.md' || /^\/_/.test(endpoint);

const missingOperations = (path: string, text: string): string[] =>
  [...text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/[^\s`'")|,;:]*)/g)]
    .map(([, method, endpoint]) => [method!, endpoint!.replace(/\.+$/, '')] as const)
    .filter(([method, endpoint]) => !isOthers(path, endpoint) && !isOperation(method, endpoint))
    .map(([method, endpoint]) => `${method} ${endpoint}`);

const folders = 'functions|layers|docs|test|local|infra|edge-gateway|scripts|bench|console';

/** Files and folders that a text names from the root of the repository, or from where it lies. */
const missingPaths = (document: string, text: string): string[] =>
  [...text.matchAll(new RegExp(`\`((?:${folders})/[^\\s\`*{<…]*)\``, 'g'))]
    .map(([, path]) => path!.replace(/[:#].*$/, ''))
    .filter((path) => !existsSync(path) && !existsSync(join(dirname(document), path)));

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

  it.each(documents)('$path: every endpoint it names is served', ({ path, text }) => {
    expect(missingOperations(path, text)).toEqual([]);
  });

  it.each(documents)('$path: every path of the repository it names is there', ({ path, text }) => {
    expect(missingPaths(path, text)).toEqual([]);
  });

  it.each(documents)('$path: every benchmark and every command of administrators it names is known', ({ text }) => {
    const benches = readFileSync('bench/main.ts', 'utf8').matchAll(/^ {2}'?([a-z-]+)'?: \(\) => import/gm);
    const known = new Set([...benches].map(([, name]) => name!));
    const named = [...text.matchAll(/npm run bench -- ([a-z][a-z -]*)/g)].flatMap(([, names]) =>
      names!.trim().split(' '),
    );
    expect(named.filter((name) => !name.startsWith('-') && !known.has(name))).toEqual([]);
    const help = readFileSync('scripts/mizan/texts.ts', 'utf8');
    const commands = [...text.matchAll(/npm run mizan -- ([a-z][a-z-]+ [a-z]+)/g)].map(([, command]) => command!);
    expect(commands.filter((command) => !new RegExp(`^ *${command.replace(' ', ' +')}\\b`, 'm').test(help))).toEqual(
      [],
    );
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

describe('the table of domains in docs/architecture.md', () => {
  const text = readFileSync('docs/architecture.md', 'utf8');

  it.each(domains)('says what $name publishes', ({ name, events }) => {
    const row = new RegExp(`^\\| \\[${name}\\]\\([^)]+\\) \\|[^|]+\\|([^|]+)\\|`, 'm').exec(text)?.[1] ?? '';
    const told = [...row.matchAll(/`([a-z_]+)\.\*`/g)].map(([, group]) => group!);
    expect(told.sort()).toEqual([...new Set((events ?? []).map(({ type }) => type.split('.')[0]!))].sort());
  });
});

describe('the checks of endpoints and paths', () => {
  it('know a path by its end, with values in place of names', () => {
    const text = '`GET /api/scada/stations/ST-001`, `POST /alert-rules`, `GET …/redrives`, `GET /_runtime/cost`';
    expect(missingOperations('docs/x.md', text)).toEqual([]);
  });

  it('find what is missing', () => {
    expect(missingOperations('docs/x.md', '`DELETE /api/scada`, `GET /no-such-thing`.')).toEqual([
      'DELETE /api/scada',
      'GET /no-such-thing',
    ]);
    expect(missingPaths('docs/x.md', '`functions/no-such-domain/`, `docs/README.md`, `functions/<domain>/`')).toEqual([
      'functions/no-such-domain/',
    ]);
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
