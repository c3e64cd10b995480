/**
 * Lambda entry: a provider told of a payment, a checkout was begun, a refund may go out, a payment is half way. Each becomes a message of the one
 * queue whose function may call providers; being an event of the row's own transaction, none is forgotten.
 */
import * as z from 'zod/mini';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { checkoutEntity, checkoutReferenceEntity } from '../checkouts/checkout-entity.ts';
import { orderWork } from './provider-work.ts';

const notified = z.object({
  integrationId: z.string(),
  data: z.object({ providerReference: z.optional(z.unknown()), reference: z.optional(z.unknown()) }),
});
const changed = z.object({ id: z.string(), status: z.string(), method: z.optional(z.string()) });
const halfWay = z.object({ paymentId: z.string() });

/** Longer than a request lasts. */
const halfWaySeconds = 60;
/** The first look by the clock: most payers are done by then, and a notification comes before. */
const firstLookSeconds = 60;

export const handler = consumeEvents(async ({ type, tenantId, payload }) => {
  if (type === 'payment.notified') {
    const checkoutId = await checkoutOf(openSession(tenantId), notified.parse(payload));
    // Payments that were begun elsewhere, at the provider's own till, are not ours to book.
    if (checkoutId !== undefined) await orderWork({ tenantId, kind: 'checkout', id: checkoutId });
    return;
  }
  if (type === 'payment.half_way') {
    const { paymentId } = halfWay.parse(payload);
    return orderWork({ tenantId, kind: 'payment', id: paymentId }, halfWaySeconds);
  }
  const { id, status, method } = changed.parse(payload);
  if (type === 'checkout.changed' && status === 'creating')
    await orderWork({ tenantId, kind: 'checkout', id, look: 0 }, firstLookSeconds);
  // One that failed may have invoices to settle again.
  const isAtWork = status === 'failed' || (status === 'approved' && method === 'provider');
  if (type === 'refund.changed' && isAtWork) await orderWork({ tenantId, kind: 'refund', id, look: 0 });
});

async function checkoutOf(
  session: TenantSession,
  { integrationId, data }: z.infer<typeof notified>,
): Promise<string | undefined> {
  const { providerReference, reference } = data;
  if (typeof providerReference === 'string' && providerReference !== '') {
    const known = await session.get(
      checkoutReferenceEntity,
      { integrationId, providerReference },
      { consistent: true },
    );
    if (known !== undefined) return known.checkoutId;
  }
  // The provider was faster than our own note of its answer.
  if (typeof reference !== 'string' || !/^chk_[0-9A-Z]{26}$/.test(reference)) return undefined;
  return (await session.get(checkoutEntity, { id: reference }, { consistent: true }))?.id;
}
