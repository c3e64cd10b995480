/**
 * The money of a refund leaves the account before it is sent, so that nothing else uses it meanwhile. What is gone for good is
 * said by `payment.refunded`, which the ledger posts.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { postToAccount } from '../accounts/account-entity.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { today } from '../invoices/local-day.ts';
import { orSettleAgain, oweManyAgain, planLastTakeBack } from '../payments/owe-again.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { emitHalfWay } from '../payments/payment-half-way.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { settleRest } from '../payments/settle-rest.ts';
import { type TakeBack, writeTakeBack } from '../payments/take-back.ts';
import { requireRefund, withoutRefund } from './decide-refund.ts';
import { refundEntity, type StoredRefund } from './refund-entity.ts';
import { paymentRefunded, refundChanged } from './refund-events.ts';
import type { Refund } from './refund-schema.ts';

/** What is written with it, known anew at each attempt: the till it comes out of. */
export type AccompanyRefund = (
  refund: StoredRefund,
) => Promise<{ attributes?: Partial<Refund>; write?: (unit: UnitOfWork, refund: StoredRefund) => void }>;

interface TakeRefund {
  handedOverBy?: string;
  externalReference?: string | undefined;
  accompany?: AccompanyRefund;
}

/**
 * Takes the money out of the account.
 * @param options `handedOverBy`: it is given back by hand in the same moment, by them; `externalReference`: the number of what it was
 *   given back by
 * @throws AppError `conflict` when it is not there any more
 */
export async function takeRefund(
  session: TenantSession,
  id: string,
  { handedOverBy, externalReference, accompany }: TakeRefund = {},
): Promise<StoredRefund> {
  const isHandedOver = handedOverBy !== undefined;
  const asked = await requireRefund(session, id, ['approved']);
  const take = async (): Promise<StoredRefund> => {
    await oweManyAgain(session, asked.paymentId, {
      wanted: () => minorOf(asked.amount, asked.currency),
      what: {
        refundId: id,
        ...(handedOverBy === undefined ? {} : { askedBy: handedOverBy }),
        ...(externalReference === undefined ? {} : { externalReference }),
      },
    });
    const refund = await requireRefund(session, id, ['approved']);
    const payment = await session.require(paymentEntity, { id: refund.paymentId });
    const { customerId, currency, amount } = refund;
    const minor = minorOf(amount, currency);
    const isDebt = (payment.purpose ?? 'debt') === 'debt';
    const [plan, date, companion] = await Promise.all([
      isDebt ? planLastTakeBack(session, payment, minor) : undefined,
      today(session),
      accompany?.(refund),
    ]);
    const now = session.context.now();
    return session.transact('billing', (unit) => {
      if (plan !== undefined) {
        writeTakeBack(unit, payment, plan, now);
        const reference = payment.paymentNumber;
        postToAccount(unit, { id, customerId, type: 'refund', date, minor, currency, reference });
      }
      unit.update(paymentEntity, payment, { ...plan?.left, ...(isHandedOver ? afterRefund(payment, refund) : {}) });
      const after = unit.update(refundEntity, refund, {
        status: isHandedOver ? 'done' : 'sent',
        sentAt: now,
        ...(isHandedOver ? { endedAt: now } : {}),
        ...(plan === undefined ? {} : { taken: takenOf(plan, currency) }),
        ...companion?.attributes,
      });
      companion?.write?.(unit, after);
      unit.emit(refundChanged, { aggregateId: payment.id, payload: after });
      if (isHandedOver) emitRefunded(unit, payment, after, now);
      if (plan?.left.stillSettles !== undefined) emitHalfWay(unit, payment.id);
      return after;
    });
  };
  const taken = await orSettleAgain(session, asked.paymentId, id, () => retryOnChange(take));
  await settleRest(session, asked.paymentId);
  return taken;
}

/** The provider has given it back. */
export function finishRefund(session: TenantSession, id: string, outcome?: string): Promise<StoredRefund> {
  return retryOnChange(async () => {
    const refund = await requireRefund(session, id, ['sent', 'unknown']);
    const payment = await session.require(paymentEntity, { id: refund.paymentId });
    const now = session.context.now();
    return session.transact('billing', (unit) => {
      const after = unit.update(refundEntity, refund, { status: 'done', endedAt: now, outcome: outcome ?? null });
      unit.update(paymentEntity, payment, afterRefund(payment, refund));
      unit.emit(refundChanged, { aggregateId: payment.id, payload: after });
      emitRefunded(unit, payment, after, now);
      return after;
    });
  });
}

function afterRefund(payment: Payment, refund: Refund): Partial<Payment> {
  const { currency, amount, refundedAmount = '0' } = payment;
  const refunded = minorOf(refundedAmount, currency) + minorOf(refund.amount, currency);
  return {
    refundedAmount: amountOf(refunded, currency),
    ...withoutRefund(payment, refund),
    status: refunded === minorOf(amount, currency) ? 'refunded' : 'partially_refunded',
  };
}

const takenOf = (plan: TakeBack, currency: string): NonNullable<Refund['taken']> => ({
  fromAdvance: amountOf(plan.fromHeld + plan.fromAdvance, currency),
  fromInvoices: plan.fromInvoices.map(({ invoice, minor }) => ({
    invoiceId: invoice.id,
    amount: amountOf(minor, currency),
  })),
});

function emitRefunded(unit: UnitOfWork, payment: Payment, refund: Refund, now: string): void {
  const { id, paymentNumber, customerId, purpose = 'debt', supplyId } = payment;
  unit.emit(paymentRefunded, {
    aggregateId: id,
    payload: {
      refundId: refund.id,
      paymentId: id,
      paymentNumber,
      customerId,
      amount: refund.amount,
      currency: refund.currency,
      method: refund.method === 'provider' ? 'gateway' : refund.method,
      purpose,
      ...(supplyId === undefined ? {} : { supplyId }),
      reason: refund.reason,
      refundedAt: now,
    },
  });
}
