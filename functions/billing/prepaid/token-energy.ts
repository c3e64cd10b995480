/**
 * How much energy one token can carry (IEC 62055-41, 6.3.6.2): 16 bits hold a mantissa of 14 bits and an exponent to the base
 * of ten, in steps of 0.1 kWh. What falls between two steps is left with the customer as money instead of rounded by the server.
 */
import { formatDecimal, parseDecimal } from '../../../layers/money/decimal.ts';

const mantissas = 16_384;

/** The largest amount a token carries, tenths of a kWh. */
export const maxTokenSteps = 18_201_624;

/** The largest amount that a token carries exactly and that is not above this one; both in tenths of a kWh. */
export function transferable(steps: number): number {
  let base = 0;
  let step = 1;
  for (let exponent = 0; exponent < 3; exponent++) {
    const next = base + mantissas * step;
    if (steps < next) return base + Math.floor((steps - base) / step) * step;
    base = next;
    step *= 10;
  }
  return Math.min(maxTokenSteps, base + Math.floor((steps - base) / step) * step);
}

/** Tenths of a kWh as kWh with one decimal. */
export const kwhOf = (steps: number): string => formatDecimal({ units: BigInt(steps), scale: 1 });

/** Tenths of a kWh, rounded down. @throws RangeError when the text is no decimal */
export function stepsOf(kwh: string): number {
  const { units, scale } = parseDecimal(kwh);
  return Number(scale === 0 ? units * 10n : units / 10n ** BigInt(scale - 1));
}
