/** Events of payments' rows. */
import { defineRowEvents } from '../../../layers/kernel/events/row-events.ts';

export const paymentRowEvents = defineRowEvents({
  aggregateType: 'payment',
  source: 'billing',
  noun: { en: 'a payment', ar: 'دفعة' },
  example: {
    id: 'pay_01JGFJJZ00ABCDEFGHJKMNPQRS',
    paymentNumber: '1000234505-GHJKMNPQ',
    customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
    amount: '15000.00',
    currency: 'YER',
    method: 'cash',
    status: 'received',
    version: 1,
  },
});
