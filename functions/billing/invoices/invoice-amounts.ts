/** Amounts of invoices: totals of their bills, and what a payment does to them. */
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import type { Invoice, SuppliedBill } from './invoice-schema.ts';

export const minorOf = (text: string, currency: string): bigint => toMinorUnits(text, currency);
export const amountOf = (minor: bigint, currency: string): string => fromMinorUnits(minor, currency);

type Totals = Pick<Invoice, 'subtotal' | 'taxAmount' | 'fixedCharges' | 'rounding' | 'totalAmount' | 'dueAmount'>;

export function totalsOf(bills: readonly SuppliedBill[], currency: string): Totals {
  const sum = (amounts: string[]): string =>
    amountOf(
      amounts.reduce((total, text) => total + minorOf(text, currency), 0n),
      currency,
    );
  const all = bills.map(({ bill }) => bill);
  const totalAmount = sum(all.map(({ total }) => total));
  return {
    subtotal: sum(all.map(({ subtotal }) => subtotal)),
    taxAmount: sum(all.map(({ taxes }) => taxes)),
    fixedCharges: sum(
      all.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'fixed').map(({ amount }) => amount)),
    ),
    rounding: sum(all.map(({ rounding }) => rounding)),
    totalAmount,
    dueAmount: totalAmount,
  };
}

/**
 * The invoice after so much more of it was paid or, below zero, taken back.
 * @param minor never more than is due, never less than was paid
 */
export function settle<I extends Invoice>(invoice: I, minor: bigint, now: string): I {
  const { currency } = invoice;
  const paid = minorOf(invoice.paidAmount, currency) + minor;
  const total = minorOf(invoice.totalAmount, currency);
  const due = total - paid;
  if (total >= 0n ? due < 0n || paid < 0n : due > 0n || paid > 0n)
    throw new RangeError(
      `Invoice ${invoice.id} of ${invoice.totalAmount} cannot have ${amountOf(paid, currency)} paid.`,
    );
  const { paidAt: _, ...rest } = invoice;
  const status =
    due === 0n
      ? 'paid'
      : paid === 0n
        ? invoice.status === 'overdue'
          ? 'overdue'
          : 'issued'
        : invoice.status === 'overdue'
          ? 'overdue'
          : 'partially_paid';
  return {
    ...(rest as I),
    paidAmount: amountOf(paid, currency),
    dueAmount: amountOf(due, currency),
    status,
    ...(status === 'paid' ? { paidAt: now } : {}),
  };
}
