/** What is asked of setting money that waits off against open invoices, and what it answers. */
import * as z from 'zod/mini';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { currency } from '../../../layers/money/money-schema.ts';
import { paymentSchema } from './payment-schema.ts';

export const setOffSchema = z.object({
  customerId: generatedId('cus'),
  /** @default the tenant's */
  currency: z.optional(currency()),
  /** In this order. @default the longest due first */
  invoiceIds: z.optional(z.array(generatedId('inv')).check(z.minLength(1), z.maxLength(14))),
});

export const settledAheadSchema = z.object({
  currency: z.string(),
  /** What each invoice had of it. */
  settled: paymentSchema.shape.allocations,
  /** What still waits. */
  advanceAmount: z.string(),
});

export type SetOffOrder = z.infer<typeof setOffSchema>;
export type SettledAhead = z.infer<typeof settledAheadSchema>;
