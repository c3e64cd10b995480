/** Lambda entry: an invoice was paid, or a meter confirmed a disconnection. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { reconnectWhenPaid } from './reconnect-when-paid.ts';

const paid = z.object({ customerId: z.string(), currency: z.string() });
const command = z.object({ customerId: z.optional(z.string()), command: z.string(), status: z.string() });

export const handler = consumeEvents(async ({ type, tenantId, payload }) => {
  if (type === 'invoice.paid') {
    const { customerId, currency } = paid.parse(payload);
    return reconnectWhenPaid(tenantId, customerId, currency);
  }
  const { customerId, command: kind, status } = command.parse(payload);
  if (customerId === undefined || kind !== 'disconnect' || (status !== 'confirmed' && status !== 'timed_out')) return;
  const { currency } = await tenantProfile(openSession(tenantId));
  await reconnectWhenPaid(tenantId, customerId, currency);
});
