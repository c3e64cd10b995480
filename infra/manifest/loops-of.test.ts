/** Who hands on to itself, directly or round through others, and who only sends. */
import { expect, it } from 'vitest';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { domains } from '../domains.ts';
import { gauging } from '../test-support/sample-domains.ts';
import { loopsOf } from './loops-of.ts';

const entry = 'x.ts';
const consumer = (name: string, ...queues: string[]) => ({ name, entry, queue: { name }, access: { queues } });
const loops = (changes: Partial<DomainManifest>): string[] => [...loopsOf({ ...gauging, ...changes })].sort();

it('a function that sends to the queue it is fed from is in a loop, one that only sends to it is not', () => {
  expect(loops({})).toEqual(['worker']);
});

it('functions that feed each other are, and none behind or before them', () => {
  const consumers = [
    ...gauging.consumers!.slice(0, 1),
    consumer('work', 'one'),
    consumer('one', 'two', 'leaf'),
    consumer('two', 'three'),
    consumer('three', 'one'),
    consumer('leaf'),
  ];
  expect(loops({ consumers })).toEqual(['one', 'three', 'two']);
});

it('walks of the product are, and what answers requests never is', () => {
  const found = domains.flatMap((domain) => [...loopsOf(domain)]);
  expect(found).toEqual(expect.arrayContaining(['bill-customers', 'work-on-loss-reports', 'replayer']));
  const resources = domains.flatMap((domain) => domain.resources.map(({ resource }) => resource.name));
  expect(found.filter((name) => resources.includes(name))).toEqual([]);
});
