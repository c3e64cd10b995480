/** The rules the structure stands on. A rule that hurts is changed here, with its reason, and not worked around. */
import { describe, expect, it } from 'vitest';
import { isTest, readSources, type SourceFile } from './source-files.ts';

const sources = readSources();
const product = sources.filter((file) => !isTest(file));
const inside = (folder: string) => (file: SourceFile) => file.path.startsWith(`${folder}/`);

/** Files that break a rule, as `file → what`. */
const offenders = (files: SourceFile[], isWrong: (target: string, file: SourceFile) => boolean): string[] =>
  files.flatMap((file) =>
    file.imports.filter((target) => isWrong(target, file)).map((target) => `${file.path} → ${target}`),
  );

describe('dependencies point one way', () => {
  it('engines in layers/ know no AWS, except the kernel', () => {
    const engines = product.filter((file) => inside('layers')(file) && !inside('layers/kernel')(file));
    expect(
      offenders(
        engines,
        (target) => target.startsWith('@aws-sdk/') || target.startsWith('functions/') || target === 'aws-lambda',
      ),
    ).toEqual([]);
  });

  it('the kernel knows no domain', () => {
    expect(
      offenders(
        product.filter(inside('layers')),
        (target) => target.startsWith('functions/') || target.startsWith('infra/') || target.startsWith('local/'),
      ),
    ).toEqual([]);
  });

  it('functions know neither infrastructure nor the local runtime', () => {
    expect(
      offenders(product.filter(inside('functions')), (target) => /^(infra|local|test|scripts|bench)\//.test(target)),
    ).toEqual([]);
  });

  it('infra/ reads manifests, route tables and the kernel, never operations or AWS clients', () => {
    const allowed = (target: string): boolean =>
      /^functions\/[a-z]+\/domain\.ts$/.test(target) ||
      target.startsWith('layers/kernel/') ||
      !/^(functions|layers|local|test|bench)\//.test(target);
    expect(
      offenders(product.filter(inside('infra')), (target) => !allowed(target) || target.startsWith('@aws-sdk/')),
    ).toEqual([]);
  });

  it('manifests and route tables are pure data: they import no operation, no AWS client and no handler', () => {
    const data = product.filter((file) => inside('functions')(file) && /\/(domain|routes|events)\.ts$/.test(file.path));
    expect(
      offenders(
        data,
        (target) => target.startsWith('@aws-sdk/') || /\/(handler|repository|operations)\.ts$/.test(target),
      ),
    ).toEqual([]);
  });

  it('the local runtime plays AWS and knows nothing of the product, except to seed its demo', () => {
    const runtime = product.filter(
      (file) => /^local\/(runtime|services)\//.test(file.path) || file.path === 'local/platform.ts',
    );
    expect(offenders(runtime, (target) => /^(functions|layers|infra)\//.test(target))).toEqual([]);
  });

  it('the edge gateway is a program of its own: engines in layers/ and the kernel of schemas, no AWS, no function', () => {
    expect(
      offenders(product.filter(inside('edge-gateway')), (target) =>
        /^(functions|infra|local|test|scripts|bench)\/|^@aws-sdk\//.test(target),
      ),
    ).toEqual([]);
  });

  it('libraries of protocols know no Mizan: whoever needs a protocol could install one', () => {
    expect(
      offenders(
        product.filter(inside('edge-gateway/protocols')),
        (target, file) =>
          !target.startsWith('node:') &&
          target !== 'serialport' &&
          !target.startsWith('edge-gateway/protocols/transport/') &&
          !target.startsWith(file.path.split('/').slice(0, 3).join('/')),
      ),
    ).toEqual([]);
  });

  it('domains meet through contracts and events only', () => {
    const isForeign = (target: string, file: SourceFile): boolean => {
      const own = file.path.split('/')[1];
      const other = /^functions\/([a-z]+)\/(.+)$/.exec(target);
      if (!other || other[1] === own || !file.path.startsWith('functions/')) return false;
      return !/^(contract|events)\.ts$/.test(other[2]!);
    };
    // The static file server is shared by nobody else; the event catalogue reads every domain's events.
    expect(offenders(product.filter(inside('functions')), isForeign)).toEqual([]);
  });
});

describe('tenancy', () => {
  it('only registries and log-in open the global scope', () => {
    const users = product
      .filter((file) => inside('functions')(file) && /openGlobalSession|globalScope/.test(file.text))
      .map(({ path }) => path.split('/').slice(0, 2).join('/'));
    // Identity: log-in knows no tenant yet. Scada: station codes, and the sweep of connections. Metering: messages of unknown stations. Platform: see its README.
    expect(
      [...new Set(users)].filter(
        (domain) =>
          !['functions/identity', 'functions/scada', 'functions/metering', 'functions/platform'].includes(domain),
      ),
    ).toEqual([]);
  });

  it('no function builds a partition key by hand', () => {
    const builders = product
      .filter((file) => inside('functions')(file) && /pk:\s*[`'"]|['"`]T#/.test(file.text))
      .map(({ path }) => path);
    expect(builders).toEqual([]);
  });

  it('nothing calls PutEvents: events leave through the outbox', () => {
    expect(
      product.filter((file) => !inside('local')(file) && /PutEventsCommand/.test(file.text)).map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('every resource', () => {
  it('is served by the one pipeline that refuses nobody', async () => {
    const { domains } = await import('../../infra/domains.ts');
    const entries = domains.flatMap(({ resources }) => resources.map(({ entry }) => entry));
    const unguarded = entries.filter(
      (entry) => !/^export const handler = serve\(/m.test(sources.find(({ path }) => path === entry)?.text ?? ''),
    );
    expect(unguarded).toEqual([]);
  });
});

describe('style', () => {
  it('files are named in kebab-case, after a topic', () => {
    const bad = sources
      .map(({ path }) => path.split('/').pop()!)
      .filter(
        (name) =>
          !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.m?ts$/.test(name) ||
          /^(utils?|helpers?|misc|common-utils)\.ts$/.test(name),
      );
    expect(bad).toEqual([]);
  });

  it('every file says why it exists', () => {
    expect(product.filter(({ text }) => !/^(#!.*\n)?\/(\*\*|\*|\/)/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('exports have names', () => {
    // The test runner and CDK want a default export in the one place each.
    expect(product.filter(({ text }) => /^export default/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('no file is a heap', () => {
    expect(product.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('nothing but configuration reads the environment', () => {
    const readers = product
      .filter((file) => /^(functions|layers)\//.test(file.path) && /process\.env/.test(file.text))
      .map(({ path }) => path);
    const allowed = /\/config(\.ts$|\/)|\/observability\/logger\.ts$/;
    expect(readers.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('no comment is a note to self', () => {
    expect(product.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
