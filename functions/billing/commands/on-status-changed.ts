/** Lambda entry: what meters say of their relays and of commands they refuse, and what their platform says they did. */
import * as z from 'zod/mini';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { confirmCommand } from './confirm-command.ts';
import { failRefused } from './fail-refused.ts';

const change = z.object({ meterId: z.string(), newStatus: z.string(), time: z.string() });
const confirmation = z.object({
  meterId: z.string(),
  action: z.enum(['disconnect', 'reconnect']),
  confirmedAt: z.string(),
});
const refusal = z.object({
  meterId: z.string(),
  action: z.enum(['disconnect', 'reconnect']),
  time: z.string(),
  commandId: z.optional(z.string()),
  reason: z.optional(z.string()),
});

export const handler = consumeEvents(({ type, tenantId, payload }) => {
  if (type === 'meter.status_changed') return confirmCommand({ tenantId, ...change.parse(payload), by: 'status' });
  if (type === 'meter.command_refused') return failRefused({ tenantId, ...refusal.parse(payload) });
  // Said also where the meter's status was the same before, which is no change.
  const { meterId, action, confirmedAt } = confirmation.parse(payload);
  const newStatus = action === 'disconnect' ? 'disconnected' : 'connected';
  return confirmCommand({ tenantId, meterId, newStatus, time: confirmedAt, by: 'webhook' });
});
