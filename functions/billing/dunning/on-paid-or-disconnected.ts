/** Lambda entry: an invoice was paid, or a disconnection was asked for or confirmed. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { reconnectWhenPaid } from './reconnect-when-paid.ts';

const paid = z.object({ customerId: z.string(), currency: z.string() });
const command = z.object({ customerId: z.optional(z.string()), command: z.string(), status: z.string() });

/**
 * Also one that was only asked for: the payment may have come between dunning's look at the debt and its order, and its event
 * before the order was there.
 */
const reviewed = ['requested', 'approved', 'confirmed', 'timed_out'];

export const handler = consumeEvents(async ({ type, tenantId, payload }) => {
  if (type === 'invoice.paid') {
    const { customerId, currency } = paid.parse(payload);
    return reconnectWhenPaid(tenantId, customerId, currency);
  }
  const { customerId, command: kind, status } = command.parse(payload);
  if (customerId === undefined || kind !== 'disconnect' || !reviewed.includes(status)) return;
  const { currency } = await tenantProfile(openSession(tenantId));
  await reconnectWhenPaid(tenantId, customerId, currency);
});
