/** The event that carries a message to the queue it is sent from. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { messageChannels } from '../customers/customer-schema.ts';
import { templateNames } from './templates/index.ts';

export const messageRequested = defineEvent({
  type: 'message.requested',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'customer',
  summary: { en: 'A customer is to be sent a message.', ar: 'طُلب إرسال رسالة إلى مشترك.' },
  payload: z.object({
    messageId: z.string(),
    customerId: z.string(),
    template: z.enum(templateNames),
    channel: z.enum(messageChannels),
    reference: z.string(),
  }),
  example: {
    messageId: 'msg_0000000000ABCDEFGHJKMNPQRS',
    customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
    template: 'invoice_issued',
    channel: 'sms',
    reference: 'invoice inv_01JGFJJZ00ABCDEFGHJKMNPQRS',
  },
});
