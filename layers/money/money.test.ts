import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyCodes, currencyExponent, isCurrency } from './currencies.ts';
import { parseDecimal } from './decimal.ts';
import { convert, equals, formatMoney, money, parseMoney } from './money.ts';
import { divideRounded, type RoundingMode, roundingModes } from './rounding.ts';

const currency = fc.constantFrom(...currencyCodes);
// Thirty digits are read, one more is not.
const minor = fc.bigInt({ min: 1n - 10n ** 30n, max: 10n ** 30n - 1n });
const mode = fc.constantFrom<RoundingMode>(...roundingModes);

describe('currencies', () => {
  it.each([
    ['YER', 2],
    ['SAR', 2],
    ['USD', 2],
    ['IRR', 2],
    ['KZT', 2],
    ['KWD', 3],
    ['BHD', 3],
    ['JPY', 0],
    ['CLF', 4],
  ])('%s has %i decimals', (code, exponent) => {
    expect(currencyExponent(code)).toBe(exponent);
  });

  it('are each listed once, and unknown ones are refused', () => {
    expect(new Set(currencyCodes).size).toBe(currencyCodes.length);
    expect(currencyCodes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    expect(isCurrency('ABC')).toBe(false);
    expect(() => currencyExponent('yer')).toThrow(/no currency/);
    expect(() => money(1n, 'toString')).toThrow(RangeError);
  });
});

describe('amounts as text', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(minor, currency, (units, code) => {
        const text = formatMoney(money(units, code));
        expect(parseMoney(text, code)).toEqual({ minor: units, currency: code });
        expect(parseDecimal(text).scale).toBe(currencyExponent(code));
      }),
    );
  });

  it.each([
    ['12.5', 'SAR', '1250'],
    ['12.500', 'SAR', '1250'],
    ['-0.01', 'USD', '-1'],
    ['-0', 'USD', '0'],
    ['007', 'JPY', '7'],
    ['1.005', 'KWD', '1005'],
  ])('%s %s is read exactly', (text, code, units) => {
    expect(String(parseMoney(text, code).minor)).toBe(units);
  });

  it.each(['', ' 1', '1 ', '1.', '.5', '1e3', '1,000', '+1', '0x1', 'NaN', '١٢', '1.2.3', '--1', '1\n'])(
    '%j is no amount',
    (text) => {
      expect(() => parseMoney(text, 'SAR')).toThrow(RangeError);
    },
  );

  it('with digits the currency has no place for are refused, never rounded', () => {
    expect(() => parseMoney('1.005', 'SAR')).toThrow(/more decimals than SAR/);
    expect(() => parseMoney('1.5', 'JPY')).toThrow(/more decimals/);
  });

  it('never show a negative zero', () => {
    expect(formatMoney(parseMoney('-0', 'SAR'))).toBe('0.00');
  });
});

describe('equality', () => {
  it('is of amount and currency', () => {
    fc.assert(
      fc.property(minor, minor, currency, (a, b, code) => {
        expect(equals(money(a, code), money(b, code))).toBe(a === b);
      }),
    );
    expect(equals(money(1n, 'SAR'), money(1n, 'YER'))).toBe(false);
  });
});

describe('rounding', () => {
  it.each<[RoundingMode, number[]]>([
    //          -2.5 -1.5 -0.5 0.4 0.5 0.6 1.5 2.5
    ['half-up', [-3, -2, -1, 0, 1, 1, 2, 3]],
    ['half-even', [-2, -2, 0, 0, 0, 1, 2, 2]],
    ['up', [-3, -2, -1, 1, 1, 1, 2, 3]],
    ['down', [-2, -1, 0, 0, 0, 0, 1, 2]],
  ])('%s decides as its name says', (name, expected) => {
    const tenths = [-25n, -15n, -5n, 4n, 5n, 6n, 15n, 25n];
    expect(tenths.map((value) => Number(divideRounded(value, 10n, name)) + 0)).toEqual(expected);
  });

  it('is off by less than one, by at most a half when to the nearest, and symmetric', () => {
    fc.assert(
      fc.property(minor, fc.bigInt({ min: 1n, max: 10n ** 18n }), mode, (dividend, divisor, name) => {
        const result = divideRounded(dividend, divisor, name);
        const error = result * divisor - dividend;
        const size = error < 0n ? -error : error;
        expect(size < divisor).toBe(true);
        if (name.startsWith('half')) expect(2n * size <= divisor).toBe(true);
        expect(divideRounded(-dividend, divisor, name)).toBe(-result);
        expect(divideRounded(dividend, -divisor, name)).toBe(-result);
      }),
    );
  });

  it('never divides by zero', () => {
    expect(() => divideRounded(1n, 0n, 'up')).toThrow(RangeError);
  });
});

describe('conversion', () => {
  it.each([
    ['10.00', 'USD', 'YER', '535.25', '5352.50'],
    ['1.000', 'KWD', 'JPY', '487.5', '488'],
    ['1', 'JPY', 'KWD', '0.00205', '0.002'],
    ['-10.00', 'USD', 'SAR', '3.75', '-37.50'],
  ])('%s %s in %s at %s is %s', (text, from, to, rate, expected) => {
    expect(formatMoney(convert(parseMoney(text, from), to, rate, 'half-up'))).toBe(expected);
  });

  it('at the rate 1 between currencies of the same decimals changes nothing', () => {
    fc.assert(
      fc.property(minor, mode, (units, name) => {
        expect(convert(money(units, 'SAR'), 'YER', '1', name)).toEqual(money(units, 'YER'));
      }),
    );
  });
});
