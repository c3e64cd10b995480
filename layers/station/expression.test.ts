import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpression, type KnownValue } from './evaluate-expression.ts';
import { ExpressionError, parseExpression, pointsOf } from './expression.ts';

const points: Record<string, KnownValue> = {
  a: { value: 6, quality: 'good' },
  'BUS-1.V': { value: 230, quality: 'uncertain' },
  old: { value: 4, quality: 'stale' },
  broken: { value: undefined, quality: 'bad' },
  'broken.known': { value: 7, quality: 'bad' },
  closed: { value: true, quality: 'good' },
  position: { value: 'on', quality: 'good' },
  big: { value: 12345678901234567890n, quality: 'good' },
  bytes: { value: new Uint8Array([1]), quality: 'good' },
};
const result = (text: string): KnownValue => evaluateExpression(parseExpression(text), (id) => points[id]);

describe('an expression', () => {
  it.each<[string, KnownValue['value']]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 3 - 2', 5],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['7 % 4', 3],
    ['1.5e2', 150],
    ['1 < 2 and 2 < 3', true],
    ['1 = 1 or 1 / 0 = 1', true],
    ['not 1 = 2', true],
    ['not not true', true],
    ['true and not false', true],
    ['[closed] = 1', true],
    ['[position] = "on"', true],
    ['[position] <> "off"', true],
    ['"1" = 1', false],
    ['if([a] > 5, 10, 20)', 10],
    ['min(3, 1, 2) + max(3, 1, 2)', 4],
    ['avg(1, 2, 6)', 3],
    ['sum(1, 2, 6)', 9],
    ['abs(-3) + sqrt(16)', 7],
    ['round(2.345, 2)', 2.35],
    ['MIN(1, 2)', 1],
    ['[big] > 1e19', true],
  ])('%s is %s', (text, value) => {
    expect(result(text)).toEqual({ value, quality: 'good' });
  });

  it('is as good as the worst value that mattered', () => {
    expect(result('[a] + [BUS-1.V]')).toEqual({ value: 236, quality: 'uncertain' });
    expect(result('[BUS-1.V] + [old]')).toEqual({ value: 234, quality: 'stale' });
    expect(result('if([closed], [a], [broken])')).toEqual({ value: 6, quality: 'good' });
    expect(result('[closed] or [broken]')).toEqual({ value: true, quality: 'good' });
    expect(result('if(good([broken.known]), [broken.known], 0)')).toEqual({ value: 0, quality: 'good' });
    expect(result('good([nowhere])')).toEqual({ value: false, quality: 'good' });
  });

  it.each([
    '[broken] + 1',
    '[broken.known]',
    '[nowhere]',
    '1 / 0',
    'sqrt(-1)',
    '[position] + 1',
    '[bytes]',
    '"a" < "b"',
  ])('knows no result of %s', (text) => {
    expect(result(text)).toEqual({ value: undefined, quality: 'bad' });
  });

  it.each([
    ['', /Expected a number/],
    ['1 +', /found the end/],
    ['1 2', /Expected an operator at 2, found "2"/],
    ['(1', /Expected "\)"/],
    ['1 < 2 < 3', /Expected an operator/],
    ['process.exit(1)', /Cannot read|Expected/],
    ['constructor(1)', /Expected/],
    ['toString(1)', /Expected/],
    ['min()', /Expected/],
    ['if(1, 2)', /if takes 3 parameters/],
    ['good(1)', /good takes a \[point\]/],
    ['[a', /Cannot read "\[a" at 1/],
    ['1'.repeat(1001), /Longer than/],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, /Nested deeper/],
    [`${'-'.repeat(60)}1`, /Nested deeper/],
    [Array(400).fill('1').join('+'), /More than 300 terms/],
  ])('refuses %j', (text, message) => {
    expect(() => parseExpression(text)).toThrow(ExpressionError);
    expect(() => parseExpression(text)).toThrow(message);
  });

  it('names the points it reads once each', () => {
    expect(pointsOf(parseExpression('if(good([a]), -[a] + [b.c-1], max([d], 1))'))).toEqual(['a', 'b.c-1', 'd']);
  });

  it('never throws anything but its own error, whatever it is given', () => {
    const piece = fc.constantFrom(
      '1',
      '[a]',
      '+',
      '-',
      '(',
      ')',
      'if',
      'and',
      'not',
      ',',
      '"x"',
      '<',
      '^',
      ' ',
      'min(',
      '$',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          evaluateExpression(parseExpression(pieces.join('')), (id) => points[id]);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
