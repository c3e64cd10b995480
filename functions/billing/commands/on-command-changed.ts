/** Lambda entry: a command that nobody has to agree to any more is sent. */
import * as z from 'zod/mini';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { orderSending } from './command-queue.ts';

const change = z.object({ id: z.string(), status: z.string(), attempts: z.int() });

export const handler = consumeEvents(async ({ tenantId, payload }) => {
  const command = change.parse(payload);
  if (command.status === 'approved') await orderSending(tenantId, command);
});
