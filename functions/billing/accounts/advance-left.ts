/** Says that money of a customer waits beside invoices that it may pay: who hears of it sets it off, where the tenant wants that. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';

export const advanceLeft = defineEvent({
  type: 'advance.left',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'subscriber',
  summary: {
    en: 'Money of a customer was left over, as by a credit note; open invoices are paid with it, the longest due first.',
    ar: 'تبقى مبلغ للمشترك، كما في إشعار دائن؛ تُسدد به الفواتير المفتوحة بدءًا بالأقدم استحقاقًا.',
  },
  payload: z.object({ customerId: z.string(), currency: z.string() }),
  example: { customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS', currency: 'YER' },
});
