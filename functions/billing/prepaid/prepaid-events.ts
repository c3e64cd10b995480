/** Events of prepaid energy. A token is worth money, so events only show its first and last digits. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { customerTypes } from '../customers/customer-schema.ts';
import { vendKinds } from './vend-schema.ts';

const tokenPayload = z.object({
  vendId: z.string(),
  kind: z.enum(vendKinds),
  meterId: z.string(),
  meterNumber: z.string(),
  supplyId: z.optional(z.string()),
  customerId: z.optional(z.string()),
  /** The customer's when the token was priced, also in what takes it back. */
  customerType: z.optional(z.enum(customerTypes)),
  campaignId: z.optional(z.string()),
  /** The rest only of tokens that were paid for. */
  paymentId: z.optional(z.string()),
  currency: z.optional(z.string()),
  /** What was paid. */
  amount: z.optional(z.string()),
});
const parts = {
  arrearsAmount: z.optional(z.string()),
  /** `energyAmount + fixedAmount + taxAmount`, and with `arrearsAmount` all that is earned or settled. */
  chargedAmount: z.optional(z.string()),
  energyAmount: z.optional(z.string()),
  fixedAmount: z.optional(z.string()),
  taxAmount: z.optional(z.string()),
  energyKwh: z.optional(z.string()),
};
/** What became the customer's advance. */
const returned = { returnedAmount: z.optional(z.string()) };

const example = {
  vendId: 'vnd_01JGFJJZ00ABCDEFGHJKMNPQRS',
  kind: 'credit' as const,
  meterId: 'MTR-001',
  meterNumber: '01234567897',
  supplyId: 'sup_01JGFJJZ00ABCDEFGHJKMNPQRS',
  customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
  customerType: 'residential' as const,
  paymentId: 'pay_01JGFJJZ00ABCDEFGHJKMNPQRS',
  currency: 'YER',
  amount: '5000.00',
};
const exampleParts = {
  arrearsAmount: '1000.00',
  chargedAmount: '3990.00',
  energyAmount: '3500.00',
  fixedAmount: '300.00',
  taxAmount: '190.00',
  energyKwh: '14.0',
};
const base = { source: 'billing', schemaVersion: 1, aggregateType: 'prepaid_token' } as const;

export const prepaidVended = defineEvent({
  ...base,
  type: 'prepaid.vended',
  summary: { en: 'A token for a prepaid meter was made.', ar: 'أُصدر رمز شحن لعداد مسبق الدفع.' },
  payload: z.extend(tokenPayload, { ...parts, tokens: z.array(z.string()) }),
  example: { ...example, ...exampleParts, tokens: ['1234 •••• •••• •••• 7890'] },
});

export const prepaidVendFailed = defineEvent({
  ...base,
  type: 'prepaid.vend_failed',
  summary: {
    en: 'No token could be made; what was paid for it is the customer’s advance.',
    ar: 'تعذّر إصدار رمز الشحن، وصار المبلغ رصيدًا مقدمًا للمشترك.',
  },
  payload: z.extend(tokenPayload, { ...returned, arrearsAmount: z.optional(z.string()), reason: z.string() }),
  example: { ...example, arrearsAmount: '0.00', returnedAmount: '5000.00', reason: 'The meter is not known' },
});

export const prepaidReversed = defineEvent({
  ...base,
  type: 'prepaid.reversed',
  summary: {
    en: 'A token was taken back; what was paid for it is the customer’s advance.',
    ar: 'أُلغي رمز شحن، وصار المبلغ رصيدًا مقدمًا للمشترك.',
  },
  payload: z.extend(tokenPayload, { ...parts, ...returned, reason: z.string() }),
  example: { ...example, ...exampleParts, returnedAmount: '4000.00', reason: 'Wrong meter' },
});

export const prepaidKeyConfirmed = defineEvent({
  ...base,
  type: 'prepaid.key_confirmed',
  aggregateType: 'meter',
  summary: { en: 'A meter was seen to hold its new key.', ar: 'تأكد أن العداد يحمل مفتاحه الجديد.' },
  payload: z.object({
    meterId: z.string(),
    meterNumber: z.string(),
    vendId: z.string(),
    keyRevision: z.int(),
    baseDate: z.int(),
    /** How it was known. */
    by: z.enum(['customer', 'meter_status', 'next_vend']),
  }),
  example: {
    meterId: 'MTR-001',
    meterNumber: '01234567897',
    vendId: example.vendId,
    keyRevision: 2,
    baseDate: 2014,
    by: 'next_vend' as const,
  },
});

export const prepaidCreditReturned = defineEvent({
  ...base,
  type: 'prepaid.credit_returned',
  aggregateType: 'supply',
  summary: {
    en: 'Credit left in a meter became the customer’s advance: the supply is billed afterwards from now on.',
    ar: 'صار الرصيد المتبقي في العداد رصيدًا مقدمًا للمشترك بعد تحوّله إلى الدفع الآجل.',
  },
  payload: z.object({
    supplyId: z.string(),
    customerId: z.string(),
    /** As on the supply's last token. */
    customerType: z.optional(z.enum(customerTypes)),
    meterId: z.string(),
    currency: z.string(),
    remainingKwh: z.string(),
    /** `energyAmount + fixedAmount + taxAmount + carriedAmount`. */
    returnedAmount: z.string(),
    energyAmount: z.string(),
    /** Charges of days on which the supply is prepaid no more. */
    fixedAmount: z.string(),
    taxAmount: z.string(),
    carriedAmount: z.string(),
  }),
  example: {
    supplyId: example.supplyId,
    customerId: example.customerId,
    customerType: example.customerType,
    meterId: example.meterId,
    currency: 'YER',
    remainingKwh: '12.5',
    returnedAmount: '3449.25',
    energyAmount: '3125.00',
    fixedAmount: '160.00',
    taxAmount: '164.25',
    carriedAmount: '0.00',
  },
});

export const prepaidEvents = [
  prepaidVended,
  prepaidVendFailed,
  prepaidReversed,
  prepaidKeyConfirmed,
  prepaidCreditReturned,
];
