/**
 * Exact amounts of money. Outside an amount is a decimal string with a currency, inside an integer of minor units;
 * amounts of different currencies never meet, and nothing is rounded unless a rounding mode is named.
 */
import { currencyExponent } from './currencies.ts';
import { type Decimal, formatDecimal, parseDecimal, powerOfTen } from './decimal.ts';
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

export const zero = (currency: string): Money => money(0n, currency);

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

/** @throws RangeError when the currencies differ, as every operation on two amounts */
export function add(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return { minor: a.minor + b.minor, currency: a.currency };
}

export function subtract(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return { minor: a.minor - b.minor, currency: a.currency };
}

/** Adds up a list; the currency is needed because the list may be empty. */
export function sum(amounts: Iterable<Money>, currency: string): Money {
  let total = zero(currency);
  for (const amount of amounts) total = add(total, amount);
  return total;
}

export const negate = ({ minor, currency }: Money): Money => ({ minor: -minor, currency });

export const absolute = (amount: Money): Money => (amount.minor < 0n ? negate(amount) : amount);

export const isZero = ({ minor }: Money): boolean => minor === 0n;
export const isNegative = ({ minor }: Money): boolean => minor < 0n;

/** Negative, zero or positive, as a sort wants it. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  sameCurrency(a, b);
  return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0;
}

export const equals = (a: Money, b: Money): boolean => a.currency === b.currency && a.minor === b.minor;

/**
 * Times a decimal factor such as a tariff's price, a tax rate or a share; rounded once, at the end.
 * @param factor decimal text, e.g. `"0.15"`
 * @throws RangeError when the factor is no decimal number
 */
export function multiply({ minor, currency }: Money, factor: string, mode: RoundingMode): Money {
  const { units, scale } = parseDecimal(factor);
  return { minor: divideRounded(minor * units, powerOfTen(scale), mode), currency };
}

/**
 * Divided by a decimal, e.g. a gross amount by `"1.15"`.
 * @throws RangeError when the divisor is zero or no decimal number
 */
export function divide({ minor, currency }: Money, divisor: string, mode: RoundingMode): Money {
  const { units, scale } = parseDecimal(divisor);
  return { minor: divideRounded(minor * powerOfTen(scale), units, mode), currency };
}

/**
 * In another currency.
 * @param rate units of the target currency for one of the source's, both counted in major units: `"535.25"` from USD to YER
 */
export function convert({ minor, currency }: Money, target: string, rate: string, mode: RoundingMode): Money {
  const { units, scale } = parseDecimal(rate);
  const numerator = minor * units * powerOfTen(currencyExponent(target));
  return { minor: divideRounded(numerator, powerOfTen(scale + currencyExponent(currency)), mode), currency: target };
}

/**
 * A price times a quantity, such as 0.0325 KWD for each of 1234.5 kWh: neither needs to be an amount the currency can
 * express; only the product does, and it is rounded once.
 */
export function priceTimesQuantity(price: string, quantity: string, currency: string, mode: RoundingMode): Money {
  const product = multiplyDecimals(parseDecimal(price), parseDecimal(quantity));
  const minor = divideRounded(product.units * powerOfTen(currencyExponent(currency)), powerOfTen(product.scale), mode);
  return { minor, currency };
}

const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => ({ units: a.units * b.units, scale: a.scale + b.scale });

function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} cannot be combined.`);
}
