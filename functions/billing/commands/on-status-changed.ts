/** Lambda entry: what meters say of their relays, and what their platform says they did. */
import * as z from 'zod/mini';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { confirmCommand } from './confirm-command.ts';

const change = z.object({ meterId: z.string(), newStatus: z.string(), time: z.string() });
const confirmation = z.object({
  meterId: z.string(),
  action: z.enum(['disconnect', 'reconnect']),
  confirmedAt: z.string(),
});

export const handler = consumeEvents(({ type, tenantId, payload }) => {
  if (type === 'meter.status_changed') return confirmCommand({ tenantId, ...change.parse(payload), by: 'status' });
  // Said also where the meter's status was the same before, which is no change.
  const { meterId, action, confirmedAt } = confirmation.parse(payload);
  const newStatus = action === 'disconnect' ? 'disconnected' : 'connected';
  return confirmCommand({ tenantId, meterId, newStatus, time: confirmedAt, by: 'webhook' });
});
