/** Lambda entry: something happened after which a customer may have to have light again, or a disconnection moved on meanwhile. */
import * as z from 'zod/mini';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { reconnectWhenPaid } from './reconnect-when-paid.ts';

const ofCustomer = z.object({ customerId: z.string() });
const customer = z.object({ id: z.string() });
const command = z.object({ customerId: z.optional(z.string()), command: z.string(), status: z.string() });

export const handler = consumeEvents(async ({ type, tenantId, payload }) => {
  switch (type) {
    case 'subscriber.updated':
      return reconnectWhenPaid(tenantId, customer.parse(payload).id);
    case 'meter.command_changed': {
      // Also one that was only asked for: the payment may have come between dunning's look at the debt and its order, and its
      // event before the order was there. And the end of any other: while it was open, light could not be given back.
      const { customerId, ...changed } = command.parse(payload);
      if (customerId === undefined || changed.status === 'sent') return;
      // The broker refused it to the end, and would again at once: the next morning is soon enough.
      if (changed.command === 'reconnect' && changed.status === 'failed') return;
      return reconnectWhenPaid(tenantId, customerId);
    }
    default:
      return reconnectWhenPaid(tenantId, ofCustomer.parse(payload).customerId);
  }
});
