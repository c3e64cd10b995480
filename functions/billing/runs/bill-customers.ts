/** Lambda entry: works off the pages of billing runs. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { billPage } from './bill-page.ts';

const message = z.object({
  tenantId: z.string(),
  runId: z.string(),
  part: z.union([z.int(), z.string()]),
  page: z.int(),
});

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), billPage);
