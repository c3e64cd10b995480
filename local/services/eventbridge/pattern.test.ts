/** The pattern language, by sections of the EventBridge User Guide, "Comparison operators for use in event patterns". */
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternError } from './pattern.ts';

const matches = (pattern: object, event: object) => compilePattern(pattern)(event);

describe.each<[section: string, condition: unknown, matching: unknown[], others: unknown[]]>([
  ['Equals', 'running', ['running', ['x', 'running']], ['Running', 'run', 1, null, [], {}]],
  ['Equals (numbers)', 300, [300, [1, 300]], ['300', 301]],
  ['Null values', null, [null], ['', 'null', 0]],
  ['Empty strings', '', [''], [null, ' ']],
  ['Prefix matching', { prefix: 'us-' }, ['us-east-1'], ['eu-us-', 5, null]],
  ['Prefix ignoring case', { prefix: { 'equals-ignore-case': 'EventB' } }, ['eventbridge', 'EVENTB'], ['xeventb']],
  ['Suffix matching', { suffix: '.png' }, ['a.png'], ['a.PNG', '.png.']],
  ['Suffix ignoring case', { suffix: { 'equals-ignore-case': '.Png' } }, ['a.PNG'], ['a.pngx']],
  ['Equals-ignore-case', { 'equals-ignore-case': 'alice' }, ['ALICE'], ['alice ']],
  ['Anything-but', { 'anything-but': 'init' }, ['run', 5, null, ['init', 'run']], ['init', ['init']]],
  ['Anything-but (list)', { 'anything-but': ['a', 'b'] }, ['c'], ['a', 'b']],
  ['Anything-but (numbers)', { 'anything-but': [100, 200] }, [300, '100'], [100]],
  ['Anything-but prefix', { 'anything-but': { prefix: 'us-' } }, ['eu'], ['us-east-1']],
  ['Anything-but prefix (list)', { 'anything-but': { prefix: ['us-', 'eu-'] } }, ['me-1'], ['us-1', 'eu-1']],
  ['Anything-but suffix', { 'anything-but': { suffix: '.png' } }, ['a.jpg'], ['a.png']],
  ['Anything-but ignore case', { 'anything-but': { 'equals-ignore-case': ['init'] } }, ['run'], ['INIT']],
  ['Anything-but wildcard', { 'anything-but': { wildcard: '*/lib/*' } }, ['/usr/bin'], ['/usr/lib/x']],
  ['Numeric matching', { numeric: ['>', 10, '<=', 20] }, [10.5, 20], [10, 20.1, '15']],
  ['Numeric equals', { numeric: ['=', 3.018e2] }, [301.8], [301]],
  ['IP address matching', { cidr: '10.0.0.0/24' }, ['10.0.0.0', '10.0.0.255'], ['10.0.1.0', 'x', '::1']],
  ['IP address matching (v6)', { cidr: '2001:db8::/32' }, ['2001:db8::5'], ['2001:db9::5', '10.0.0.1']],
  ['Exists', { exists: true }, ['', 0, null, ['x']], [{ child: 1 }, []]],
  ['Wildcard', { wildcard: 'dir/*.png' }, ['dir/.png', 'dir/a/b.png'], ['dir/a.PNG', 'xdir/a.png']],
  ['Wildcard with escapes', { wildcard: 'a\\*b*' }, ['a*b', 'a*bc'], ['axb']],
  ['Wildcard is literal elsewhere', { wildcard: 'a.c*' }, ['a.c'], ['abc']],
])('%s', (_, condition, matching, others) => {
  it.each(matching)('matches %j', (value) => {
    expect(matches({ field: [condition] }, { field: value })).toBe(true);
  });
  it.each(others)('does not match %j', (value) => {
    expect(matches({ field: [condition] }, { field: value })).toBe(false);
  });
  it('does not match a missing field', () => {
    expect(matches({ field: [condition] }, { other: 1 })).toBe(false);
  });
});

describe('combining conditions', () => {
  it('needs all fields and any of a field\'s values ("And", "Or")', () => {
    const pattern = { source: ['a', 'b'], detail: { state: ['on'], level: [{ numeric: ['>', 5] }] } };
    expect(matches(pattern, { source: 'b', detail: { state: 'on', level: 6, more: true } })).toBe(true);
    expect(matches(pattern, { source: 'b', detail: { state: 'on', level: 5 } })).toBe(false);
    expect(matches(pattern, { source: 'c', detail: { state: 'on', level: 6 } })).toBe(false);
  });

  it('takes $or at any level ("Or matching")', () => {
    const pattern = { detail: { $or: [{ a: [1] }, { b: [{ exists: false }], c: [2] }], always: ['x'] } };
    expect(matches(pattern, { detail: { a: 1, b: 1, always: 'x' } })).toBe(true);
    expect(matches(pattern, { detail: { c: 2, always: 'x' } })).toBe(true);
    expect(matches(pattern, { detail: { b: 1, c: 2, always: 'x' } })).toBe(false);
    expect(matches(pattern, { detail: { a: 1 } })).toBe(false);
  });

  it('sees absence below absent objects ("Exists matching")', () => {
    expect(matches({ detail: { a: { b: [{ exists: false }] } } }, { detail: {} })).toBe(true);
    expect(matches({ detail: { a: [{ exists: false }, 'x'] } }, { detail: { a: 'x' } })).toBe(true);
    expect(matches({ detail: { toString: [{ exists: true }] } }, { detail: {} })).toBe(false);
  });

  it('matches all fields of a nested pattern in one element of an array ("Arrays in event patterns")', () => {
    const pattern = { detail: { items: { id: [1], state: ['on'] } } };
    expect(matches(pattern, { detail: { items: [{ id: 2 }, { id: 1, state: 'on' }] } })).toBe(true);
    expect(
      matches(pattern, {
        detail: {
          items: [
            { id: 1, state: 'off' },
            { id: 2, state: 'on' },
          ],
        },
      }),
    ).toBe(false);
  });
});

describe('patterns EventBridge refuses', () => {
  it.each<[object | string, RegExp]>([
    ['{', /not JSON/],
    [[], /JSON object/],
    [{}, /empty objects/],
    [{ a: 'x' }, /"a" must be an object or an array/],
    [{ a: [] }, /empty arrays/],
    [{ a: [['x']] }, /array inside an array/],
    [{ a: [{ sounds: 'like' }] }, /unrecognized match type sounds/],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, /only one key/],
    [{ a: [{ exists: 'yes' }] }, /true or false/],
    [{ a: [{ numeric: ['>', '5'] }] }, /numeric/],
    [{ a: [{ numeric: ['~', 5] }] }, /operator: ~/],
    [{ a: [{ cidr: '10.0.0.0/33' }] }, /CIDR/],
    [{ a: [{ wildcard: 'a**' }] }, /consecutive/],
    [{ a: [{ 'anything-but': [true] }] }, /strings or numbers/],
    [{ $or: [{ a: [1] }] }, /at least two/],
  ])('%j', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
    expect(() => compilePattern(pattern)).toThrow(message);
  });

  it('refuses in filters of pipes what only buses support ("Pipe support")', () => {
    expect(() => compilePattern({ a: [{ wildcard: 'x*' }] }, 'pipe')).toThrow(/not supported/);
    expect(() => compilePattern({ a: [{ 'anything-but': { prefix: 'x' } }] }, 'pipe')).toThrow(/not supported/);
    expect(compilePattern({ a: [{ 'anything-but': ['x'] }] }, 'pipe')({ a: 'y' })).toBe(true);
  });
});
