/** Lambda entry: a payment for energy, however it came, asks for its token. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { vendForPayment } from './request-vend.ts';

const payment = z.object({ paymentId: z.string(), purpose: z.string() });

export const handler = consumeEvents(async ({ tenantId, payload, correlationId, id }) => {
  const { paymentId, purpose } = payment.parse(payload);
  if (purpose === 'prepaid') await vendForPayment(openSession(tenantId, { correlationId, causationId: id }), paymentId);
});
