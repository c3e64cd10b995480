/** Moves a refund on where no money moves with it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { refundEntity, type StoredRefund } from './refund-entity.ts';
import { refundChanged } from './refund-events.ts';
import type { Refund } from './refund-schema.ts';

/** @returns the refund as it is now: where somebody else moved it on meanwhile, their word stands */
export async function changeRefund(
  session: TenantSession,
  refund: StoredRefund,
  changes: Partial<Refund>,
): Promise<StoredRefund> {
  if (changes.status === refund.status) return refund;
  try {
    return await session.transact('billing', (unit) => {
      const after = unit.update(refundEntity, refund, changes);
      unit.emit(refundChanged, { aggregateId: refund.paymentId, payload: after });
      return after;
    });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'version_conflict') throw error;
    return session.require(refundEntity, { id: refund.id });
  }
}
