/** Lambda entry: pages of bank files. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { importPage } from './import-page.ts';

const message = z.object({
  tenantId: z.string(),
  importId: z.string(),
  position: z.int(),
  isReminder: z.optional(z.boolean()),
});

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), importPage);
