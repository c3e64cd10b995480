/** A second person agrees to a refund or turns it down; one that is not on its way can be given up. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { emitHalfWay } from '../payments/payment-half-way.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { refundEntity, type StoredRefund } from './refund-entity.ts';
import { refundChanged } from './refund-events.ts';
import type { Refund } from './refund-schema.ts';

export async function approveRefund(session: TenantSession, id: string, subject: string): Promise<StoredRefund> {
  const approvedBy = await personBehind(session, subject);
  return retryOnChange(async () => {
    const refund = await requireRefund(session, id, ['requested']);
    refuseSame(refund, approvedBy);
    return session.transact('billing', (unit) => {
      const after = unit.update(refundEntity, refund, {
        status: 'approved',
        approvedBy,
        decidedAt: session.context.now(),
      });
      unit.emit(refundChanged, { aggregateId: refund.paymentId, payload: after });
      return after;
    });
  });
}

/** Ends a refund whose money never left the account. */
export function endUnsentRefund(
  session: TenantSession,
  id: string,
  status: 'rejected' | 'failed',
  outcome: string,
): Promise<StoredRefund> {
  return retryOnChange(async () => {
    const refund = await requireRefund(session, id, ['requested', 'approved']);
    const payment = await session.require(paymentEntity, { id: refund.paymentId });
    return session.transact('billing', (unit) => {
      const after = unit.update(refundEntity, refund, { status, outcome, endedAt: session.context.now() });
      const { owedAgain } = payment;
      unit.update(paymentEntity, payment, {
        ...withoutRefund(payment, refund),
        ...(payment.takingBack !== undefined && owedAgain !== undefined ? { owedAgain } : {}),
      });
      unit.emit(refundChanged, { aggregateId: refund.paymentId, payload: after });
      // Whoever had begun to take the money died, and its invoices are settled again.
      if (payment.takingBack !== undefined) emitHalfWay(unit, payment.id);
      return after;
    });
  });
}

/** What is still set aside on the payment once this refund is through or given up. */
function withoutPending({ refundPendingAmount = '0', currency }: Payment, { amount }: Refund): string | null {
  const left = minorOf(refundPendingAmount, currency) - minorOf(amount, currency);
  return left > 0n ? amountOf(left, currency) : null;
}

/** The payment once this refund is through or came back: which invoices are owed again is kept for others that are under way. */
export function withoutRefund(payment: Payment, refund: Refund): Partial<Payment> {
  const pending = withoutPending(payment, refund);
  return { refundPendingAmount: pending as string, ...(pending === null ? { owedAgain: null as never } : {}) };
}

export async function requireRefund(
  session: TenantSession,
  id: string,
  allowed: readonly Refund['status'][],
): Promise<StoredRefund> {
  const refund = await session.require(refundEntity, { id });
  if (!allowed.includes(refund.status))
    throw new AppError('conflict', undefined, {
      texts: { en: `The refund is ${refund.status} already.`, ar: `حالة الرد الآن: ${refund.status}.` },
    });
  return refund;
}

export function refuseSame({ requestedBy }: Refund, person: string): void {
  if (person === requestedBy)
    throw new AppError('forbidden', undefined, {
      texts: { en: 'Who asked for it cannot decide on it.', ar: 'لا يبتّ في الطلب من قدّمه.' },
    });
}
