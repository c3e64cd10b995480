/** An invoice: the bills of a customer's supplies for a period, what was paid of it, and what became of it. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { estimationMethods } from '../../../layers/vee/series.ts';
import { customerTypes } from '../customers/customer-schema.ts';
import { chargeLineSchema } from '../prepaid/vend-schema.ts';
import { earlierTariffs } from '../supplies/supply-schema.ts';
import { billSchema } from '../tariffs/bill-schema.ts';
import { cancelReasons } from './cancel-reasons.ts';

/** Days from the issue of an invoice to the day it is due, where nobody says otherwise. */
export const usualDueDays = 14;

/**
 * `difference_note`: what a bill made anew differs by, up or down. `late_fee`: charged because another one was not paid.
 * `returned_payment`: money that had been used when it was taken back, such as a bounced cheque's for a token. `prepaid_charges`: of days
 * on which a prepaid supply that ended had bought nothing.
 */
export const invoiceKinds = ['invoice', 'difference_note', 'late_fee', 'returned_payment', 'prepaid_charges'] as const;
export const invoiceStatuses = ['issued', 'partially_paid', 'paid', 'overdue', 'cancelled'] as const;
/** Those a customer still owes something of. */
export const openStatuses = ['issued', 'partially_paid', 'overdue'] as const;

const suppliedBillSchema = z.object({
  supplyId: z.string(),
  meterId: z.string(),
  /** That of its last day. */
  tariffId: z.string(),
  /** Those before, where the supply changed its tariff within the bill. */
  tariffsBefore: earlierTariffs,
  /** The route's whole period, when the customer was there for a part of it. */
  nominal: z.optional(z.object({ from: z.string(), to: z.string() })),
  bill: billSchema,
  /** On a note that makes other meters' bills anew: when this one, which stays, was made. @default with its invoice or note */
  madeAt: z.optional(utcTime()),
  /** Findings of validation that were accepted, and how much was estimated. */
  estimatedKwh: z.string(),
  /** How each part of it was made up, and of what; energies in `basis` are millionths of a kWh. */
  estimates: z.optional(
    z.array(
      z.object({
        method: z.enum(estimationMethods),
        basis: z.string(),
        from: utcTime(),
        to: utcTime(),
        intervals: z.int(),
        kwh: z.string(),
      }),
    ),
  ),
  findings: z.array(z.string()),
});

const invoiceSchema = z.object({
  id: z.string(),
  invoiceNumber: z.string(),
  kind: z.enum(invoiceKinds),
  customerId: z.string(),
  /** The customer's when it was issued; what corrects it has the same. Not on invoices of before it was kept. */
  customerType: z.optional(z.enum(customerTypes)),
  accountNumber: z.string(),
  /** Local days; `to` is the first day after. */
  period: z.object({ from: z.string(), to: z.string() }),
  issueDate: z.string(),
  dueDate: z.string(),
  currency: z.string(),
  /** Told of with the customer's others of its run or period, on a collective bill, as the customer wanted it then. */
  isCollective: z.optional(z.boolean()),
  /** The `invoiceGroup` of the supplies it bills. */
  group: z.optional(z.string()),
  bills: z.array(suppliedBillSchema),
  /** Of charges of a prepaid supply: what they are of. */
  charges: z.optional(z.array(chargeLineSchema)),
  subtotal: z.string(),
  taxAmount: z.string(),
  /** Of the total: charges that do not depend on energy. */
  fixedCharges: z.string(),
  rounding: z.string(),
  totalAmount: z.string(),
  /** What was paid or set off so far. */
  paidAmount: z.string(),
  /** What is still owed. */
  dueAmount: z.string(),
  status: z.enum(invoiceStatuses),
  estimated: z.boolean(),
  paidAt: z.optional(utcTime()),
  cancelledAt: z.optional(utcTime()),
  /** The office's own words; the credit note has those of `cancelReasonCode`. */
  cancelReason: z.optional(z.string()),
  cancelReasonCode: z.optional(z.enum(cancelReasons)),
  /** Of a difference note: the invoice it corrects; of a late fee: the one that was not paid. */
  corrects: z.optional(z.string()),
  /** Of a difference note that keeps the prices charged before: it is priced by the versions of tariffs known then. */
  pricedAsOf: z.optional(utcTime()),
  /** Of a returned payment: which. */
  returnedPaymentId: z.optional(z.string()),
  /** How many difference notes were made of it, cancelled ones included. */
  notes: z.optional(z.int()),
  /** Steps of dunning that were done. */
  dunning: z.optional(z.array(z.string())),
  runId: z.optional(z.string()),
});

export const storedInvoiceSchema = storedSchema(invoiceSchema);
export type Invoice = z.infer<typeof invoiceSchema>;
export type SuppliedBill = z.infer<typeof suppliedBillSchema>;
