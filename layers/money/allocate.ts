/** Splits an amount so that the parts sum to the whole: a discount over invoice lines, a payment over debts. */
import type { Money } from './money.ts';

/**
 * In proportion to weights, by largest remainder (Hamilton's method): each part is its exact share, rounded down or up by
 * less than one minor unit. Of equal remainders the earlier part gets more, so the result does not depend on chance.
 * @param weights whole numbers of any scale, e.g. minor units or kWh × 1000; none negative, not all zero
 * @throws RangeError
 */
export function allocate({ minor, currency }: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (weights.some((weight) => weight < 0n) || total === 0n)
    throw new RangeError('An allocation needs weights that are not negative and not all zero.');
  const sign = minor < 0n ? -1n : 1n;
  const whole = minor * sign;
  const shares = weights.map((weight, position) => ({
    position,
    units: (whole * weight) / total,
    remainder: (whole * weight) % total,
  }));
  let left = whole - shares.reduce((sum, { units }) => sum + units, 0n);
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.position - b.position : a.remainder > b.remainder ? -1 : 1,
  );
  for (const share of byRemainder) {
    if (left === 0n) break;
    share.units += 1n;
    left -= 1n;
  }
  return shares.map(({ units }) => ({ minor: units * sign, currency }));
}

/** Into equal parts; the first ones get the minor units that are left over. @throws RangeError unless `parts` is at least 1 */
export function split(amount: Money, parts: number): Money[] {
  if (!Number.isInteger(parts) || parts < 1) throw new RangeError(`An amount cannot be split into ${parts} parts.`);
  return allocate(amount, new Array<bigint>(parts).fill(1n));
}
