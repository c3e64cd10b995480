/** Lambda entry: makes and sends the codes that link users to accounts. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { sendLinkCode } from './link-code.ts';

const message = z.object({
  tenantId: z.string(),
  requestId: z.string(),
  userId: z.string(),
  accountNumber: z.string(),
});

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), sendLinkCode);
