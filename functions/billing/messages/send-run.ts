/** Lambda entry: sends the invoices of a billing run. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { messageChannels } from '../customers/customer-schema.ts';
import { sendPage } from './send-invoice.ts';

const message = z.object({
  tenantId: z.string(),
  runId: z.string(),
  shard: z.int(),
  channels: z.optional(z.array(z.enum(messageChannels))),
  cursor: z.optional(z.string()),
  invoiceId: z.optional(z.string()),
});

export const handler = consumeEach(
  (body) => message.parse(JSON.parse(body)),
  (part) => sendPage(part),
);
