/** Account numbers people can read out over a telephone: digits, with a check digit that catches a slip. */
import { randomInt } from 'node:crypto';

/**
 * Ten digits, the last one by Luhn's method (ISO/IEC 7812-1, annex B): a wrong digit and nearly every swap of neighbours are
 * noticed. Random, so that numbers tell nothing of how many customers there are; uniqueness is the claim's business.
 */
export function newAccountNumber(): string {
  const digits = String(randomInt(100_000_000, 1_000_000_000));
  return digits + checkDigit(digits);
}

export function checkDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighted = i % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return (10 - (sum % 10)) % 10;
}
