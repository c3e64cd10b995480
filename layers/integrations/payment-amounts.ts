/** Amounts as providers write them: each has its own idea of decimals, and none may be rounded on the way. */
import { currencyExponent } from '../money/currencies.ts';
import { formatMoney, type Money, parseMoney } from '../money/money.ts';
import { ProviderError } from './provider.ts';

/**
 * Integer units with the given number of decimals, e.g. 0 for whole rials.
 * @throws ProviderError `rejected` when the amount has more decimals than the provider takes; nothing was sent
 */
export function unitsOf(amount: Money, decimals: number): bigint {
  const difference = currencyExponent(amount.currency) - decimals;
  if (difference <= 0) return amount.minor * 10n ** BigInt(-difference);
  const factor = 10n ** BigInt(difference);
  if (amount.minor % factor !== 0n)
    throw new ProviderError(
      'rejected',
      `${formatMoney(amount)} ${amount.currency} has more than the ${decimals} decimals that the provider takes.`,
    );
  return amount.minor / factor;
}

export function fromUnits(units: string, currency: string, decimals: number): Money | undefined {
  if (!/^-?\d{1,18}$/.test(units)) return undefined;
  const scale = 10n ** BigInt(decimals);
  const value = BigInt(units);
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? digits : `${whole}.${digits.slice(-decimals)}`;
  return scale > 0n ? readAmount(`${value < 0n ? '-' : ''}${text}`, currency) : undefined;
}

/** An amount out of an answer; undefined where the provider says none that can be read. */
export function readAmount(text: string | undefined, currency: string | undefined): Money | undefined {
  if (text === undefined || currency === undefined) return undefined;
  try {
    return parseMoney(text, currency.toUpperCase());
  } catch {
    return undefined;
  }
}

export const amountField = (amount: Money | undefined): { amount: Money } | Record<string, never> =>
  amount === undefined ? {} : { amount };
