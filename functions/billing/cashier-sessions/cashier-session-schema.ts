/** A cashier's day at a desk: the money a till begins with, what went in and out, what was counted, and how the two differ. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import type { paymentMethods } from '../payments/payment-schema.ts';

/** What passes over a counter; transfers and gateways do not. */
export const tillMethods = ['cash', 'cheque', 'card'] as const;
/** `counted` waits for a second person to accept the differences. */
export const cashierSessionStatuses = ['open', 'counted', 'closed'] as const;
const movementTypes = ['payment', 'reversal', 'refund', 'pay_in', 'pay_out'] as const;
/** Where money of a pay-in comes from and of a pay-out goes to. */
export const counterparts = ['safe', 'bank', 'other'] as const;

export const openSessionSchema = z.object({
  /** Name of the desk; one till is open at it. */
  desk: label(60),
  /** Cash the till begins with. @default 0 */
  floatAmount: z.optional(amount()),
  /** @default the tenant's */
  currency: z.optional(currency()),
});

export const moveMoneySchema = z.object({
  type: z.enum(['pay_in', 'pay_out']),
  amount: amount(),
  currency: z.optional(currency()),
  counterpart: z.enum(counterparts),
  reason: label(500),
});

const denomination = z.object({
  /** Of the note or coin. */
  value: amount(),
  count: z.int().check(z.minimum(0), z.maximum(1_000_000)),
});

export const closeSessionSchema = z.object({
  /** What was counted; a method and currency that is left out was counted as nothing. */
  counted: z
    .array(
      z.object({
        method: z.enum(tillMethods),
        currency: z.optional(currency()),
        amount: amount(),
        /** They must add up to the amount. */
        denominations: z.optional(z.array(denomination).check(z.maxLength(50))),
      }),
    )
    .check(z.maxLength(30)),
  /** Needed when something differs. */
  reason: z.optional(label(500)),
});

const inTill = z.object({ method: z.enum(tillMethods), currency: z.string(), amount: z.string() });

const cashierSessionSchema = z.object({
  id: z.string(),
  /** Also the series of its receipts. */
  sessionNumber: z.string(),
  cashierId: z.string(),
  desk: z.string(),
  status: z.enum(cashierSessionStatuses),
  openedAt: utcTime(),
  floatAmount: z.string(),
  currency: z.string(),
  /** What must be in the till, the float with it. */
  expected: z.array(inTill),
  /** Receipts given out: they are numbered without a gap. */
  receipts: z.int(),
  payments: z.int(),
  counted: z.optional(
    z.array(
      z.extend(inTill, {
        denominations: z.optional(z.array(z.object({ value: z.string(), count: z.int() }))),
      }),
    ),
  ),
  /** Counted less expected, where they differ. */
  differences: z.optional(z.array(inTill)),
  differenceReason: z.optional(z.string()),
  countedAt: z.optional(utcTime()),
  countedBy: z.optional(z.string()),
  approvedBy: z.optional(z.string()),
  closedAt: z.optional(utcTime()),
});

const movementSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  type: z.enum(movementTypes),
  method: z.enum(tillMethods),
  /** Into the till above zero, out of it below. */
  amount: z.string(),
  currency: z.string(),
  at: utcTime(),
  by: z.string(),
  paymentId: z.optional(z.string()),
  refundId: z.optional(z.string()),
  receiptNumber: z.optional(z.string()),
  counterpart: z.optional(z.enum(counterparts)),
  reason: z.optional(z.string()),
});

export const storedSessionSchema = storedSchema(cashierSessionSchema);
export const storedMovementSchema = storedSchema(movementSchema);
export type CashierSession = z.infer<typeof cashierSessionSchema>;
export type Movement = z.infer<typeof movementSchema>;
export type InTill = z.infer<typeof inTill>;

export const isTillMethod = (method: (typeof paymentMethods)[number]): method is (typeof tillMethods)[number] =>
  (tillMethods as readonly string[]).includes(method);
