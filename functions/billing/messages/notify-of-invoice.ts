/** The messages about an invoice, filled from its row: issued, corrected, cancelled, reminded of, overdue. */
import {
  type DisplayStyle,
  displayAmount,
  displayCode,
  displayDay,
  displayPeriod,
} from '../../../layers/documents/display.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import type { MessageChannel } from './message-schema.ts';
import { readMessageSettings } from './message-settings.ts';
import { type NotificationResult, notifyCustomer } from './notify-customer.ts';
import type { TemplateName } from './templates/index.ts';

export type InvoiceTemplate = Extract<
  TemplateName,
  | 'invoice_issued'
  | 'difference_note_issued'
  | 'late_fee_charged'
  | 'invoice_cancelled'
  | 'invoice_reminder'
  | 'invoice_overdue'
>;

/** The message that brings an invoice to its customer. */
export const templateOfKind = ({ kind, status }: Pick<StoredInvoice, 'kind' | 'status'>): InvoiceTemplate =>
  status === 'cancelled'
    ? 'invoice_cancelled'
    : kind === 'difference_note'
      ? 'difference_note_issued'
      : kind === 'late_fee'
        ? 'late_fee_charged'
        : 'invoice_issued';

export async function notifyOfInvoice(
  session: TenantSession,
  invoice: StoredInvoice,
  template: InvoiceTemplate,
  { reference, channels }: { reference: string; channels?: readonly MessageChannel[] | undefined },
): Promise<NotificationResult[]> {
  const style = await styleOf(session, invoice.customerId);
  const amount = (value: string): string => displayAmount(value, invoice.currency, style);
  return notifyCustomer(session, {
    customerId: invoice.customerId,
    template,
    values: {
      invoice: displayCode(invoice.invoiceNumber, style),
      period: displayPeriod(invoice.period.from, invoice.period.to, style),
      amount: amount(invoice.totalAmount),
      due: amount(invoice.dueAmount),
      dueDate: displayDay(invoice.dueDate, style),
    },
    reference,
    channels,
    document: { kind: template === 'invoice_cancelled' ? 'credit_note' : 'invoice', id: invoice.id },
    aboutId: invoice.id,
  });
}

/** Language and digits a customer reads. */
export async function styleOf(session: TenantSession, customerId: string): Promise<DisplayStyle> {
  const [{ language }, { digits }] = await Promise.all([
    session.require(customerEntity, { id: customerId }),
    readMessageSettings(session),
  ]);
  return { language, digits };
}
