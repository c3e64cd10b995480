import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDecimals, compareDecimals, formatDecimal, parseDecimal } from './decimal.ts';
import { normalizeNumber } from './normalize-number.ts';

const normal = (text: string) => formatDecimal(parseDecimal(text)!);
const sum = (a: string, b: string) => formatDecimal(addDecimals(parseDecimal(a)!, parseDecimal(b)!));

describe('numbers in normal form', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['000.000', '0'],
    ['1.0', '1'],
    ['+1.50', '1.5'],
    ['-007', '-7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.5E-3', '0.0015'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ])('%s is %s', (text, expected) => {
    expect(normalizeNumber(text)).toBe(expected);
  });

  test('keeps the whole range exact', () => {
    expect(normal('9.9999999999999999999999999999999999999E+125')).toBe(`${'9'.repeat(38)}${'0'.repeat(88)}`);
    expect(normal('-1E-130')).toBe(`-0.${'0'.repeat(129)}1`);
  });

  test.each(['', 'abc', '1e', '--1', '1 ', '0x10', 'NaN', 'Infinity', '.'])('refuses %j', (text) => {
    expect(() => normalizeNumber(text)).toThrow('The parameter cannot be converted to a numeric value');
  });

  test.each([
    ['1E126', 'Number overflow'],
    ['1E-131', 'Number underflow'],
    ['123456789012345678901234567890123456789', 'more than 38 significant digits'],
  ])('refuses %s', (text, message) => {
    expect(() => normalizeNumber(text)).toThrow(message);
  });
});

describe('arithmetic', () => {
  test('is exact where floating point is not', () => {
    expect(sum('0.1', '0.2')).toBe('0.3');
    expect(sum('9007199254740993', '1')).toBe('9007199254740994');
    expect(sum('1E20', '-0.00000001')).toBe('99999999999999999999.99999999');
    expect(sum('5', '-5')).toBe('0');
  });

  test('agrees with integers of any size', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        expect(sum(String(a), String(b))).toBe(String(a + b));
        const order = compareDecimals(parseDecimal(String(a))!, parseDecimal(String(b))!);
        expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });
});
