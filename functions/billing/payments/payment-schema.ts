/** A payment: money of a customer, how it came, and which invoices it settled. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import { isCollected } from '../mobile/field-reference.ts';
import { reversalReasons } from './reversal-reasons.ts';

export const paymentMethods = ['cash', 'bank_transfer', 'card', 'wallet', 'cheque', 'gateway'] as const;
export const paymentStatuses = ['received', 'partially_refunded', 'refunded', 'reversed'] as const;
/** `debt` settles invoices or waits for them; `prepaid` buys energy for a supply; `deposit` is held for the customer. */
export const paymentPurposes = ['debt', 'prepaid', 'deposit'] as const;
export type PaymentPurpose = (typeof paymentPurposes)[number];

const supplyOfPurpose = fieldMessage(
  '`supplyId` goes with the purpose `prepaid`, and `invoiceIds` with `debt`.',
  'الحقل `supplyId` يرافق الغرض `prepaid`، والحقل `invoiceIds` يرافق `debt`.',
);

interface ForPurpose {
  purpose?: PaymentPurpose | undefined;
  supplyId?: string | undefined;
  invoiceIds?: string[] | undefined;
}

/** Whether what is named fits what the money is for. */
const fitsPurpose = ({ purpose = 'debt', supplyId, invoiceIds }: ForPurpose): boolean =>
  (purpose === 'prepaid') === (supplyId !== undefined) && (purpose === 'debt' || invoiceIds === undefined);

/** What a payment is for, in orders of payments and of checkouts alike. */
export const purposeShape = {
  /** @default debt */
  purpose: z.optional(z.enum(paymentPurposes)),
  /** Of a prepaid purchase: where the energy is taken. */
  supplyId: z.optional(generatedId('sup')),
  /** Invoices to settle, in this order. @default the longest due first */
  invoiceIds: z.optional(z.array(generatedId('inv')).check(z.minLength(1), z.maxLength(20))),
};

/** For orders with `purposeShape`. */
export const refusePurpose = () => z.refine<ForPurpose>(fitsPurpose, supplyOfPurpose);

export const recordPaymentSchema = z
  .object({
    customerId: generatedId('cus'),
    amount: amount(),
    currency: z.optional(currency()),
    method: z.enum(paymentMethods),
    /** Number of the receipt, transfer or gateway; the same one twice is the same payment. One of the field says who collected it. */
    externalReference: z.optional(
      label(100).check(
        z.refine(
          (reference) => !isCollected(reference),
          fieldMessage(
            'References that begin with `field-` are those of collections in the field.',
            'المراجع التي تبدأ بـ `field-` مخصصة للتحصيل الميداني.',
          ),
        ),
      ),
    ),
    /** @default now */
    receivedAt: z.optional(timestamp()),
    ...purposeShape,
    note: z.optional(label(500)),
  })
  .check(refusePurpose());

/** Enough to go on with it: who gives the money back and why, or by which refund; without `askedBy` a queue gives it back. */
const takingBackForSchema = z.union([
  z.object({
    askedBy: z.string(),
    reason: z.string(),
    reasonCode: z.enum(reversalReasons),
    becomesDebt: z.boolean(),
  }),
  z.object({ askedBy: z.optional(z.string()), refundId: z.string(), externalReference: z.optional(z.string()) }),
]);

export const paymentSchema = z.object({
  id: z.string(),
  paymentNumber: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  method: z.enum(paymentMethods),
  purpose: z.optional(z.enum(paymentPurposes)),
  supplyId: z.optional(z.string()),
  externalReference: z.optional(z.string()),
  receivedAt: utcTime(),
  /** What each invoice has of it now; refunds take from it. */
  allocations: z.array(z.object({ invoiceId: z.string(), invoiceNumber: z.string(), amount: z.string() })),
  /** What no invoice needed: it waits for the next one. */
  advanceAmount: z.string(),
  /** Invoices that it settles next: more than one step holds. Their money is part of the advance meanwhile. */
  stillSettles: z.optional(z.array(z.string())),
  /** Taken out of invoices for a reversal or a refund that needs several steps: no invoice may use it. Free when it is through. */
  takingBack: z.optional(z.string()),
  /** What it is being taken back for, while `takingBack` is there. It goes on by itself where its request died. */
  takingBackFor: z.optional(takingBackForSchema),
  /** Invoices that are owed again for a reversal or a refund that is not through; they are settled again should it fail. */
  owedAgain: z.optional(z.array(z.string())),
  status: z.enum(paymentStatuses),
  /** What went back so far. */
  refundedAmount: z.optional(z.string()),
  /** What was asked back and is not decided or not through yet. */
  refundPendingAmount: z.optional(z.string()),
  /** Of a payment that came by a provider. */
  checkoutId: z.optional(z.string()),
  integrationId: z.optional(z.string()),
  provider: z.optional(z.string()),
  /** The till that took it. */
  cashierSessionId: z.optional(z.string()),
  /** The line of a bank statement that it was found in. */
  bankLineId: z.optional(z.string()),
  receiptNumber: z.optional(z.string()),
  reversedAt: z.optional(utcTime()),
  /** What the customer is told. */
  reverseReasonCode: z.optional(z.enum(reversalReasons)),
  /** What was noted beside it; the utility's own. */
  reverseReason: z.optional(z.string()),
  note: z.optional(z.string()),
});

export const storedPaymentSchema = storedSchema(paymentSchema);
export type Payment = z.infer<typeof paymentSchema>;
export type TakingBackFor = z.infer<typeof takingBackForSchema>;
export type NewPayment = z.infer<typeof recordPaymentSchema>;
