/**
 * Lambda entry: what a payment still has to do after it was recorded. One for energy, however it came, asks for its token; one
 * that settles more invoices than a transaction holds goes on where its request may have died.
 */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { vendForPayment } from '../prepaid/request-vend.ts';
import { settleRest } from './settle-rest.ts';

const received = z.object({
  paymentId: z.string(),
  purpose: z.string(),
  advanceAmount: z._default(z.string(), '0'),
});

export const handler = consumeEvents(async ({ tenantId, payload, correlationId, id }) => {
  const { paymentId, purpose, advanceAmount } = received.parse(payload);
  const session = openSession(tenantId, { correlationId, causationId: id });
  if (purpose === 'prepaid') await vendForPayment(session, paymentId);
  else if (purpose === 'debt' && /[1-9]/.test(advanceAmount)) await settleRest(session, paymentId);
});
