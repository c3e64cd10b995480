/** What events say of invoices: what partners and the ledger need, without the lines. */
import * as z from 'zod/mini';
import { customerTypes } from '../customers/customer-schema.ts';
import { type Invoice, invoiceKinds } from './invoice-schema.ts';

export const invoicePayloadSchema = z.object({
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  kind: z.enum(invoiceKinds),
  customerId: z.string(),
  /** The customer's when the invoice was issued; of a note or late fee that of the invoice. */
  customerType: z.optional(z.enum(customerTypes)),
  accountNumber: z.string(),
  /** Local days; `periodTo` is the first day after. */
  periodFrom: z.string(),
  periodTo: z.string(),
  issueDate: z.string(),
  dueDate: z.string(),
  currency: z.string(),
  totalAmount: z.string(),
  taxAmount: z.string(),
  fixedCharges: z.string(),
  /** Present on a late fee. */
  lateFees: z.optional(z.string()),
  dueAmount: z.string(),
  estimated: z.boolean(),
});

export type InvoicePayload = z.infer<typeof invoicePayloadSchema>;

export function invoiceEventPayload(invoice: Invoice): InvoicePayload {
  const { id, kind, period, totalAmount } = invoice;
  return {
    invoiceId: id,
    invoiceNumber: invoice.invoiceNumber,
    kind,
    customerId: invoice.customerId,
    ...(invoice.customerType === undefined ? {} : { customerType: invoice.customerType }),
    accountNumber: invoice.accountNumber,
    periodFrom: period.from,
    periodTo: period.to,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    currency: invoice.currency,
    totalAmount,
    taxAmount: invoice.taxAmount,
    fixedCharges: invoice.fixedCharges,
    ...(kind === 'late_fee' ? { lateFees: totalAmount } : {}),
    dueAmount: invoice.dueAmount,
    estimated: invoice.estimated,
  };
}

export const invoicePaidPayloadSchema = z.object({
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  customerId: z.string(),
  currency: z.string(),
  totalAmount: z.string(),
  paidAt: z.string(),
});

export function invoicePaidPayload({
  id,
  invoiceNumber,
  customerId,
  currency,
  totalAmount,
  paidAt,
}: Invoice): z.infer<typeof invoicePaidPayloadSchema> {
  return { invoiceId: id, invoiceNumber, customerId, currency, totalAmount, paidAt: paidAt! };
}
