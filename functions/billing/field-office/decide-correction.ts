/** Accepts or refuses what the field says of a customer. Accepted, it is a change of the customer like any other. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { refuseHalfPlace } from '../customers/customer-place.ts';
import { subscriberUpdated } from '../events.ts';
import { alreadyDecided } from '../mobile/apply-collection.ts';
import { type Correction, correctionEntity } from '../mobile/correction-entity.ts';

export async function decideCorrection(
  session: TenantSession,
  id: string,
  { accept, reason, force, by }: { accept: boolean; reason?: string | undefined; force: boolean; by: string },
): Promise<Correction & Stored> {
  const before = await session.require(correctionEntity, { id });
  if (before.status !== 'proposed') throw alreadyDecided();
  const customer = accept ? await session.require(customerEntity, { id: before.customerId }) : undefined;
  if (customer !== undefined && customer.version !== before.baseVersion && !force)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'The customer was changed since. Look at both, then send `force`.',
        ar: 'عُدّل المشترك منذ ذلك الحين. قارن بينهما ثم أرسل `force`.',
      },
    });
  return session.transact('billing', (unit) => {
    if (customer !== undefined) {
      refuseHalfPlace(before.changes, customer);
      const after = unit.update(customerEntity, customer, before.changes as object);
      unit.emit(subscriberUpdated, { aggregateId: customer.id, payload: after });
    }
    return unit.update(correctionEntity, before, {
      status: accept ? 'accepted' : 'refused',
      decidedBy: by,
      ...(reason === undefined ? {} : { reason }),
    });
  });
}
