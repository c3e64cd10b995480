/** Fractions against properties of arithmetic. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareFractions,
  type Fraction,
  fraction,
  fractionOf,
  fractionText,
  minus,
  over,
  plus,
  rounded,
  scaled,
  times,
} from './fraction.ts';

const some = fc.tuple(fc.bigInt(-1_000_000n, 1_000_000n), fc.bigInt(1n, 10_000n)).map(([n, d]) => fraction(n, d));
const isSame = (a: Fraction, b: Fraction): void => expect(compareFractions(a, b)).toBe(0);

describe('fractions', () => {
  it('keep the laws of arithmetic', () => {
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        isSame(plus(a, b), plus(b, a));
        isSame(plus(plus(a, b), c), plus(a, plus(b, c)));
        isSame(times(a, plus(b, c)), plus(times(a, b), times(a, c)));
        isSame(minus(plus(a, b), b), a);
        if (b.numerator !== 0n) isSame(times(over(a, b), b), a);
      }),
    );
  });

  it('are kept in lowest terms, so that equal ones are equal values', () => {
    expect(fraction(6n, -8n)).toEqual({ numerator: -3n, denominator: 4n });
    expect(fraction(0n, 5n)).toEqual({ numerator: 0n, denominator: 1n });
    expect(fractionOf('0.50')).toEqual(fraction(1n, 2n));
    expect(() => fraction(1n, 0n)).toThrow(RangeError);
    expect(() => over(fraction(1n), fraction(0n))).toThrow(RangeError);
  });

  it('are rounded once, by a named rule', () => {
    expect(scaled(fraction(1n, 3n), 2, 'half-up')).toBe(33n);
    expect(scaled(fraction(1n, 8n), 2, 'half-even')).toBe(12n);
    expect(scaled(fraction(-1n, 8n), 2, 'half-up')).toBe(-13n);
    isSame(rounded(fraction(17n, 31n), 3, 'up'), fractionOf('0.549'));
  });

  it('are written without trailing zeros', () => {
    expect([fraction(1n, 2n), fraction(2n, 3n), fraction(-5n), fraction(100n)].map((one) => fractionText(one))).toEqual(
      ['0.5', '0.666667', '-5', '100'],
    );
  });
});
