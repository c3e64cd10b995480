/** What may be paid for a supply at once, on a day and in a month. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { currencyExponent } from '../../../layers/money/currencies.ts';
import { fractionOf, scaled } from '../../../layers/money/fraction.ts';
import type { RoundingMode } from '../../../layers/money/rounding.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { PrepaidAccount } from './prepaid-account.ts';
import type { PrepaidSettings } from './settings.ts';

/** Decimal text in the currency; absent where the utility sets no limit. */
export interface PurchaseLimits {
  minimumAmount?: string;
  maximumAmount?: string;
  leftToday?: string;
  leftThisMonth?: string;
}

/** @param account as of the day of the purchase */
export function limitsOf(
  { paid }: PrepaidAccount,
  { minimumAmount, maximumAmount, dailyLimit, monthlyLimit }: PrepaidSettings,
  currency: string,
): PurchaseLimits {
  // Limits are one for all tariffs, whose currencies may have fewer decimals.
  const minorLimit = (text: string, mode: RoundingMode): bigint =>
    scaled(fractionOf(text), currencyExponent(currency), mode);
  const left = (limit: string, before: string): string => {
    const minor = minorLimit(limit, 'down') - BigInt(before);
    return amountOf(minor > 0n ? minor : 0n, currency);
  };
  return {
    ...(minimumAmount === undefined ? {} : { minimumAmount: amountOf(minorLimit(minimumAmount, 'up'), currency) }),
    ...(maximumAmount === undefined ? {} : { maximumAmount: amountOf(minorLimit(maximumAmount, 'down'), currency) }),
    ...(dailyLimit === undefined ? {} : { leftToday: left(dailyLimit, paid.dayMinor) }),
    ...(monthlyLimit === undefined ? {} : { leftThisMonth: left(monthlyLimit, paid.monthMinor) }),
  };
}

/** @throws AppError `unprocessable` with what is still possible */
export function refuseBeyondLimits(minor: bigint, limits: PurchaseLimits, currency: string): void {
  const { minimumAmount, maximumAmount, leftToday, leftThisMonth } = limits;
  const refuse = (en: string, ar: string): never => {
    throw new AppError('unprocessable', undefined, { texts: { en, ar } });
  };
  const isAbove = (limit: string | undefined): limit is string =>
    limit !== undefined && minor > minorOf(limit, currency);
  if (minimumAmount !== undefined && minor < minorOf(minimumAmount, currency))
    refuse(`A purchase is at least ${minimumAmount} ${currency}.`, `الحد الأدنى للشراء ${minimumAmount} ${currency}.`);
  if (isAbove(maximumAmount))
    refuse(`A purchase is at most ${maximumAmount} ${currency}.`, `الحد الأعلى للشراء ${maximumAmount} ${currency}.`);
  const refuseLeft = (left: string, en: string, ar: string): never =>
    refuse(`At most ${left} ${currency} can still be bought ${en}.`, `يمكن شراء ${left} ${currency} على الأكثر ${ar}.`);
  if (isAbove(leftToday)) refuseLeft(leftToday, 'today', 'اليوم');
  if (isAbove(leftThisMonth)) refuseLeft(leftThisMonth, 'this month', 'هذا الشهر');
}
