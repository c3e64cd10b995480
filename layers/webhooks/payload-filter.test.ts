import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterProblems, matchesFilter, type PayloadFilter, pruneByFilter } from './payload-filter.ts';

const event = {
  type: 'invoice.paid',
  aggregateId: 'inv-1',
  data: {
    amount: '120.50',
    count: 3,
    status: 'paid',
    tags: ['home', 'vip'],
    region: { code: 'SA-01' },
    note: null,
    lines: [
      { sku: 'A', qty: 1 },
      { sku: 'B', qty: 9 },
    ],
  },
};

describe('matchesFilter', () => {
  it.each<[string, PayloadFilter, boolean]>([
    ['an equal value', { data: { status: ['paid'] } }, true],
    ['one of several values', { data: { status: ['open', 'paid'] } }, true],
    ['none of them', { data: { status: ['open'] } }, false],
    ['a prefix', { aggregateId: [{ prefix: 'inv-' }] }, true],
    ['a suffix', { type: [{ suffix: '.paid' }] }, true],
    ['a numeric range', { data: { count: [{ numeric: ['>', 0, '<=', 3] }] } }, true],
    ['a number beyond it', { data: { count: [{ numeric: ['>', 3] }] } }, false],
    ['an exact decimal in text', { data: { amount: [{ numeric: ['>=', 120.5] }] } }, true],
    ['text that is no number', { data: { status: [{ numeric: ['>', 0] }] } }, false],
    ['existence', { data: { region: { code: [{ exists: true }] } } }, true],
    ['absence', { data: { region: { zip: [{ exists: false }] } } }, true],
    ['absence below a field that is missing', { data: { owner: { id: [{ exists: false }] } } }, true],
    ['null as a value that is there', { data: { note: [null] } }, true],
    ['an element of a list', { data: { tags: ['vip'] } }, true],
    ['a field of a list element', { data: { lines: { sku: ['B'], qty: [{ numeric: ['>', 5] }] } } }, true],
    ['fields of different elements', { data: { lines: { sku: ['A'], qty: [{ numeric: ['>', 5] }] } } }, false],
    ['anything but a value', { data: { status: [{ 'anything-but': ['open', 'void'] }] } }, true],
    ['anything but what it is', { data: { status: [{ 'anything-but': 'paid' }] } }, false],
    ['anything but a prefix', { data: { status: [{ 'anything-but': { prefix: 'pa' } }] } }, false],
    ['anything but, on a missing field', { data: { missing: [{ 'anything-but': 'x' }] } }, false],
    ['case aside', { data: { status: [{ 'equals-ignore-case': 'PAID' }] } }, true],
    ['both of two fields', { data: { status: ['paid'], count: [4] } }, false],
    ['nothing inherited', { data: { constructor: [{ exists: true }] } }, false],
  ])('matches %s', (_, filter, expected) => {
    expect(filterProblems(filter)).toEqual([]);
    expect(matchesFilter(filter, event)).toBe(expected);
  });

  it('never throws on a valid filter, whatever the event', () => {
    fc.assert(
      fc.property(fc.anything(), (any) => {
        matchesFilter({ data: { a: [{ prefix: 'x' }, 1, { numeric: ['<', 2] }], b: { c: [{ exists: false }] } } }, any);
      }),
    );
  });
});

describe('filterProblems', () => {
  it.each([
    [{ data: { amount: [{ numeric: ['>', '5'] }] } }, '/data/amount/0', 'numeric'],
    [{ data: { amount: [{ numeric: ['=='] }] } }, '/data/amount/0', 'numeric'],
    [{ data: { a: [{ regex: '.*' }] } }, '/data/a/0', 'Expected a value'],
    [{ data: { a: [] } }, '/data/a', 'at least one'],
    [{ data: 'x' }, '/data', 'object of fields'],
    [{ data: { a: ['x'.repeat(257)] } }, '/data/a/0', '256'],
    [{ a: { a: { a: { a: { a: { a: { a: { a: { a: [1] } } } } } } } } }, '/a/a/a/a/a/a/a/a', '8 deep'],
    [{ a: Array.from({ length: 51 }, (_, i) => i) }, '', '50 conditions'],
    [{ 'a/b': [{ exists: 1 }] }, '/a~1b/0', 'true or false'],
    [[], '', 'object of fields'],
  ])('names the place and the reason of %j', (filter, path, message) => {
    expect(filterProblems(filter)).toContainEqual({ path, message: expect.stringContaining(message) });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (any) => Array.isArray(filterProblems(any))));
  });
});

describe('pruneByFilter', () => {
  const payload = {
    readings: [
      { meterId: 'a', stationId: 'ST-1' },
      { meterId: 'b', stationId: 'ST-2' },
    ],
    tags: ['x', 'y'],
    site: {
      parts: [
        { kind: 'p', list: [{ n: 1 }, { n: 2 }] },
        { kind: 'q', list: [] },
      ],
    },
  };

  it('keeps of a list only what the filter asks for, at any depth', () => {
    expect(pruneByFilter({ readings: { stationId: ['ST-2'] } }, payload).readings).toEqual([payload.readings[1]]);
    const nested = pruneByFilter({ site: { parts: { kind: ['p'], list: { n: [2] } } } }, payload);
    expect(nested.site.parts).toEqual([{ kind: 'p', list: [{ n: 2 }] }]);
  });

  it('leaves everything else as it is, and its input untouched', () => {
    const before = structuredClone(payload);
    const pruned = pruneByFilter({ readings: { stationId: ['ST-2'] }, tags: ['x'] }, payload);
    expect({ tags: pruned.tags, site: pruned.site }).toEqual({ tags: payload.tags, site: payload.site });
    expect(payload).toEqual(before);
  });
});
