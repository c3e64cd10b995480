/**
 * Decimal numbers as integers with a scale, so that nothing on the way of an amount is a binary fraction. 12.50 is
 * `{ units: 1250n, scale: 2 }`.
 */

export interface Decimal {
  units: bigint;
  /** Digits after the point. */
  scale: number;
}

/** What text may look like: no exponent, no group separators, no bare point, at most 30 digits before and 18 after it. */
const pattern = /^(-?)(\d{1,30})(?:\.(\d{1,18}))?$/;

/** @throws RangeError when the text is no decimal number */
export function parseDecimal(text: string): Decimal {
  const [, sign, whole, fraction = ''] = pattern.exec(text) ?? fail(text);
  const units = BigInt(whole! + fraction);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

export const isDecimal = (text: string): boolean => pattern.test(text);

/** With exactly `scale` digits after the point; zero has no sign. */
export function formatDecimal({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`;
  return units < 0n ? `-${text}` : text;
}

export const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent);

function fail(text: string): never {
  throw new RangeError(`"${text}" is not a decimal number.`);
}
