/** Every number of the engine passes here once, so that equal numbers have equal texts and all are within range. */
import { validationError } from '../errors.ts';
import { compareDecimals, type Decimal, formatDecimal, parseDecimal } from './decimal.ts';

/** Integers that are already in normal form, which is nearly all numbers: they need no arithmetic. */
const plainInteger = /^(?:0|-?[1-9]\d{0,14})$/;

/** The number in normal form. Throws for texts that are no number and for those outside the range. */
export function normalizeNumber(text: string): string {
  if (plainInteger.test(text)) return text;
  const decimal = parseDecimal(text);
  if (decimal === undefined) {
    const shown = text === '' ? '' : `: ${text}`;
    throw validationError(`The parameter cannot be converted to a numeric value${shown}`);
  }
  return formatInRange(decimal);
}

/** The text of a computed number. Throws when it left the range or needs more than 38 digits. */
export function formatInRange(decimal: Decimal): string {
  if (decimal.exponent > 125)
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (decimal.exponent < -130)
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  if (decimal.digits.length > 38)
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  return formatDecimal(decimal);
}

/** Order of two numbers in normal form. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if (plainInteger.test(a) && plainInteger.test(b)) return Number(a) - Number(b);
  return compareDecimals(decimalFrom(a), decimalFrom(b));
}

/** The decimal of a number in normal form. */
export function decimalFrom(normalized: string): Decimal {
  return parseDecimal(normalized)!;
}
