/** The event that tells whose readings they are. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';

export const subscriberMeterReading = defineEvent({
  type: 'subscriber.meter_reading',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'tenant',
  summary: {
    en: 'Readings of customers’ meters arrived: `meter.reading` with the customer who had the meter then.',
    ar: 'وصلت قراءات عدادات مشتركين: `meter.reading` مع المشترك الذي كان لديه العداد حينها.',
  },
  payload: z.object({
    readings: z.array(
      z.object({
        customerId: z.string(),
        supplyId: z.string(),
        meterId: z.string(),
        time: utcTime(),
        /** Cumulative register. */
        registerKwh: z.string(),
        /** Since the meter's previous reading, where that travelled with it. */
        consumptionKwh: z.optional(z.string()),
      }),
    ),
  }),
  example: {
    readings: [
      {
        customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
        supplyId: 'sup_01JGFJJZ00ABCDEFGHJKMNPQRS',
        meterId: 'ACR-001234',
        time: '2026-01-01T10:30:00.000Z',
        registerKwh: '15234.56',
      },
    ],
  },
});
