/** Money for a token is not given back while the token is, or may be, good. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Payment } from './payment-schema.ts';

/**
 * Once its token failed or was taken back, the money is a payment for debts like any other.
 * @throws AppError `conflict`
 */
export function refuseSpentOnToken({ purpose, status }: Payment): void {
  if (purpose === 'prepaid' && status !== 'reversed')
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'The payment is for a token: take the token back first.',
        ar: 'الدفعة مقابل رمز شحن: ألغِ الرمز أولًا.',
      },
    });
}
