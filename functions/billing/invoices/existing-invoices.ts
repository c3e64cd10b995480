/** The invoices that stand for a period already: who asks for a bill again, as after an answer that was lost, is told of them. */
import * as z from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { invoiceStatuses } from './invoice-schema.ts';
import { findOfCustomer } from './list-of-customer.ts';
import { longestBillDays } from './price-supplies.ts';

export const existingInvoiceSchema = z.object({
  id: z.string(),
  invoiceNumber: z.string(),
  period: z.object({ from: z.string(), to: z.string() }),
  issueDate: z.string(),
  dueDate: z.string(),
  currency: z.string(),
  totalAmount: z.string(),
  dueAmount: z.string(),
  status: z.enum(invoiceStatuses),
});
export type ExistingInvoice = z.infer<typeof existingInvoiceSchema>;

/** Of a customer with more of them the list of invoices has the others. */
const most = 100;

/** Invoices that bill days of the period and are not cancelled. @param made ids of those that are known */
export function existingInvoices(
  session: TenantSession,
  customerId: string,
  period: { from: string; to: string },
  made: readonly string[],
): Promise<ExistingInvoice[]> {
  return findOfCustomer<ExistingInvoice>(session, customerId, {
    days: { from: addDays(period.from, -longestBillDays), to: addDays(period.to, -1) },
    mayBe: ({ invoiceId, kind, to }) =>
      kind === 'invoice' && (to === undefined || to > period.from) && !made.includes(invoiceId),
    take: ({ id, invoiceNumber, period, issueDate, dueDate, currency, totalAmount, dueAmount, status }) =>
      status === 'cancelled'
        ? []
        : [{ id, invoiceNumber, period, issueDate, dueDate, currency, totalAmount, dueAmount, status }],
    isEnough: (found) => found.length >= most,
  });
}
