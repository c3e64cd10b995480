/** What customers see of their payments, tokens and messages, and what they say when they pay: the office's own, without what is the office's alone. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { checkoutSchema, startCheckoutSchema } from '../checkouts/checkout-schema.ts';
import { customerMessageSchema } from '../messages/message-schema.ts';
import { paymentSchema } from '../payments/payment-schema.ts';
import { vendSchema } from '../prepaid/vend-schema.ts';

/** Without the office's notes and its own marks. */
export const ownPaymentSchema = storedSchema(
  z.omit(paymentSchema, {
    note: true,
    integrationId: true,
    cashierSessionId: true,
    bankLineId: true,
    reverseReason: true,
    takingBackFor: true,
  }),
);

export const ownVendSchema = z.pick(vendSchema, {
  id: true,
  kind: true,
  status: true,
  meterId: true,
  meterNumber: true,
  supplyId: true,
  amount: true,
  currency: true,
  parts: true,
  tokens: true,
  requestedAt: true,
  vendedAt: true,
});

export const ownCheckoutSchema = storedSchema(
  z.omit(checkoutSchema, {
    customerId: true,
    integrationId: true,
    providerReference: true,
    outcome: true,
    providerSays: true,
    startedBy: true,
    resolvedBy: true,
  }),
);

/** `startCheckout`'s, without what the customer has no say in. */
const orders = startCheckoutSchema.shape;
export const startOwnCheckout = z.object({
  amount: orders.amount,
  currency: orders.currency,
  invoiceIds: orders.invoiceIds,
  provider: orders.provider,
  returnUrl: orders.returnUrl,
  cancelUrl: orders.cancelUrl,
});

export const ownMessageSchema = z.pick(customerMessageSchema, {
  id: true,
  channel: true,
  language: true,
  subject: true,
  text: true,
  status: true,
  requestedAt: true,
  sentAt: true,
});

/** Decimal text in `currency`; absent where the utility sets no limit. */
export const ownLimitsSchema = z.object({
  supplyId: z.string(),
  meterId: z.string(),
  meterNumber: z.string(),
  currency: z.string(),
  minimumAmount: z.optional(z.string()),
  maximumAmount: z.optional(z.string()),
  leftToday: z.optional(z.string()),
  leftThisMonth: z.optional(z.string()),
});

export const buyOwnToken = z.extend(z.omit(startOwnCheckout, { invoiceIds: true, currency: true }), {
  supplyId: generatedId('sup'),
});
