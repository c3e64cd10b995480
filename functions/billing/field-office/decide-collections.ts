/** What a person makes of cash that was held: a payment after all, or nothing. Either way once. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { alreadyDecided } from '../mobile/apply-collection.ts';
import { type Collection, collectionEntity, receiptNumberEntity } from '../mobile/collection-entity.ts';
import { paymentReference } from '../mobile/field-reference.ts';
import { recordPayment } from '../payments/record-payment.ts';

export interface Decision {
  reason: string;
  by: string;
}

export async function recordHeld(
  session: TenantSession,
  id: string,
  customerId: string | undefined,
  { reason, by }: Decision,
): Promise<Collection & Stored> {
  const held = await requireHeld(session, id);
  await refuseOwn(session, held, by);
  const { amount, currency, takenAt, receiptNumber } = held;
  let after: (Collection & Stored) | undefined;
  await recordPayment(
    session,
    {
      customerId: customerId ?? held.customerId,
      amount,
      currency,
      method: 'cash',
      externalReference: paymentReference(held),
      receivedAt: takenAt,
      note: `Receipt ${receiptNumber}`,
    },
    {
      isLate: true,
      accompany: async () => {
        const [before, receipt] = await Promise.all([
          requireHeld(session, id),
          session.get(receiptNumberEntity, { receiptNumber }, { consistent: true }),
        ]);
        return {
          write: (unit, payment) => {
            if (receipt === undefined) unit.create(receiptNumberEntity, { receiptNumber, collectionId: id });
            after = unit.update(collectionEntity, before, {
              status: 'recorded',
              customerId: payment.customerId,
              paymentId: payment.id,
              resolvedBy: by,
              resolution: reason,
            });
          },
        };
      },
    },
  );
  return after!;
}

export const voidHeld = (session: TenantSession, id: string, { reason, by }: Decision): Promise<Collection & Stored> =>
  retryOnChange(async () => {
    const held = await requireHeld(session, id);
    await refuseOwn(session, held, by);
    return session.transact('billing', (unit) =>
      unit.update(collectionEntity, held, { status: 'voided', resolvedBy: by, resolution: reason }),
    );
  });

/** Cash that somebody holds is not his to write off, nor to get past his own limit. */
async function refuseOwn(session: TenantSession, { collectorId }: Collection, by: string): Promise<void> {
  if ((await personBehind(session, by)) === collectorId)
    throw new AppError('forbidden', undefined, {
      texts: { en: 'Somebody else decides about cash you took.', ar: 'يبت شخص آخر في النقد الذي استلمته.' },
    });
}

async function requireHeld(session: TenantSession, id: string): Promise<Collection & Stored> {
  const held = await session.require(collectionEntity, { id });
  if (held.status !== 'held') throw alreadyDecided();
  return held;
}
