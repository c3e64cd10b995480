/** Events of refunds: each step, and the money that is gone, which the ledger posts. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { paymentMethods, paymentPurposes } from '../payments/payment-schema.ts';
import { storedRefundSchema } from './refund-schema.ts';

const ids = {
  paymentId: 'pay_01JGFJJZ00ABCDEFGHJKMNPQRS',
  customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
};

export const refundChanged = defineEvent({
  type: 'refund.changed',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'payment',
  summary: {
    en: 'A refund was requested, approved, sent, or ended.',
    ar: 'طُلب رد مبلغ أو وُوفق عليه أو أُرسل أو انتهى.',
  },
  payload: storedRefundSchema,
  example: {
    id: 'rfd_01JGFJJZ00ABCDEFGHJKMNPQRS',
    ...ids,
    amount: '500.00',
    currency: 'YER',
    method: 'provider' as const,
    reason: 'Paid twice',
    status: 'approved' as const,
    requestedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
    approvedBy: 'usr_01JGFJK000ABCDEFGHJKMNPQRS',
    decidedAt: '2026-05-10T08:00:00.000Z',
    version: 2,
    createdAt: '2026-05-10T07:00:00.000Z',
    updatedAt: '2026-05-10T08:00:00.000Z',
  },
});

export const paymentRefunded = defineEvent({
  type: 'payment.refunded',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'payment',
  summary: { en: 'Money of a payment was given back.', ar: 'رُدّ مبلغ من دفعة.' },
  payload: z.object({
    refundId: z.string(),
    paymentId: z.string(),
    paymentNumber: z.string(),
    customerId: z.string(),
    /** What was given back this time. */
    amount: z.string(),
    currency: z.string(),
    /** How it went out; `gateway` by the provider the payment came by. */
    method: z.enum(paymentMethods),
    purpose: z.enum(paymentPurposes),
    supplyId: z.optional(z.string()),
    reason: z.string(),
    refundedAt: z.string(),
  }),
  example: {
    refundId: 'rfd_01JGFJJZ00ABCDEFGHJKMNPQRS',
    ...ids,
    paymentNumber: '1000234505-GHJKMNPQ',
    amount: '500.00',
    currency: 'YER',
    method: 'gateway' as const,
    purpose: 'debt' as const,
    reason: 'Paid twice',
    refundedAt: '2026-05-10T08:05:00.000Z',
  },
});
