/**
 * What credit left in a meter is worth: what was paid for it. The energy of the last token is used last, and of each token the
 * part that was given is used first, so the customer gets back the price of the energy that was bought last. Pure.
 */
import { type Fraction, fraction, minus, nothing, over, plus, scaled, times } from '../../../layers/money/fraction.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { stepsOf } from './token-energy.ts';
import type { VendParts } from './vend-schema.ts';

export interface CreditValue {
  /** Minor units. */
  energy: bigint;
  taxes: bigint;
  /** Tenths of a kWh that no token accounts for. */
  unaccounted: number;
}

/**
 * @param latestFirst parts of the supply's tokens that were made and not taken back
 * @param remaining tenths of a kWh in the meter
 */
export function valueCredit(latestFirst: readonly VendParts[], remaining: number): CreditValue {
  let left = remaining;
  let energy: Fraction = nothing;
  let taxes: Fraction = nothing;
  for (const parts of latestFirst) {
    if (left === 0) break;
    const bought = stepsOf(parts.boughtKwh);
    const taken = Math.min(left, bought);
    left -= taken;
    if (taken > 0) {
      const share = fraction(BigInt(taken), BigInt(bought));
      energy = plus(energy, times(share, priceOfEnergy(parts)));
      taxes = plus(taxes, times(share, taxOnEnergy(parts)));
    }
    left -= Math.min(left, stepsOf(parts.freeKwh));
  }
  return { energy: scaled(energy, 0, 'half-up'), taxes: scaled(taxes, 0, 'half-up'), unaccounted: left };
}

const minor = (text: string, { currency }: VendParts): Fraction => fraction(minorOf(text, currency));

/**
 * Without what was missing to the month's least amount: the first purchase pays it, and one that reaches the amount gets it back,
 * so neither says what its energy cost. Never below nothing, as a subsidy of more than the energy would be.
 */
function priceOfEnergy(parts: VendParts): Fraction {
  const missing = (parts.lines ?? [])
    .filter(({ kind }) => kind === 'minimum')
    .reduce((sum, { amount }) => plus(sum, minor(amount, parts)), nothing);
  const price = minus(minor(parts.energyAmount, parts), missing);
  return price.numerator > 0n ? price : nothing;
}

/** Tax is on energy and charges alike; what is given back of charges, with its tax, follows days and not energy. */
function taxOnEnergy(parts: VendParts): Fraction {
  const all = plus(minor(parts.energyAmount, parts), minor(parts.fixedAmount, parts));
  return all.numerator <= 0n ? nothing : times(minor(parts.taxAmount, parts), over(priceOfEnergy(parts), all));
}
