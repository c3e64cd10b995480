/** Division of integers with a named rule for what is left over: the only place where a fraction of a minor unit is decided. */

/**
 * `half-up`: to the nearest, a half away from zero, as invoices do. `half-even`: to the nearest, a half to the even
 * neighbour, which does not drift over many amounts (IEEE 754, roundTiesToEven). `up`: away from zero. `down`: to zero.
 */
export const roundingModes = ['half-up', 'half-even', 'up', 'down'] as const;
export type RoundingMode = (typeof roundingModes)[number];

/** @throws RangeError on division by zero */
export function divideRounded(dividend: bigint, divisor: bigint, mode: RoundingMode): bigint {
  if (divisor === 0n) throw new RangeError('Division by zero.');
  // BigInt division truncates toward zero, and the remainder has the sign of the dividend.
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  if (remainder === 0n) return quotient;
  const isNegative = dividend < 0n !== divisor < 0n;
  return leavesZero(quotient, remainder, divisor, mode) ? quotient + (isNegative ? -1n : 1n) : quotient;
}

/** Whether the truncated quotient moves one step away from zero. */
function leavesZero(quotient: bigint, remainder: bigint, divisor: bigint, mode: RoundingMode): boolean {
  if (mode === 'up') return true;
  if (mode === 'down') return false;
  const doubled = 2n * magnitude(remainder);
  const whole = magnitude(divisor);
  if (doubled !== whole) return doubled > whole;
  return mode === 'half-up' || quotient % 2n !== 0n;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
