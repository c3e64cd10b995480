/** What may be paid for a supply at once, on a day and in a month. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { PrepaidAccount } from './prepaid-account.ts';
import type { PrepaidSettings } from './settings.ts';

/** @param account as of the day of the purchase @throws AppError `unprocessable` with what is still possible */
export function refuseBeyondLimits(
  minor: bigint,
  { paid }: PrepaidAccount,
  { minimumAmount, maximumAmount, dailyLimit, monthlyLimit }: PrepaidSettings,
  currency: string,
): void {
  const refuse = (en: string, ar: string): never => {
    throw new AppError('unprocessable', undefined, { texts: { en, ar } });
  };
  if (minimumAmount !== undefined && minor < minorOf(minimumAmount, currency))
    refuse(`A purchase is at least ${minimumAmount} ${currency}.`, `الحد الأدنى للشراء ${minimumAmount} ${currency}.`);
  if (maximumAmount !== undefined && minor > minorOf(maximumAmount, currency))
    refuse(`A purchase is at most ${maximumAmount} ${currency}.`, `الحد الأعلى للشراء ${maximumAmount} ${currency}.`);
  const spans = [
    { limit: dailyLimit, before: BigInt(paid.dayMinor), en: 'today', ar: 'اليوم' },
    { limit: monthlyLimit, before: BigInt(paid.monthMinor), en: 'this month', ar: 'هذا الشهر' },
  ];
  for (const { limit, before, en, ar } of spans) {
    if (limit === undefined) continue;
    const left = minorOf(limit, currency) - before;
    const shown = amountOf(left > 0n ? left : 0n, currency);
    if (minor > left)
      refuse(
        `At most ${shown} ${currency} can still be bought ${en}.`,
        `يمكن شراء ${shown} ${currency} على الأكثر ${ar}.`,
      );
  }
}
