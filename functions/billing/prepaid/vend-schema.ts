/** A token that was asked for: what it is, what paid for it, what became of it. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount } from '../../../layers/money/money-schema.ts';
import { customerTypes } from '../customers/customer-schema.ts';
import { paymentMethods } from '../payments/payment-schema.ts';

/** `credit` is paid for, `free_units` are given; the others are engineering tokens (IEC 62055-41, classes 1 and 2). */
export const vendKinds = [
  'credit',
  'free_units',
  'clear_credit',
  'clear_tamper',
  'power_limit',
  'key_change',
  'test',
] as const;
/** Those a customer keys in; the others are a technician's. */
export const kindsOfCustomers: readonly string[] = ['credit', 'free_units', 'key_change'];
export const engineeringKinds = ['clear_credit', 'clear_tamper', 'power_limit', 'key_change', 'test'] as const;

/**
 * `awaiting_approval` needs a second person; `requested` waits for its turn; `vending` is, or may be, at the vendor; `unknown`: the
 * vendor's answer was lost, and it is asked again with the same reference; `reversing` as `vending`, the other way. The rest are ends.
 */
export const vendStatuses = [
  'awaiting_approval',
  'requested',
  'vending',
  'unknown',
  'vended',
  'failed',
  'rejected',
  'reversing',
  'reversed',
] as const;
/** Those somebody has to go on with. */
export const openVendStatuses: readonly string[] = ['requested', 'vending', 'unknown', 'reversing'];

export const quoteSchema = z.object({ supplyId: generatedId('sup'), amount: amount() });

export const requestVendSchema = z.object({
  supplyId: generatedId('sup'),
  /** What the customer pays, debt included. */
  amount: amount(),
  method: z.enum(paymentMethods),
  /** Number of the receipt or transfer; the same one of a method is one payment for ever. */
  externalReference: z.optional(label(100)),
});

const reason = label(500);
export const requestTokenSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('clear_credit'), meterId: externalId(), reason }),
  z.object({ kind: z.literal('clear_tamper'), meterId: externalId(), reason }),
  z.object({
    kind: z.literal('power_limit'),
    meterId: externalId(),
    reason,
    limitW: z.int().check(z.gte(0), z.lte(1_000_000)),
  }),
  z.object({
    kind: z.literal('key_change'),
    meterId: externalId(),
    reason,
    supplyGroupCode: z.string().check(z.regex(/^\d{6}$/)),
    keyRevision: z.int().check(z.gte(1), z.lte(9)),
    tariffIndex: z.string().check(z.regex(/^\d{2}$/)),
    baseDate: z.literal([1993, 2014, 2035]),
  }),
  z.object({ kind: z.literal('test'), meterId: externalId(), reason, test: z.int().check(z.gte(0), z.lte(36)) }),
]);

/** What was charged: a line of a purchase. */
export const chargeLineSchema = z.object({
  code: z.string(),
  kind: z.string(),
  label: z.object({ en: z.string(), ar: z.string() }),
  from: z.string(),
  to: z.string(),
  quantity: z.string(),
  unit: z.string(),
  /** It is charged once for a month of purchases, however many days that has. */
  isOnce: z.optional(z.literal(true)),
  rate: z.string(),
  amount: z.string(),
});

/** `amount + carriedIn = arrearsAmount + chargedAmount + carriedOut`; `chargedAmount = energyAmount + fixedAmount + taxAmount`. */
const vendPartsSchema = z.object({
  currency: z.string(),
  amount: z.string(),
  /** Left over by the purchase before. */
  carriedIn: z.string(),
  /** Went to invoices that were owed. */
  arrearsAmount: z.string(),
  chargedAmount: z.string(),
  energyAmount: z.string(),
  fixedAmount: z.string(),
  taxAmount: z.string(),
  /** Less than the smallest step of energy costs: kept for the next purchase. */
  carriedOut: z.string(),
  boughtKwh: z.string(),
  freeKwh: z.string(),
  /** What the token carries. */
  energyKwh: z.string(),
  lines: z.array(chargeLineSchema),
});

export const quoteAnswerSchema = z.extend(vendPartsSchema, { supplyId: z.string(), meterNumber: z.string() });

export const vendSchema = z.object({
  id: z.string(),
  kind: z.enum(vendKinds),
  status: z.enum(vendStatuses),
  meterId: z.string(),
  meterNumber: z.string(),
  supplyId: z.optional(z.string()),
  customerId: z.optional(z.string()),
  /** The customer's when it was priced. */
  customerType: z.optional(z.enum(customerTypes)),
  paymentId: z.optional(z.string()),
  /** What was paid. */
  amount: z.optional(z.string()),
  currency: z.optional(z.string()),
  /** What it is made of, from when it is sent to the vendor. */
  parts: z.optional(vendPartsSchema),
  /** What is ordered of an engineering token. */
  order: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
  reason: z.optional(z.string()),
  campaignId: z.optional(z.string()),
  requestedBy: z.optional(z.string()),
  requestedAt: utcTime(),
  approvedBy: z.optional(z.string()),
  /** Groups of four digits; masked but for those who may see them. */
  tokens: z.optional(z.array(z.string())),
  /** The vendor's own number of it, and where it was made. */
  vendorReference: z.optional(z.string()),
  integrationId: z.optional(z.string()),
  attempts: z.int(),
  vendedAt: z.optional(utcTime()),
  endedAt: z.optional(utcTime()),
  /** Why it failed or was rejected, or what is wrong at the moment. */
  outcome: z.optional(z.string()),
  reversalReason: z.optional(z.string()),
  /** Its money was taken back, as with a bounced cheque, and the token stands: the invoice by which it is owed. */
  debtInvoiceId: z.optional(z.string()),
  reprints: z.optional(z.int()),
});

export const storedVendSchema = storedSchema(vendSchema);
export type Vend = z.infer<typeof vendSchema>;
export type VendParts = z.infer<typeof vendPartsSchema>;
export type VendKind = Vend['kind'];
export type TokenRequest = z.infer<typeof requestTokenSchema>;
export type VendOrder = z.infer<typeof requestVendSchema>;
export type Quote = z.infer<typeof quoteAnswerSchema>;
