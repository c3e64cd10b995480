/** Lambda entry: checkouts and refunds that a provider is to be asked about, and payments that are half way. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { doProviderWork } from './do-provider-work.ts';

const message = z.object({
  tenantId: z.string(),
  kind: z.enum(['checkout', 'refund', 'payment']),
  id: z.string(),
  look: z.optional(z.int()),
  notBefore: z.optional(z.string()),
});

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), doProviderWork);
