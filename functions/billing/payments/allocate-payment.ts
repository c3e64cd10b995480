/** Which invoices a payment settles: those that were named, or the longest due first; the rest is an advance. Pure. */
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import type { Payment } from './payment-schema.ts';

export interface Allocation {
  invoice: StoredInvoice;
  minor: bigint;
}

/**
 * What one transaction settles: each invoice takes up to five of DynamoDB's 100 steps (row, mark of an open one, audit, events),
 * and what goes with a payment up to thirty. The others follow in transactions of their own: `settle-rest.ts`.
 */
export const maxAllocations = 14;

/** Beyond so many the row of the payment would grow too large: what is left waits as an advance. */
const maxInvoices = 400;

/**
 * @param open invoices in the order they are settled; those that owe nothing are passed over
 * @returns `rest`: those that the advance is meant for, in their order
 */
export function allocatePayment(
  minor: bigint,
  open: readonly StoredInvoice[],
): { allocations: Allocation[]; advance: bigint; rest: string[] } {
  let left = minor;
  let meant = 0n;
  const allocations: Allocation[] = [];
  const rest: string[] = [];
  for (const invoice of open) {
    if (left - meant === 0n || allocations.length + rest.length === maxInvoices) break;
    const due = minorOf(invoice.dueAmount, invoice.currency);
    if (due <= 0n) continue;
    const part = due < left - meant ? due : left - meant;
    if (allocations.length === maxAllocations) {
      rest.push(invoice.id);
      meant += part;
      continue;
    }
    allocations.push({ invoice, minor: part });
    left -= part;
  }
  return { allocations, advance: left, rest };
}

/** Whether a payment of so much reaches no further than these invoices. */
export function isEnoughFor(minor: bigint, open: readonly StoredInvoice[]): boolean {
  const owed = open.reduce((sum, { dueAmount, currency }) => sum + positive(minorOf(dueAmount, currency)), 0n);
  return owed >= minor || open.length >= maxInvoices;
}

const positive = (minor: bigint): bigint => (minor > 0n ? minor : 0n);

export const shownAllocations = (allocations: readonly Allocation[]): Payment['allocations'] =>
  allocations.map(({ invoice, minor }) => ({
    invoiceId: invoice.id,
    invoiceNumber: invoice.invoiceNumber,
    amount: amountOf(minor, invoice.currency),
  }));

/** What a payment has where once more of it went to invoices, some of which may have had of it before. */
export function mergedAllocations(
  { allocations, currency }: Pick<Payment, 'allocations' | 'currency'>,
  more: Payment['allocations'],
): Payment['allocations'] {
  const all = Map.groupBy([...allocations, ...more], ({ invoiceId }) => invoiceId);
  return [...all.values()].map((parts) => ({
    ...parts[0]!,
    amount: amountOf(
      parts.reduce((sum, { amount }) => sum + minorOf(amount, currency), 0n),
      currency,
    ),
  }));
}
