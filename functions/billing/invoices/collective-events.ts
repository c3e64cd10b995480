/** The event that says of a customer with collective bills that all invoices of one are there. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';

export const collectiveBillCompleted = defineEvent({
  type: 'collective_bill.completed',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'customer',
  summary: {
    en: 'A customer who gets collective bills was billed: by a run, or for a period.',
    ar: 'أُصدرت فواتير مشترك يستلم فواتير مجمعة: في دورة فوترة أو عن فترة.',
  },
  payload: z.object({
    customerId: z.string(),
    /** One of its invoices. */
    invoiceId: z.string(),
    /** Of a run. */
    runId: z.optional(z.string()),
    /** Of a customer who was billed alone; local days, `to` is the first day after. */
    period: z.optional(z.object({ from: z.string(), to: z.string() })),
  }),
  example: {
    customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
    invoiceId: 'inv_01JGFJJZ00ABCDEFGHJKMNPQRS',
    runId: 'run_01JGFJJZ00ABCDEFGHJKMNPQRS',
  },
});
