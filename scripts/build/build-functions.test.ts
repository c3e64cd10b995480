import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DomainManifest, defineDomain, type FunctionSpec } from '../../layers/kernel/domain/manifest.ts';
import { buildFunctions } from './build-functions.ts';

let root: string;
let outdir: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mizan-build-'));
  outdir = join(root, 'out');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const domain = (...functions: Omit<FunctionSpec, 'access'>[]): DomainManifest =>
  defineDomain({
    name: 'sample',
    tables: {},
    events: [],
    resources: [],
    functions: functions.map((spec) => ({ ...spec, access: {} })),
  });
const build = (...functions: Omit<FunctionSpec, 'access'>[]) =>
  buildFunctions({ manifests: [domain(...functions)], root, outdir });

describe('bundling functions', () => {
  it('makes one ES module per function, with everything it uses and nothing else', async () => {
    write('shared.ts', 'export const used = (n: number): string => `used ${n}`; export const other = "left out";');
    write('hello.ts', 'import { used } from "./shared.ts"; export const handler = async () => used(1);');
    const result = await build({ name: 'hello', entry: 'hello.ts' });
    expect(result.written).toEqual(['sample-hello']);
    const file = join(outdir, 'sample-hello/index.mjs');
    expect(readFileSync(file, 'utf8')).not.toContain('left out');
    const { handler } = await import(pathToFileURL(file).href);
    expect(await handler()).toBe('used 1');
  });

  it('lets CommonJS code inside a bundle require Node modules', async () => {
    write('legacy.cjs', 'exports.separator = require("path").sep;');
    write('hello.ts', 'import { separator } from "./legacy.cjs"; export const handler = () => separator;');
    await build({ name: 'hello', entry: 'hello.ts' });
    const { handler } = await import(pathToFileURL(join(outdir, 'sample-hello/index.mjs')).href);
    expect(handler()).toBe('/');
  });

  it.each([
    ['an import', 'import { Agent } from "node:http"; export const handler = async () => Agent.name;'],
    ['an import on demand', 'export const handler = async () => (await import("http")).Agent.name;'],
    [
      'an import of everything',
      'import * as http from "node:http"; export const handler = async () => http.Agent.name;',
    ],
  ])('has %s of HTTP not load the client behind fetch', async (_, source) => {
    write('web.ts', source);
    utimesSync(join(root, 'web.ts'), new Date(0), new Date(0));
    await build({ name: 'web', entry: 'web.ts' });
    const module = pathToFileURL(join(outdir, 'sample-web/index.mjs')).href;
    const program = `
      const said = await (await import(${JSON.stringify(module)})).handler();
      console.log(said, process.moduleLoadList.some((name) => name.endsWith('deps/undici/undici')));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(output.trim()).toBe('Agent false');
    // What is made here and lies in no file must not keep a bundle from being known again.
    expect(JSON.parse(readFileSync(`${outdir}-inputs.json`, 'utf8')).bundles).toHaveProperty('sample-web');
  });

  it('gives functions built one after the other each its own code, and what they share to all', async () => {
    write('shared.ts', 'export const shared = (name: string): string => `shared by ${name}`;');
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names)
      write(`${name}.ts`, `import { shared } from "./shared.ts"; export const handler = () => shared("${name}");`);
    await build(...names.map((name) => ({ name, entry: `${name}.ts` })));
    for (const name of names) {
      const { handler } = await import(pathToFileURL(join(outdir, `sample-${name}/index.mjs`)).href);
      expect(handler()).toBe(`shared by ${name}`);
    }
  });

  it('does not touch what did not change, and says what did', async () => {
    write('a.ts', 'export const handler = () => 1;');
    write('b.ts', 'export const handler = () => 1;');
    const specs = [
      { name: 'a', entry: 'a.ts' },
      { name: 'b', entry: 'b.ts' },
    ];
    await build(...specs);
    const past = new Date(0);
    utimesSync(join(outdir, 'sample-a/index.mjs'), past, past);
    write('b.ts', 'export const handler = () => 2;');
    const result = await build(...specs);
    expect(result).toMatchObject({ written: ['sample-b'], unchanged: ['sample-a'] });
    expect(statSync(join(outdir, 'sample-a/index.mjs')).mtimeMs).toBe(0);
  });

  it('removes the bundles of functions that are gone', async () => {
    write('a.ts', 'export const handler = () => 1;');
    await build({ name: 'a', entry: 'a.ts' }, { name: 'b', entry: 'a.ts' });
    const result = await build({ name: 'a', entry: 'a.ts' });
    expect(result.removed).toEqual(['sample-b']);
    expect(readdirSync(outdir)).toEqual(['sample-a']);
  });

  it('lays assets beside the code, files and folders, and removes those that are gone', async () => {
    write('a.ts', 'export const handler = () => 1;');
    write('files/page.html', '<p>');
    write('files/fonts/x.ttf', 'font');
    await build({ name: 'a', entry: 'a.ts', assets: ['files/page.html', 'files/fonts'] });
    expect(readFileSync(join(outdir, 'sample-a/fonts/x.ttf'), 'utf8')).toBe('font');
    const result = await build({ name: 'a', entry: 'a.ts', assets: ['files/page.html'] });
    expect(result.written).toEqual(['sample-a']);
    expect(readdirSync(join(outdir, 'sample-a'), { recursive: true })).not.toContain('fonts/x.ttf');
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'an entry that does not exist',
      () => build({ name: 'a', entry: 'no.ts' }),
      /"sample-a": its entry no\.ts does not exist/,
    ],
    [
      'an asset that does not exist',
      () => {
        write('a.ts', 'export const handler = () => 1;');
        return build({ name: 'a', entry: 'a.ts', assets: ['no.html'] });
      },
      /"sample-a": its asset no\.html does not exist/,
    ],
    [
      'code that does not compile, with file and line',
      () => {
        write('a.ts', 'export const handler = () => {');
        return build({ name: 'a', entry: 'a.ts' });
      },
      /a\.ts:1/,
    ],
    [
      'an import that does not exist',
      () => {
        write('a.ts', 'import "./gone.ts"; export const handler = 1;');
        return build({ name: 'a', entry: 'a.ts' });
      },
      /Could not resolve "\.\/gone\.ts"/,
    ],
  ])('refuses %s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });
});
