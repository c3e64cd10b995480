/** Events of invoices' rows. Bills and their lines are fetched with the invoice: they would be sent again with each payment. */
import { defineRowEvents } from '../../../layers/kernel/events/row-events.ts';

export const invoiceRowEvents = defineRowEvents({
  aggregateType: 'invoice',
  source: 'billing',
  noun: { en: 'an invoice', ar: 'فاتورة' },
  omit: ['bills'],
  example: {
    id: 'inv_01JGFJJZ00ABCDEFGHJKMNPQRS',
    invoiceNumber: '1000234505-20260430',
    kind: 'invoice',
    customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
    currency: 'YER',
    totalAmount: '14250.00',
    dueAmount: '14250.00',
    status: 'issued',
    version: 1,
  },
});
