/** An amount that somebody wants to pay or get back: exact in its currency and more than nothing. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';

/** @returns minor units @throws AppError `unprocessable` */
export function positiveAmount(text: string, currency: string): bigint {
  const refuse = (en: string, ar: string): never => {
    throw new AppError('unprocessable', undefined, { texts: { en, ar } });
  };
  try {
    const minor = minorOf(text, currency);
    return minor > 0n ? minor : refuse('A payment is more than nothing.', 'الدفعة أكبر من الصفر.');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(`"${text}" is no amount in ${currency}.`, `"${text}" ليس مبلغًا بعملة ${currency}.`);
  }
}
