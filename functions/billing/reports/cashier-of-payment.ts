/** Whose hands took a payment: the cashier of its till, or who collected it in the field. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { cashierSessionEntity } from '../cashier-sessions/cashier-session-entity.ts';
import { collectorOf } from '../mobile/field-reference.ts';
import { channelOf, type PaymentWay } from './payment-channel.ts';

/** @returns the user; undefined where nobody took it, as of a transfer */
export type CashierOf = (payment: PaymentWay) => Promise<string | undefined>;

/** Reads each till once. */
export function readCashiers(session: TenantSession): CashierOf {
  const known = new Map<string, Promise<string | undefined>>();
  return async (payment) => {
    const { externalReference, cashierSessionId: id } = payment;
    if (channelOf(payment) === 'field') return collectorOf(externalReference);
    if (id === undefined) return undefined;
    const cashier = known.get(id) ?? session.get(cashierSessionEntity, { id }).then((till) => till?.cashierId);
    known.set(id, cashier);
    return cashier;
  };
}
