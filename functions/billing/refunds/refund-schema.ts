/** Money of a payment that goes back to who paid, from the request to the proof that it arrived. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount } from '../../../layers/money/money-schema.ts';

/** `provider`: the way the payment came; the others by hand. */
const refundMethods = ['provider', 'cash', 'bank_transfer', 'cheque'] as const;
/**
 * `requested` waits for a second person; `approved` waits to be sent or handed over; `sent`: out of the account and on its
 * way; `unknown`: on its way, and the provider's answer was lost. The others are ends.
 */
export const refundStatuses = ['requested', 'approved', 'sent', 'unknown', 'done', 'failed', 'rejected'] as const;

export const requestRefundSchema = z.object({
  /** @default all that is left of the payment */
  amount: z.optional(amount()),
  /** @default the way the payment came */
  method: z.optional(z.enum(refundMethods)),
  reason: label(500),
});

const refundSchema = z.object({
  id: z.string(),
  paymentId: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  method: z.enum(refundMethods),
  reason: z.string(),
  status: z.enum(refundStatuses),
  requestedBy: z.string(),
  approvedBy: z.optional(z.string()),
  decidedAt: z.optional(utcTime()),
  sentAt: z.optional(utcTime()),
  endedAt: z.optional(utcTime()),
  /** Number of the transfer, cheque or voucher it was handed over by. */
  externalReference: z.optional(z.string()),
  /** The till it came out of. */
  cashierSessionId: z.optional(z.string()),
  /** Why it was rejected or failed, or what is not known. */
  outcome: z.optional(z.string()),
  /** Where it was taken from when it was sent; it goes back there should it fail. */
  taken: z.optional(
    z.object({
      fromAdvance: z.string(),
      fromInvoices: z.array(z.object({ invoiceId: z.string(), amount: z.string() })),
    }),
  ),
});

export const storedRefundSchema = storedSchema(refundSchema);
export type Refund = z.infer<typeof refundSchema>;
export type RefundRequest = z.infer<typeof requestRefundSchema>;
