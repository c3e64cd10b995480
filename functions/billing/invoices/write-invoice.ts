/** What the transaction of an invoice holds, whatever the invoice is for. */
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { type Posting, postToAccount, writeAdvance } from '../accounts/account-entity.ts';
import { noteSetOff } from '../accounts/set-offs.ts';
import { invoiceCreated, invoicePaid } from '../events.ts';
import { minorOf, settle } from './invoice-amounts.ts';
import { type CustomerInvoice, customerInvoiceEntity, invoiceEntity, type StoredInvoice } from './invoice-entity.ts';
import { invoiceEventPayload, invoicePaidPayload } from './invoice-payload.ts';
import type { Invoice } from './invoice-schema.ts';

/**
 * Adds an invoice to the unit: row, list, account, event; money paid ahead is set off at once.
 * A returned payment's is owed without being sold: it is on the account and in the ledger as the reversal of the payment.
 * @param options `isAheadWritten`: the unit writes what is paid ahead already, and nothing of it is for this invoice. @default false;
 *   `credited`: what the unit gives to the customer beside it, which pays the invoice first
 */
export function writeInvoice(
  unit: UnitOfWork,
  invoice: Invoice,
  advance: Parameters<typeof writeAdvance>[1],
  now: string,
  { isAheadWritten = false, credited = [] }: { isAheadWritten?: boolean; credited?: Posting[] } = {},
): StoredInvoice {
  const { id, customerId, currency, issueDate } = invoice;
  const total = minorOf(invoice.totalAmount, currency);
  const ahead = credited.reduce((sum, { minor }) => sum - minor, BigInt(advance?.minor ?? '0'));
  // An invoice below zero is money of the customer's, an invoice above it uses what is there.
  const used = total > 0n ? (ahead < total ? ahead : total) : total;
  const settled = settle(invoice, used, now);
  const left = { customerId, currency, minor: ahead - used };
  // A payment that finds no invoice to settle, and this invoice that finds no payment, must not both go through.
  if (!isAheadWritten) writeAdvance(unit, advance, left, { isTouched: true });
  if (total > 0n) noteSetOff(unit, { customerId, currency, invoiceId: id }, used);
  const stored = unit.create(invoiceEntity, settled);
  unit.create(customerInvoiceEntity, pointerTo(invoice));
  if (invoice.kind !== 'returned_payment') {
    const entry: Posting = {
      id,
      customerId,
      type: invoice.kind === 'prepaid_charges' ? 'invoice' : invoice.kind,
      date: issueDate,
      minor: total,
      currency,
      reference: invoice.invoiceNumber,
      dueDate: invoice.dueDate,
    };
    postToAccount(unit, entry, ...credited);
    unit.emit(invoiceCreated, { aggregateId: id, payload: invoiceEventPayload(stored) });
  }
  if (stored.status === 'paid') unit.emit(invoicePaid, { aggregateId: id, payload: invoicePaidPayload(stored) });
  return stored;
}

const pointerTo = ({ id, customerId, period, kind, bills, runId }: Invoice): CustomerInvoice => ({
  ...{ customerId, ...period, invoiceId: id, kind },
  meterIds: [...new Set(bills.map(({ meterId }) => meterId))],
  ...(runId === undefined ? {} : { runId }),
});
