import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../runtime/driver.ts';
import { IssueCollector } from '../configuration-error.ts';
import { commandPayload, commandValue, UnsayableError } from './command-payload.ts';
import { parseJsonPath, valueAt } from './json-path.ts';
import { parseMessagePoint, sampleOf, timeOf } from './message-point.ts';

describe('a path', () => {
  it.each<[string, unknown]>([
    ['$', { a: 1 }],
    ['a', 1],
    ['$.a', 1],
    ['$.list[1].x', 'y'],
    ['list[0]', 5],
    ['["odd key"].z', true],
    ["$['odd key'].z", true],
    ['$.missing.deeper', undefined],
    ['$.constructor', undefined],
    ['$.a.toFixed', undefined],
    ['$.list.length', 2],
  ])('%s leads where it should', (text, expected) => {
    const document = { a: 1, list: [5, { x: 'y' }], 'odd key': { z: true } };
    expect(valueAt(text === '$' ? { a: 1 } : document, parseJsonPath(text)!)).toEqual(expected);
  });

  it.each(['$..a', 'a..b', '[', 'a[', 'a[x]', '$a.b c', 'a[-1]', 'x'.repeat(3) + '.y'.repeat(40)])(
    '%s is none',
    (text) => {
      expect(parseJsonPath(text)).toBeUndefined();
    },
  );

  it('never throws, whatever it is and leads into', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, document) => {
        const path = parseJsonPath(text);
        if (path) valueAt(document, path);
      }),
    );
  });
});

const sample = (fields: object, dataType: string, document: unknown) => {
  const issues = new IssueCollector();
  const point = parseMessagePoint(fields, dataType, 'p', issues);
  issues.finish();
  return sampleOf('p', point!, document);
};

describe('a message', () => {
  it.each<[string, object, string, unknown, object | undefined]>([
    ['a number as text', { path: 'v' }, 'number', { v: '1.5' }, { value: 1.5, quality: 'good' }],
    ['an empty text', { path: 'v' }, 'number', { v: '' }, { value: undefined, quality: 'bad' }],
    ['a fraction for an integer', { path: 'v' }, 'uint16', { v: 1.5 }, { quality: 'bad', reason: '1.5 is no integer' }],
    ['a counter past 2^53', { path: 'v' }, 'int64', { v: '9007199254740993' }, { value: 9_007_199_254_740_993n }],
    ['a number that has lost digits', { path: 'v' }, 'int64', { v: 9_007_199_254_740_994 }, { quality: 'bad' }],
    ['a word for a state', { path: 'v' }, 'boolean', { v: 'ON' }, { value: true }],
    ['a word that is none', { path: 'v' }, 'boolean', { v: 'maybe' }, { quality: 'bad' }],
    ['a document for a text', { path: 'v' }, 'string', { v: {} }, { quality: 'bad' }],
    ['a word of the device', { path: 'v', values: { RUN: 3 } }, 'integer', { v: 'RUN' }, { value: 3 }],
    ['uncertain', { path: 'v', qualityPath: 'q' }, 'number', { v: 1, q: 'UNCERTAIN' }, { quality: 'uncertain' }],
    ['no quality where one belongs', { path: 'v', qualityPath: 'q' }, 'number', { v: 1 }, { quality: 'bad', value: 1 }],
    ['nothing of it', { path: 'v' }, 'number', { w: 1 }, undefined],
  ])('with %s', (_, fields, dataType, document, expected) => {
    const found = sample(fields, dataType, document);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it.each<[unknown, 's' | 'ms' | undefined, number | undefined]>([
    [1_767_225_600, undefined, 1_767_225_600_000],
    [1_767_225_600_123, undefined, 1_767_225_600_123],
    [1_767_225_600.5, 's', 1_767_225_600_500],
    ['2026-01-01T00:00:00Z', undefined, 1_767_225_600_000],
    ['2026-01-01T03:00:00+03:00', undefined, 1_767_225_600_000],
    ['2026-01-01T00:00:00', undefined, undefined],
    ['yesterday', undefined, undefined],
    [-1, undefined, undefined],
  ])('with the time %s', (raw, unit, expected) => {
    expect(timeOf(raw, unit)).toBe(expected);
  });
});

describe('a command', () => {
  const command = (action: Command['action']): Command => ({
    id: 'c-1',
    pointId: 'p',
    action,
    mode: 'direct',
    expiresAtMs: Date.UTC(2026, 0, 1),
  });

  it('keeps the type of its value in a document, and becomes text within one', () => {
    const template = { v: '{value}', text: 'set {value} by {id}', until: '{expires}', list: ['{value}', 1, null] };
    expect(JSON.parse(commandPayload(command({ kind: 'write', value: 5 }), 5, template))).toEqual({
      v: 5,
      text: 'set 5 by c-1',
      until: '2026-01-01T00:00:00.000Z',
      list: [5, 1, null],
    });
  });

  it('says values and codes in the device’s words', () => {
    const words = { true: 'ON', trip: 'OPEN', '5': 'five' };
    expect(commandValue(command({ kind: 'write', value: true }), words)).toBe('ON');
    expect(commandValue(command({ kind: 'operate', code: 'trip' }), words)).toBe('OPEN');
    expect(commandValue(command({ kind: 'operate', code: 'close' }), words)).toBe('ON');
    expect(commandValue(command({ kind: 'write', value: 5n }), undefined)).toBe(5);
    expect(commandValue(command({ kind: 'write', value: 2n ** 60n }), undefined)).toBe('1152921504606846976');
    expect(() => commandValue(command({ kind: 'operate', code: 'pulse_on' }), words)).toThrow(UnsayableError);
  });
});
