/** One customer's invoices of one billing run, or of a period, together. */
import * as z from 'zod/mini';
import { invoiceStatuses } from './invoice-schema.ts';

const period = z.object({ from: z.string(), to: z.string() });

export const collectiveBillSchema = z.object({
  /** @default none: the invoices of a period, whatever made them */
  runId: z.optional(z.string()),
  customerId: z.string(),
  /** Of the run, or as it was asked for; local days, `to` is the first day after. */
  period,
  /** The latest of its invoices. */
  issueDate: z.string(),
  /** The earliest of its invoices. */
  dueDate: z.string(),
  /** Money with this reference, the account's number, settles the account's invoices together, the longest due first. */
  paymentReference: z.string(),
  /** One for each currency. */
  totals: z.array(
    z.object({
      currency: z.string(),
      invoices: z.int(),
      meters: z.int(),
      /** Of these invoices as they were issued: what they came to, and what is still owed of it. */
      totalAmount: z.string(),
      dueAmount: z.string(),
      /** What else the account owes, the difference notes of these invoices among it; below zero what was paid ahead. */
      otherBalance: z.string(),
      /** Both together: what to pay. */
      balance: z.string(),
    }),
  ),
  invoices: z.array(
    z.object({
      id: z.string(),
      invoiceNumber: z.string(),
      group: z.optional(z.string()),
      period,
      dueDate: z.string(),
      currency: z.string(),
      /** As they were charged last, as are usage and whether some of it is estimated. */
      meters: z.int(),
      kwh: z.string(),
      estimated: z.boolean(),
      totalAmount: z.string(),
      /** What it comes to with its difference notes, which are invoices of their own. @default none stands */
      correctedAmount: z.optional(z.string()),
      dueAmount: z.string(),
      status: z.enum(invoiceStatuses),
    }),
  ),
});
export type CollectiveBill = z.infer<typeof collectiveBillSchema>;
