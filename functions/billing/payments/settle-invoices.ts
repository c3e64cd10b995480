/** Writes into a transaction what a payment settles: each invoice with less owed, and the event of each that is paid. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { invoicePaid } from '../events.ts';
import { settle } from '../invoices/invoice-amounts.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { invoicePaidPayload } from '../invoices/invoice-payload.ts';
import type { Allocation } from './allocate-payment.ts';

export function settleInvoices(unit: UnitOfWork, allocations: readonly Allocation[], now: string): void {
  for (const { invoice, minor } of allocations) {
    const { paidAmount, dueAmount, status, paidAt } = settle(invoice, minor, now);
    const after = unit.update(invoiceEntity, invoice, { paidAmount, dueAmount, status, paidAt: paidAt ?? null });
    if (status === 'paid') unit.emit(invoicePaid, { aggregateId: invoice.id, payload: invoicePaidPayload(after) });
  }
}
