/** What an invoice says that is owed for something else than energy: one amount, without bills and taxes, nothing of it paid. */
import { amountOf } from './invoice-amounts.ts';
import type { Invoice } from './invoice-schema.ts';

/** @param minor in the currency's smallest unit */
export function oneAmount(minor: bigint, currency: string) {
  const [total, zero] = [amountOf(minor, currency), amountOf(0n, currency)];
  return {
    currency,
    bills: [],
    subtotal: total,
    taxAmount: zero,
    fixedCharges: zero,
    rounding: zero,
    totalAmount: total,
    paidAmount: zero,
    dueAmount: total,
    status: 'issued',
    estimated: false,
  } satisfies Partial<Invoice>;
}
