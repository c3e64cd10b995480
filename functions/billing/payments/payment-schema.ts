/** A payment: money of a customer, how it came, and which invoices it settled. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';

export const paymentMethods = ['cash', 'bank_transfer', 'card', 'wallet', 'cheque', 'gateway'] as const;
export const paymentStatuses = ['received', 'reversed'] as const;

export const recordPaymentSchema = z.object({
  customerId: generatedId('cus'),
  amount: amount(),
  currency: z.optional(currency()),
  method: z.enum(paymentMethods),
  /** Number of the receipt, transfer or gateway; the same one twice is the same payment. */
  externalReference: z.optional(label(100)),
  /** @default now */
  receivedAt: z.optional(timestamp()),
  /** Invoices to settle, in this order. @default the longest due first */
  invoiceIds: z.optional(z.array(generatedId('inv')).check(z.minLength(1), z.maxLength(20))),
  note: z.optional(label(500)),
});

export const paymentSchema = z.object({
  id: z.string(),
  paymentNumber: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  method: z.enum(paymentMethods),
  externalReference: z.optional(z.string()),
  receivedAt: utcTime(),
  /** What each invoice got of it. */
  allocations: z.array(z.object({ invoiceId: z.string(), invoiceNumber: z.string(), amount: z.string() })),
  /** What no invoice needed: it waits for the next one. */
  advanceAmount: z.string(),
  status: z.enum(paymentStatuses),
  reversedAt: z.optional(utcTime()),
  reverseReason: z.optional(z.string()),
  note: z.optional(z.string()),
});

export const storedPaymentSchema = storedSchema(paymentSchema);
export type Payment = z.infer<typeof paymentSchema>;
export type NewPayment = z.infer<typeof recordPaymentSchema>;
