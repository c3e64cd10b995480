/** What events say of invoices: what partners and the ledger need, without the lines. */
import * as z from 'zod/mini';
import { type Invoice, invoiceKinds } from './invoice-schema.ts';

export const invoicePayloadSchema = z.object({
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  kind: z.enum(invoiceKinds),
  customerId: z.string(),
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
  dueAmount: z.string(),
  estimated: z.boolean(),
});

export type InvoicePayload = z.infer<typeof invoicePayloadSchema>;

export function invoiceEventPayload(invoice: Invoice): InvoicePayload {
  const { id, period, ...rest } = invoice;
  const {
    invoiceNumber,
    kind,
    customerId,
    accountNumber,
    issueDate,
    dueDate,
    currency,
    totalAmount,
    taxAmount,
    fixedCharges,
    dueAmount,
    estimated,
  } = rest;
  return {
    invoiceId: id,
    invoiceNumber,
    kind,
    customerId,
    accountNumber,
    periodFrom: period.from,
    periodTo: period.to,
    issueDate,
    dueDate,
    currency,
    totalAmount,
    taxAmount,
    fixedCharges,
    dueAmount,
    estimated,
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
