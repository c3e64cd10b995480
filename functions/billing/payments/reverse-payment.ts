/** Takes a payment back: a cheque that bounced, a mistake at the counter. Its invoices are owed again; the payment stays on record. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { postToAccount } from '../accounts/account-entity.ts';
import { readPolicy } from '../dunning/policy.ts';
import { paymentReversed } from '../events.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { today } from '../invoices/local-day.ts';
import { orSettleAgain, oweManyAgain, planLastTakeBack } from './owe-again.ts';
import { paymentEntity } from './payment-entity.ts';
import { paymentPayload } from './payment-payload.ts';
import type { Payment } from './payment-schema.ts';
import type { PaymentCompanion } from './record-payment.ts';
import { refuseSpentOnToken } from './refuse-spent.ts';
import { planDebt } from './returned-payment.ts';
import type { ReversalReason } from './reversal-reasons.ts';
import { remainderOf, writeTakeBack } from './take-back.ts';

export interface ReverseOptions {
  /** Called before each attempt: rows that are written with the reversal. */
  accompany?: (payment: Payment & Stored) => Promise<Pick<PaymentCompanion, 'write'>>;
  /** The money is gone for certain: what it was used for and cannot be undone is owed by an invoice of its own. */
  becomesDebt?: boolean;
  /** What the customer is told. @default `returned_by_bank` where it becomes debt, `other` else */
  reasonCode?: ReversalReason | undefined;
  /** Who waits for it; where they die half way it goes on by itself. @default a queue, whose message comes again */
  askedBy?: string;
}

/** @throws AppError `not_found`, `conflict` */
export async function reversePayment(
  session: TenantSession,
  id: string,
  reason: string,
  options: ReverseOptions = {},
): Promise<Payment & Stored> {
  const { accompany, becomesDebt = false, askedBy } = options;
  const { reasonCode = becomesDebt ? 'returned_by_bank' : 'other' } = options;
  const policy = await readPolicy(session);
  // Light came back when it was paid; what is owed again may take it again.
  const forgetSteps = policy.steps.filter(({ action }) => action === 'disconnect').map((step) => step.id);
  const reverse = async (): Promise<Payment & Stored> => {
    await oweManyAgain(session, id, {
      forgetSteps,
      mayFallShort: becomesDebt,
      what: askedBy === undefined ? undefined : { askedBy, reason, reasonCode, becomesDebt },
      wanted(payment) {
        refuseReversal(payment, becomesDebt);
        return remainderOf(payment);
      },
    });
    const payment = await session.require(paymentEntity, { id });
    refuseReversal(payment, becomesDebt);
    const { customerId, currency, purpose = 'debt' } = payment;
    const remainder = remainderOf(payment);
    const [plan, date, companion] = await Promise.all([
      purpose === 'debt' ? planLastTakeBack(session, payment, remainder, { mayFallShort: becomesDebt }) : undefined,
      today(session),
      accompany?.(payment),
    ]);
    const shortfall = purpose === 'prepaid' ? remainder : (plan?.shortfall ?? 0n);
    const writeDebt =
      shortfall > 0n
        ? await planDebt(session, payment, shortfall, { date, isAheadWritten: plan !== undefined })
        : undefined;
    const now = session.context.now();
    return session.transact('billing', (unit) => {
      const reversed = unit.update(paymentEntity, payment, {
        status: 'reversed',
        reversedAt: now,
        reverseReason: reason,
        reverseReasonCode: reasonCode,
        stillSettles: null,
        takingBack: null,
        takingBackFor: null,
        owedAgain: null,
      });
      if (plan !== undefined) writeTakeBack(unit, payment, plan, now, { forgetSteps });
      if (plan !== undefined || writeDebt !== undefined)
        postToAccount(unit, {
          id: `${id}-reversed`,
          customerId,
          type: 'payment_reversal',
          date,
          minor: remainder,
          currency,
          reference: payment.paymentNumber,
        });
      const debt = writeDebt?.(unit);
      companion?.write?.(unit, reversed);
      const { supplyId: _supply, ...told } = paymentPayload(payment);
      unit.emit(paymentReversed, {
        aggregateId: id,
        payload: {
          ...(debt === undefined ? paymentPayload(payment) : told),
          // What was refunded before is posted already.
          amount: amountOf(remainder, currency),
          reason,
          reasonCode,
          // What was bought stays bought: the money for it is owed.
          ...(debt === undefined
            ? {}
            : { purpose: 'debt', debtInvoiceId: debt.id, debtAmount: amountOf(shortfall, currency) }),
        },
      });
      return reversed;
    });
  };
  return orSettleAgain(session, id, undefined, () => retryOnChange(reverse));
}

function refuseReversal(payment: Payment, becomesDebt: boolean): void {
  const { status, refundPendingAmount = '0', currency } = payment;
  if (!becomesDebt) refuseSpentOnToken(payment);
  if (status === 'reversed')
    throw new AppError('conflict', undefined, {
      texts: { en: 'The payment is reversed already.', ar: 'الدفعة معكوسة من قبل.' },
    });
  if (status === 'refunded' || minorOf(refundPendingAmount, currency) > 0n)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'The payment is refunded, or a refund of it is under way.',
        ar: 'رُدّت الدفعة أو أن ردّها قيد التنفيذ.',
      },
    });
}
