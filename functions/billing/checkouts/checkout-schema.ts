/** A checkout: a customer is sent to a payment provider, and what became of it. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import { paymentPurposes, purposeShape, refusePurpose } from '../payments/payment-schema.ts';

/**
 * `creating` and `unknown`: the provider may or may not have heard of it; `pending`: the payer's turn; `expired`: the payer's
 * time is over, though money that still comes is taken; `review`: the provider says what only a person can judge.
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
  /** Why it failed, or is to be looked at. */
  outcome: z.optional(z.string()),
});

export const storedCheckoutSchema = storedSchema(checkoutSchema);
export type Checkout = z.infer<typeof checkoutSchema>;
export type CheckoutRequest = z.infer<typeof startCheckoutSchema>;
