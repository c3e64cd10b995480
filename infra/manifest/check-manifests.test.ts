import { describe, expect, it } from 'vitest';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import type { Route } from '../../layers/kernel/http/route.ts';
import { domains } from '../domains.ts';
import { access, gauging } from '../test-support/sample-domains.ts';
import { checkManifests } from './check-manifests.ts';
import { functionsOf } from './functions-of.ts';

const changed = (changes: Partial<DomainManifest>) => () => checkManifests([access, { ...gauging, ...changes }]);
const entry = 'x.ts';

describe('manifests', () => {
  it('that fit together pass', () => {
    expect(changed({})).not.toThrow();
  });

  it.each<[string, Partial<DomainManifest>, RegExp]>([
    ['a domain name twice', { name: 'access' }, /two domains are named "access"/],
    [
      'a table name twice',
      { tables: { accounts: {}, gauges: { outbox: true }, values: {} } },
      /two tables are named "accounts"/,
    ],
    [
      'an unknown table',
      { tables: { gauges: { outbox: true } } },
      /function "gauging-gauges": it is granted the table "values", which no domain has/,
    ],
    ['an unknown bucket', { buckets: {} }, /granted the bucket "exports"/],
    ['a queue of nobody', { consumers: [] }, /granted the queue "work", which is not a queue of this domain/],
    [
      'a topic rule without consumer',
      { consumers: gauging.consumers!.slice(1) },
      /topic rule "gauge-data" fills the queue "ingest"/,
    ],
    [
      'an outbox missing',
      { tables: { gauges: {}, values: {} } },
      /publishes events, but none of its tables has an outbox/,
    ],
    [
      'a function name twice',
      { functions: [{ name: 'ingest', entry, access: {} }] },
      /two functions are named "ingest"/,
    ],
    ['a name that is not kebab-case', { functions: [{ name: 'doIt', entry, access: {} }] }, /"doIt" is not kebab-case/],
    [
      'a key that does not exist',
      { functions: [{ name: 'f', entry, access: { keys: { master: 'sign' } } }] },
      /key "master", known are signing and signing-next and secrets/,
    ],
    [
      'a timeout beyond Lambda',
      { functions: [{ name: 'f', entry, access: {}, timeoutSeconds: 901 }] },
      /timeout may be 900 s at most/,
    ],
    [
      'a timeout beyond the gateway',
      { resources: gauging.resources.map((spec) => ({ ...spec, timeoutSeconds: 30 })) },
      /timeout may be 29 s at most/,
    ],
    ['memory beyond Lambda', { functions: [{ name: 'f', entry, access: {}, memoryMb: 64 }] }, /64 MB of memory/],
    [
      'big batches without a window',
      { consumers: gauging.consumers!.map((spec) => ({ ...spec, batchSize: 50 })) },
      /batchWindowSeconds ≥ 1/,
    ],
    [
      'a concurrency Lambda does not know',
      { consumers: gauging.consumers!.map((spec) => ({ ...spec, maxConcurrency: 1 })) },
      /maxConcurrency 1; 2 to 1000/,
    ],
    [
      'messages that come again too soon',
      {
        consumers: gauging.consumers!.map((spec) => ({
          ...spec,
          queue: { ...spec.queue, visibilityTimeoutSeconds: 10 },
        })),
      },
      /shows messages again before "ingest" times out/,
    ],
    [
      'a base with a variable',
      { resources: gauging.resources.map((spec) => ({ ...spec, resource: { ...spec.resource, base: '/a/{id}' } })) },
      /the base "\/a\/\{id\}"/,
    ],
  ])('with %s are refused, with the reason', (_, changes, message) => {
    expect(changed(changes)).toThrow(message);
  });

  it('are refused with everything that is wrong at once', () => {
    expect(changed({ buckets: {}, consumers: [] })).toThrow(/bucket "exports".*queue "work"/s);
  });

  it('of two domains with one address are refused', () => {
    const twin = { ...access, name: 'twin', tables: {}, functions: [] };
    expect(() => checkManifests([access, { ...twin, resources: access.resources }])).toThrow(
      /two resources have the base/,
    );
  });
});

describe('the product', () => {
  it('has manifests that fit together', () => {
    expect(() => checkManifests(domains)).not.toThrow();
  });

  it('has no subscriber that waits for an event nobody publishes', () => {
    const published = new Set(domains.flatMap(({ events }) => events.map(({ type }) => type)));
    const awaited = domains.flatMap(({ subscribers = [] }) => subscribers.flatMap(({ events }) => events));
    expect(awaited.filter((type) => !type.includes('*') && !published.has(type))).toEqual([]);
  });

  it('grants the request counter to every resource with a route that counts', () => {
    const counting = domains.flatMap((manifest) =>
      functionsOf(manifest).filter(
        ({ kind, name }) =>
          kind === 'resource' &&
          Object.values<Route>(manifest.resources.find(({ resource }) => resource.name === name)!.resource.routes).some(
            ({ access, method }) => access !== 'public' || method !== 'GET',
          ),
      ),
    );
    const without = counting.filter((spec) => !['write', 'readWrite'].includes(spec.access.tables?.['limits'] ?? ''));
    expect(without.map(({ domain, name }) => `${domain}-${name}`)).toEqual([]);
  });
});
