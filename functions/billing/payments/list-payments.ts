/**
 * Lists of payments, the newest first. Times bound what is read; payments of a till, and those that are half way, are found by rows
 * of their own, so that a few among a million cost what they are. The other terms are asked of what lies within these bounds.
 */
import type { Entity, Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { Page, QueryOptions, TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { movementEntity } from '../cashier-sessions/cashier-session-entity.ts';
import type { Movement } from '../cashier-sessions/cashier-session-schema.ts';
import { halfWayPaymentEntity, paymentEntity, paymentPartitions } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';

type Terms = Partial<Pick<Payment, 'customerId' | 'method' | 'status' | 'purpose' | 'provider' | 'cashierSessionId'>>;

export interface PaymentQuery extends Terms {
  /** UTC; the first moment, and the first that is not meant any more. */
  from?: string | undefined;
  to?: string | undefined;
  isHalfWay?: 'true' | undefined;
}

interface PageOrder {
  limit: number;
  cursor?: string | undefined;
}

/** A page may be shorter than its limit, or empty, and still have a cursor. */
export async function listPayments(
  session: TenantSession,
  { isHalfWay, ...query }: PaymentQuery,
  page: PageOrder,
): Promise<Page<Payment & Stored>> {
  const { customerId, cashierSessionId, from, to, ...terms } = query;
  // DynamoDB takes no range that ends before it begins.
  if (from !== undefined && to !== undefined && from >= to) return { items: [], nextCursor: null };
  if (isHalfWay !== undefined)
    return byPointers(session, query, halfWayPaymentEntity, { pk: ['HALF-WAY-PAYMENTS'], ...page });
  if (cashierSessionId !== undefined)
    return byPointers(session, query, movementEntity, {
      pk: ['CASHIER-SESSION', cashierSessionId],
      beginsWith: ['MOVEMENT', ''],
      ...page,
    });
  const within = { order: 'descending', filter: equals(terms), ...timesOf(from, to), ...page } as const;
  return customerId === undefined
    ? queryShards(session, paymentEntity, {
        index: 'gsi1',
        partitions: paymentPartitions,
        sortKeyOf: ({ receivedAt, id }) => [receivedAt, id],
        ...within,
      })
    : session.query<Payment & Stored>(paymentEntity, {
        index: 'gsi2',
        pk: ['CUSTOMER-PAYMENTS', customerId],
        ...within,
      });
}

/** Keys of a moment are longer than the moment: those of `to` itself come after the bound. */
const timesOf = (from: string | undefined, to: string | undefined): { from?: KeyParts; to?: KeyParts } => ({
  ...(from === undefined ? {} : { from: [from] }),
  ...(to === undefined ? {} : { to: [to] }),
});

/** Payments that rows of another kind name, in the order of those. */
async function byPointers(
  session: TenantSession,
  query: PaymentQuery,
  pointer: Entity,
  options: QueryOptions,
): Promise<Page<Payment & Stored>> {
  const { items, nextCursor } = await session.query<{ paymentId: string; type?: Movement['type'] }>(pointer, {
    order: 'descending',
    consistent: true,
    ...options,
  });
  // Few movements of a till are of another type; asked of the store, each page would read on to the till's end.
  const keys = items.flatMap(({ paymentId: id, type = 'payment' }) => (type === 'payment' ? [{ id }] : []));
  const found = await session.getMany(paymentEntity, keys, { consistent: true });
  const byId = new Map(found.map((payment) => [payment.id, payment]));
  return { items: keys.flatMap(({ id }) => byId.get(id) ?? []).filter((each) => isAsAsked(each, query)), nextCursor };
}

/** As the store filters other lists. */
const isAsAsked = (payment: Payment, { from = '', to = '~', ...same }: PaymentQuery): boolean =>
  payment.receivedAt >= from &&
  payment.receivedAt < to &&
  Object.entries(same).every(([name, value]) => value === undefined || payment[name as keyof Payment] === value);
