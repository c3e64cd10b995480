/** What a receipt says: the same for the screen, the printer and the PDF. */
import * as z from 'zod/mini';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { paymentMethods, paymentPurposes, paymentStatuses } from '../payments/payment-schema.ts';

export const receiptSchema = z.object({
  /** Without a gap in its series: of a till, or of the tenant's year. */
  receiptNumber: z.string(),
  /** Whether it was printed before: this one is then marked as a copy. */
  isCopy: z.boolean(),
  /** Of an answer to a print, the times before it. */
  timesPrinted: z.int(),
  paymentId: z.string(),
  paymentNumber: z.string(),
  status: z.enum(paymentStatuses),
  receivedAt: utcTime(),
  /** Local day of the tenant. */
  date: z.string(),
  customer: z.object({
    id: z.string(),
    accountNumber: z.string(),
    name: z.string(),
    nameAr: z.optional(z.string()),
    language: z.enum(['ar', 'en']),
  }),
  amount: z.string(),
  currency: z.string(),
  method: z.enum(paymentMethods),
  purpose: z.enum(paymentPurposes),
  externalReference: z.optional(z.string()),
  provider: z.optional(z.string()),
  supplyId: z.optional(z.string()),
  allocations: z.array(z.object({ invoiceId: z.string(), invoiceNumber: z.string(), amount: z.string() })),
  advanceAmount: z.string(),
  refundedAmount: z.string(),
  /** What the customer owes now in this currency; below zero in credit. */
  balance: z.string(),
  cashier: z.optional(z.object({ sessionNumber: z.string(), desk: z.string(), cashierId: z.string() })),
});
export type Receipt = z.infer<typeof receiptSchema>;
