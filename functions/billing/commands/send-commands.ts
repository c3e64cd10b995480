/** Lambda entry: sends commands and looks after those that were not confirmed. */
import * as z from 'zod/mini';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { sendCommand } from './send-command.ts';

const message = z.object({ tenantId: z.string(), commandId: z.string(), attempts: z.int() });

export const handler = consumeEach((body) => message.parse(JSON.parse(body)), sendCommand);
