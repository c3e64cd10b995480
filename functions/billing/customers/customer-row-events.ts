/** Events of customers' rows. Papers of identity stay at home: a mirror of customers needs none. */
import { defineRowEvents } from '../../../layers/kernel/events/row-events.ts';

export const customerRowEvents = defineRowEvents({
  aggregateType: 'customer',
  source: 'billing',
  noun: { en: 'a customer', ar: 'مشترك' },
  omit: ['nationalId', 'taxNumber'],
  example: {
    id: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
    accountNumber: '10002345',
    name: 'Ahmed Saleh',
    type: 'residential',
    status: 'active',
    version: 1,
  },
});
