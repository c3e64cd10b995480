import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, split } from './allocate.ts';
import { currencyCodes, currencyExponent, isCurrency } from './currencies.ts';
import { formatDecimal, parseDecimal, powerOfTen } from './decimal.ts';
import {
  absolute,
  add,
  compare,
  convert,
  divide,
  equals,
  formatMoney,
  isNegative,
  isZero,
  money,
  multiply,
  negate,
  parseMoney,
  priceTimesQuantity,
  subtract,
  sum,
  zero,
} from './money.ts';
import { divideRounded, type RoundingMode, roundingModes } from './rounding.ts';

const currency = fc.constantFrom(...currencyCodes);
// Thirty digits are read, one more is not.
const minor = fc.bigInt({ min: 1n - 10n ** 30n, max: 10n ** 30n - 1n });
const factor = fc
  .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, scale]) => formatDecimal({ units, scale }));
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
    expect(formatMoney(negate(zero('SAR')))).toBe('0.00');
  });
});

describe('arithmetic', () => {
  it('is that of integers', () => {
    fc.assert(
      fc.property(minor, minor, currency, (a, b, code) => {
        const [x, y] = [money(a, code), money(b, code)];
        expect(add(x, y).minor).toBe(a + b);
        expect(subtract(x, y)).toEqual(add(x, negate(y)));
        expect(compare(x, y)).toBe(a < b ? -1 : a > b ? 1 : 0);
        expect(equals(x, y)).toBe(a === b);
        expect(isZero(subtract(x, x))).toBe(true);
        expect(isNegative(absolute(x))).toBe(false);
        expect(sum([x, y, x], code).minor).toBe(a + b + a);
      }),
    );
  });

  it('refuses two currencies', () => {
    const [a, b] = [money(1n, 'SAR'), money(1n, 'YER')];
    for (const combine of [add, subtract, compare]) expect(() => combine(a, b)).toThrow(/cannot be combined/);
    expect(equals(a, b)).toBe(false);
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
    expect(() => divide(money(1n, 'SAR'), '0.00', 'up')).toThrow(RangeError);
  });
});

describe('multiplication', () => {
  it.each([
    ['10.05', 'SAR', '0.15', 'half-up', '1.51'],
    ['10.05', 'SAR', '0.15', 'half-even', '1.51'],
    ['0.10', 'SAR', '0.25', 'half-up', '0.03'],
    ['0.10', 'SAR', '0.25', 'half-even', '0.02'],
    ['-0.10', 'SAR', '0.25', 'half-up', '-0.03'],
    ['100', 'JPY', '0.333', 'up', '34'],
  ] as const)('%s %s × %s, %s = %s', (text, code, by, name, expected) => {
    expect(formatMoney(multiply(parseMoney(text, code), by, name))).toBe(expected);
  });

  it('by one changes nothing, by a whole number is repeated addition, and shares with down never exceed the whole', () => {
    fc.assert(
      fc.property(minor, currency, mode, fc.integer({ min: 0, max: 50 }), (units, code, name, times) => {
        const amount = money(units, code);
        expect(multiply(amount, '1.000', name)).toEqual(amount);
        expect(multiply(amount, String(times), name).minor).toBe(units * BigInt(times));
        expect(divide(multiply(amount, '8', name), '8', name)).toEqual(amount);
      }),
    );
  });

  it('is exact where the product is, whatever the scale of the factor', () => {
    fc.assert(
      fc.property(minor, factor, mode, (units, text, name) => {
        const { units: by, scale } = parseDecimal(text);
        const product = units * powerOfTen(scale);
        expect(multiply(money(product, 'KWD'), text, name).minor).toBe(units * by);
      }),
    );
  });

  it('prices a quantity without rounding in between', () => {
    expect(formatMoney(priceTimesQuantity('0.0325', '1234.567', 'KWD', 'half-up'))).toBe('40.123');
    expect(formatMoney(priceTimesQuantity('185', '12.4', 'YER', 'half-up'))).toBe('2294.00');
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

describe('allocation', () => {
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1, maxLength: 20 })
    .filter((list) => list.some((weight) => weight > 0n));

  it('sums to the whole, and each part is its exact share within one unit', () => {
    fc.assert(
      fc.property(minor, weights, (units, list) => {
        const parts = allocate(money(units, 'YER'), list);
        const total = list.reduce((a, b) => a + b, 0n);
        expect(sum(parts, 'YER').minor).toBe(units);
        parts.forEach((part, position) => {
          const error = part.minor * total - units * list[position]!;
          expect(error < total && error > -total).toBe(true);
        });
      }),
    );
  });

  it('of nothing by weight gives nothing', () => {
    fc.assert(
      fc.property(minor, weights, (units, list) => {
        const parts = allocate(money(units, 'YER'), [...list, 0n]);
        expect(parts.at(-1)!.minor).toBe(0n);
      }),
    );
  });

  it('mirrors for a negative amount', () => {
    fc.assert(
      fc.property(minor, weights, (units, list) => {
        const positive = allocate(money(units, 'YER'), list);
        expect(allocate(money(-units, 'YER'), list).map(({ minor: m }) => -m)).toEqual(
          positive.map(({ minor: m }) => m),
        );
      }),
    );
  });

  it('gives what is left over to the first of equals', () => {
    expect(split(parseMoney('10.00', 'SAR'), 3).map(formatMoney)).toEqual(['3.34', '3.33', '3.33']);
    expect(split(parseMoney('-0.02', 'SAR'), 3).map(formatMoney)).toEqual(['-0.01', '-0.01', '0.00']);
  });

  it('refuses weights that give no share', () => {
    for (const weights of [[], [0n, 0n], [1n, -1n]])
      expect(() => allocate(money(1n, 'SAR'), weights)).toThrow(RangeError);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to split into %d parts', (parts) => {
    expect(() => split(money(1n, 'SAR'), parts)).toThrow(RangeError);
  });
});
