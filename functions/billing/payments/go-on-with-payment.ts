/**
 * Goes on with a payment that settles, or is taken back, in several transactions, a minute after the first of them: whoever began is
 * through by then, or died. So a cashier who closes the browser half way leaves nothing half done.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { tillForRefund, tillForReversal } from '../cashier-sessions/till-of-payment.ts';
import { tellAPerson } from '../provider-payments/tell-a-person.ts';
import { refundEntity } from '../refunds/refund-entity.ts';
import { takeRefund } from '../refunds/take-refund.ts';
import { settleAgain } from './owe-again.ts';
import { paymentEntity } from './payment-entity.ts';
import type { TakingBackFor } from './payment-schema.ts';
import { reversePayment } from './reverse-payment.ts';
import { settleRest } from './settle-rest.ts';

export async function goOnWithPayment({ tenantId, id }: { tenantId: string; id: string }): Promise<void> {
  const session = openSession(tenantId);
  const { takingBack, takingBackFor } = await settleRest(session, id);
  // Without saying what for, it is the step of a queue that goes on by its own messages.
  if (takingBack === undefined || takingBackFor === undefined) return;
  try {
    await takeBack(session, id, takingBackFor);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'conflict') throw error;
    await settleAgain(session, id, 'refundId' in takingBackFor ? takingBackFor.refundId : undefined);
    if (!(await isThrough(session, id, takingBackFor)))
      await tellAPerson(session, { kind: 'payment', id }, error.message);
  }
}

/** Who asked for it again was faster. */
async function isThrough(session: TenantSession, id: string, what: TakingBackFor): Promise<boolean> {
  if ('refundId' in what) return (await session.require(refundEntity, { id: what.refundId })).status !== 'approved';
  return (await session.require(paymentEntity, { id })).status === 'reversed';
}

async function takeBack(session: TenantSession, id: string, what: TakingBackFor): Promise<void> {
  if ('reason' in what) {
    const { askedBy, reason, ...same } = what;
    const accompany = await tillForReversal(session, askedBy, reason);
    await reversePayment(session, id, reason, { ...same, askedBy, accompany });
    return;
  }
  const { refundId, askedBy, externalReference } = what;
  const refund = await session.require(refundEntity, { id: refundId });
  if (refund.status !== 'approved') return settleAgain(session, id, refundId);
  // The provider's queue has a message for it.
  if (askedBy === undefined) return;
  const accompany = await tillForRefund(session, askedBy, externalReference);
  await takeRefund(session, refundId, { handedOverBy: askedBy, externalReference, accompany });
}
