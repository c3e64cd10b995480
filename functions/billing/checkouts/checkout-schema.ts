/** A checkout: a customer is sent to a payment provider, and what became of it. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import { paymentPurposes, purposeShape, refusePurpose } from '../payments/payment-schema.ts';

/**
 * `creating` and `unknown`: the provider may or may not have heard of it; `pending`: the payer's turn; `expired`: the payer's
 * time is over, though money that still comes is taken; `review`: the provider says what only a person can judge; `dismissed`: a
 * person said that there is nothing to book, which holds until the provider says something else.
 */
export const checkoutStatuses = [
  'creating',
  'unknown',
  'pending',
  'paid',
  'failed',
  'cancelled',
  'expired',
  'review',
  'dismissed',
] as const;

const webAddress = () => z.string().check(z.url({ protocol: /^https?$/ }), z.maxLength(2000));

export const startCheckoutSchema = z
  .object({
    customerId: generatedId('cus'),
    amount: amount(),
    currency: z.optional(currency()),
    ...purposeShape,
    /** The integration the payer chose. @default the first active one of the kind `payment` that can take it */
    integrationId: z.optional(generatedId('int')),
    /** Only integrations of this provider, e.g. `stripe`. */
    provider: z.optional(z.string().check(z.regex(/^[a-z0-9_]{1,50}$/))),
    /** Where the payer comes back to. */
    returnUrl: z.optional(webAddress()),
    cancelUrl: z.optional(webAddress()),
    /** What the payer reads at the provider. @default the account number */
    description: z.optional(label(200)),
    /** How long the payer has. @default 60 */
    expiresInMinutes: z.optional(z.int().check(z.minimum(5), z.maximum(1440))),
  })
  .check(refusePurpose());

export const checkoutSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  purpose: z.enum(paymentPurposes),
  supplyId: z.optional(z.string()),
  invoiceIds: z.optional(z.array(z.string())),
  status: z.enum(checkoutStatuses),
  integrationId: z.optional(z.string()),
  provider: z.optional(z.string()),
  /** The provider's own id of the payment. */
  providerReference: z.optional(z.string()),
  /** Where the payer goes on; none where the provider asks the payer by itself, e.g. on the telephone. */
  redirectUrl: z.optional(z.string()),
  returnUrl: z.optional(z.string()),
  cancelUrl: z.optional(z.string()),
  description: z.string(),
  /** Who pays, as the provider was told. */
  payer: z.object({ name: z.string(), phone: z.optional(z.string()), email: z.optional(z.string()) }),
  /** The end of the payer's time. */
  payBy: utcTime(),
  paymentId: z.optional(z.string()),
  paidAt: z.optional(utcTime()),
  /** What the provider says was paid. */
  paidAmount: z.optional(z.string()),
  paidCurrency: z.optional(z.string()),
  /** Whether that is not what was asked for. */
  amountDiffers: z.optional(z.boolean()),
  /** Why it failed, is to be looked at, or was decided as it was. */
  outcome: z.optional(z.string()),
  /** Of one that came to review: what the provider said of it, such as `partially_refunded 700.00 YER`. */
  providerSays: z.optional(z.string()),
  /** The member of staff or the customer who opened it. */
  startedBy: z.optional(z.string()),
  /** Who decided on it when it was in review. */
  resolvedBy: z.optional(z.string()),
  resolvedAt: z.optional(utcTime()),
});

/** What a person says of a checkout in review, after asking the provider. */
export const resolveCheckoutSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('book'),
    /** What is there of the money. */
    amount: amount(),
    /** @default the checkout's */
    currency: z.optional(currency()),
    /** @default the checkout's; `debt` where its supply takes no tokens any more */
    purpose: z.optional(z.enum(paymentPurposes)),
    reason: label(500),
  }),
  z.object({ outcome: z.literal('dismiss'), reason: label(500) }),
]);
export type CheckoutDecision = z.infer<typeof resolveCheckoutSchema>;

export const storedCheckoutSchema = storedSchema(checkoutSchema);
export type Checkout = z.infer<typeof checkoutSchema>;
export type CheckoutRequest = z.infer<typeof startCheckoutSchema>;
