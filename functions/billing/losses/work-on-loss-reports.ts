/** Lambda entry: works off the messages of loss reports. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { workOnLossReport } from './work-on-loss-report.ts';

const message = z.object({
  tenantId: z.string(),
  reportId: z.string(),
  at: z.optional(z.object({ part: z.int(), page: z.int() })),
});

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), workOnLossReport);
