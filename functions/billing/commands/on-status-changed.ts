/** Lambda entry: what meters say of their relays. */
import * as z from 'zod/mini';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { confirmCommand } from './confirm-command.ts';

const change = z.object({ meterId: z.string(), newStatus: z.string(), time: z.string() });

export const handler = consumeEvents(({ tenantId, payload }) =>
  confirmCommand({ tenantId, ...change.parse(payload), by: 'status' }),
);
