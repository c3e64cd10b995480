/** Payments that are half way are few: they are found without reading all that are through. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { type HalfWayPayment, halfWayPaymentEntity, paymentEntity } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';

/** The newest first; a page may be shorter than its limit and still have a cursor. */
export async function listHalfWay(
  session: TenantSession,
  isWanted: (payment: Payment) => boolean,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<Payment & Stored>> {
  const { items, nextCursor } = await session.query<HalfWayPayment>(halfWayPaymentEntity, {
    pk: ['HALF-WAY-PAYMENTS'],
    order: 'descending',
    consistent: true,
    ...page,
  });
  const keys = items.map(({ paymentId }) => ({ id: paymentId }));
  const found = await session.getMany(paymentEntity, keys, { consistent: true });
  const byId = new Map(found.map((payment) => [payment.id, payment]));
  return { items: keys.flatMap(({ id }) => byId.get(id) ?? []).filter(isWanted), nextCursor };
}
