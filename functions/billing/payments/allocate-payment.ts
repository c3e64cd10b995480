/** Which invoices a payment settles: those that were named, or the longest due first; the rest is an advance. Pure. */
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';

export interface Allocation {
  invoice: StoredInvoice;
  minor: bigint;
}

/** One transaction writes them all, with the event of each that is settled: DynamoDB takes 100 steps. */
export const maxAllocations = 20;

/** @param open invoices in the order they are settled; those that owe nothing are passed over */
export function allocatePayment(
  minor: bigint,
  open: readonly StoredInvoice[],
): { allocations: Allocation[]; advance: bigint } {
  let left = minor;
  const allocations: Allocation[] = [];
  for (const invoice of open) {
    if (left === 0n || allocations.length === maxAllocations) break;
    const due = minorOf(invoice.dueAmount, invoice.currency);
    if (due <= 0n) continue;
    const part = due < left ? due : left;
    allocations.push({ invoice, minor: part });
    left -= part;
  }
  return { allocations, advance: left };
}

export const shownAllocations = (allocations: readonly Allocation[]) =>
  allocations.map(({ invoice, minor }) => ({
    invoiceId: invoice.id,
    invoiceNumber: invoice.invoiceNumber,
    amount: amountOf(minor, invoice.currency),
  }));
