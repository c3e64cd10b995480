/** What a cashier counted, checked: every amount exact in its currency, and notes and coins that add up to it. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { CashierSession, InTill } from './cashier-session-schema.ts';

interface Counted {
  method: InTill['method'];
  currency?: string | undefined;
  amount: string;
  denominations?: { value: string; count: number }[] | undefined;
}

/** @throws AppError `unprocessable` */
export function readCount(counted: readonly Counted[], ownCurrency: string): NonNullable<CashierSession['counted']> {
  const seen = new Set<string>();
  return counted.map(({ method, currency = ownCurrency, amount, denominations }) => {
    if (seen.has(`${method} ${currency}`))
      refuse(`${method} in ${currency} is counted twice.`, `عُدّ ${method} بعملة ${currency} مرتين.`);
    seen.add(`${method} ${currency}`);
    const minor = read(amount, currency);
    const sum = denominations?.reduce((total, { value, count }) => total + read(value, currency) * BigInt(count), 0n);
    if (sum !== undefined && sum !== minor)
      refuse(
        `Notes and coins add up to ${amountOf(sum, currency)}, not to ${amount}.`,
        `مجموع الفئات ${amountOf(sum, currency)} لا ${amount}.`,
      );
    return { method, currency, amount: amountOf(minor, currency), ...(denominations ? { denominations } : {}) };
  });
}

function read(text: string, currency: string): bigint {
  try {
    return minorOf(text, currency);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(`"${text}" is no amount in ${currency}.`, `"${text}" ليس مبلغًا بعملة ${currency}.`);
  }
}

function refuse(en: string, ar: string): never {
  throw new AppError('unprocessable', undefined, { texts: { en, ar } });
}
