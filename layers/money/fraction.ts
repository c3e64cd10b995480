/**
 * Exact fractions, for what is multiplied and divided before it is rounded once: a price for 17 of 31 days of a block of
 * 100 kWh has no decimal form, and rounding on the way would make parts that do not sum to the whole.
 */
import { type Decimal, formatDecimal, parseDecimal, powerOfTen } from './decimal.ts';
import { divideRounded, type RoundingMode } from './rounding.ts';

export interface Fraction {
  readonly numerator: bigint;
  /** Positive. */
  readonly denominator: bigint;
}

/** @throws RangeError when the denominator is zero */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  if (denominator === 0n) throw new RangeError('Division by zero.');
  if (denominator < 0n) return reduce(-numerator, -denominator);
  return denominator === 1n ? { numerator, denominator } : reduce(numerator, denominator);
}

export const nothing: Fraction = { numerator: 0n, denominator: 1n };
export const one: Fraction = { numerator: 1n, denominator: 1n };

/** @param text decimal, e.g. `"0.0375"` @throws RangeError when it is none */
export const fractionOf = (text: string): Fraction => fromDecimal(parseDecimal(text));

const fromDecimal = ({ units, scale }: Decimal): Fraction => fraction(units, powerOfTen(scale));

export const plus = (a: Fraction, b: Fraction): Fraction =>
  a.denominator === b.denominator
    ? fraction(a.numerator + b.numerator, a.denominator)
    : fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, opposite(b));

export const times = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.numerator, a.denominator * b.denominator);

/** @throws RangeError on division by zero */
export const over = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator, a.denominator * b.numerator);

export const opposite = ({ numerator, denominator }: Fraction): Fraction => ({ numerator: -numerator, denominator });

export const compareFractions = (a: Fraction, b: Fraction): -1 | 0 | 1 => {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return left < right ? -1 : left > right ? 1 : 0;
};

export const smaller = (a: Fraction, b: Fraction): Fraction => (compareFractions(a, b) <= 0 ? a : b);
export const larger = (a: Fraction, b: Fraction): Fraction => (compareFractions(a, b) >= 0 ? a : b);
export const isPositive = ({ numerator }: Fraction): boolean => numerator > 0n;

export const total = (fractions: Iterable<Fraction>): Fraction => {
  let sum = nothing;
  for (const each of fractions) sum = plus(sum, each);
  return sum;
};

/** As an integer of the given scale: 1/3 at scale 2 is 33n. */
export const scaled = ({ numerator, denominator }: Fraction, scale: number, mode: RoundingMode): bigint =>
  divideRounded(numerator * powerOfTen(scale), denominator, mode);

export const rounded = (value: Fraction, scale: number, mode: RoundingMode): Fraction =>
  fraction(scaled(value, scale, mode), powerOfTen(scale));

/** Decimal text with at most `maxScale` digits after the point and no trailing zeros; for people to read, not to compute with. */
export function fractionText(value: Fraction, maxScale = 6, mode: RoundingMode = 'half-up'): string {
  const text = formatDecimal({ units: scaled(value, maxScale, mode), scale: maxScale });
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function reduce(numerator: bigint, denominator: bigint): Fraction {
  let a = numerator < 0n ? -numerator : numerator;
  let b = denominator;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 1n || a === 0n
    ? { numerator, denominator: numerator === 0n ? 1n : denominator }
    : { numerator: numerator / a, denominator: denominator / a };
}
