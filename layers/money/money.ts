/**
 * Exact amounts of money. Outside an amount is a decimal string with a currency, inside an integer of minor units; nothing
 * is rounded unless a rounding mode is named.
 */
import { currencyExponent } from './currencies.ts';
import { formatDecimal, parseDecimal, powerOfTen } from './decimal.ts';
import { divideRounded, type RoundingMode } from './rounding.ts';

export interface Money {
  /** Integer minor units: cents, fils, halalas. */
  readonly minor: bigint;
  /** ISO 4217. */
  readonly currency: string;
}

/** @throws RangeError when there is no such currency */
export function money(minor: bigint, currency: string): Money {
  currencyExponent(currency);
  return { minor, currency };
}

/**
 * Reads `"12.5"` as 12.50 SAR.
 * @throws RangeError when the text is no decimal number, has more decimals than the currency, or there is no such currency
 */
export function parseMoney(text: string, currency: string): Money {
  return { minor: toMinorUnits(text, currency), currency };
}

/** Writes all decimals of the currency: `"12.50"`, `"1.500"` in KWD, `"12"` in JPY. */
export function formatMoney({ minor, currency }: Money): string {
  return fromMinorUnits(minor, currency);
}

/** Trailing zeros beyond the currency's decimals are no loss; digits are. @throws RangeError see {@link parseMoney} */
export function toMinorUnits(text: string, currency: string): bigint {
  const exponent = currencyExponent(currency);
  const { units, scale } = parseDecimal(text);
  if (scale <= exponent) return units * powerOfTen(exponent - scale);
  const factor = powerOfTen(scale - exponent);
  if (units % factor !== 0n)
    throw new RangeError(`"${text}" has more decimals than ${currency}, which has ${exponent}.`);
  return units / factor;
}

export function fromMinorUnits(minor: bigint, currency: string): string {
  return formatDecimal({ units: minor, scale: currencyExponent(currency) });
}

export const equals = (a: Money, b: Money): boolean => a.currency === b.currency && a.minor === b.minor;

/**
 * In another currency.
 * @param rate units of the target currency for one of the source's, both counted in major units: `"535.25"` from USD to YER
 */
export function convert({ minor, currency }: Money, target: string, rate: string, mode: RoundingMode): Money {
  const { units, scale } = parseDecimal(rate);
  const numerator = minor * units * powerOfTen(currencyExponent(target));
  return { minor: divideRounded(numerator, powerOfTen(scale + currencyExponent(currency)), mode), currency: target };
}
