/**
 * Energy registers as exact integers. A register is kept in units of a millionth of a kilowatt-hour: nine digits
 * before and six after the point are below 2^53, so sums and differences never meet binary fractions.
 */

export const unitsPerKwh = 1_000_000;

/** A register has at most this many digits before the point. */
export const maxRegisterDigits = 9;
/** And at most this many after it. */
export const maxRegisterDecimals = 6;

const decimalText = /^-?\d{1,15}(?:\.\d{1,12})?$/;

/**
 * Units of a number of kilowatt-hours, given as a JSON number or decimal text. The nearest double of a decimal
 * below 10^9 lies within a tenth of a unit of it, so rounding restores exactly the decimal that was sent.
 * @returns undefined for what is no decimal number
 */
export function toUnits(kwh: unknown): number | undefined {
  const value = typeof kwh === 'string' && decimalText.test(kwh) ? Number(kwh) : kwh;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const units = Math.round(value * unitsPerKwh);
  return units === 0 ? 0 : units;
}

/** Kilowatt-hours as decimal text without needless zeros, e.g. `15234.56`. */
export function fromUnits(units: number | bigint): string {
  const negative = units < 0;
  const digits = String(negative ? -units : units).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return `${negative ? '-' : ''}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The count at which a register of so many digits starts again from zero. */
export const modulusOf = (digits: number): number => 10 ** digits * unitsPerKwh;

/** The smallest step a register with so many decimals can show. */
export const resolutionOf = (decimals: number): number => 10 ** (maxRegisterDecimals - decimals);
