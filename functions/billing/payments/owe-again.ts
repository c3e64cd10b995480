/**
 * Makes a payment's money ready to be taken back where it settled more invoices than one transaction holds: some at a time they
 * are owed again and the payment holds their money, which no new invoice may use, until the rest fits into the transaction that
 * takes it back. Whoever dies in between is gone on with by `go-on-with-payment.ts`, or by asking again; who is refused settles them
 * again.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { maxAllocations } from './allocate-payment.ts';
import { paymentEntity } from './payment-entity.ts';
import { emitHalfWay } from './payment-half-way.ts';
import type { Payment, TakingBackFor } from './payment-schema.ts';
import { settleRest } from './settle-rest.ts';
import { planTakeBack, type TakeBack, type TakeBackOptions, writeTakeBack } from './take-back.ts';

interface OweAgain extends TakeBackOptions {
  /** Minor units that are to be taken back. Throws when it may not be. */
  wanted: (payment: Payment) => bigint;
  /** Steps of dunning that are done anew. */
  forgetSteps?: readonly string[];
  /** What the payment is taken back for; where somebody asked for it, it goes on by itself should they die. */
  what?: TakingBackFor | undefined;
}

/** @throws AppError what `wanted` throws, and `conflict` before anything is changed when there is not so much */
export async function oweManyAgain(session: TenantSession, id: string, options: OweAgain): Promise<void> {
  // The request has taken effect when the money is taken back: these steps are not it.
  const steps = session.beforehand();
  for (let isFirst = true; !(await retryOnChange(() => oweSomeAgain(steps, id, options, isFirst))); isFirst = false);
}

/** @returns whether what is left fits into one transaction */
async function oweSomeAgain(
  session: TenantSession,
  id: string,
  { wanted, forgetSteps = [], mayFallShort = false, what }: OweAgain,
  isFirst: boolean,
): Promise<boolean> {
  const payment = await session.require(paymentEntity, { id });
  const { currency, takingBack = '0', owedAgain = [] } = payment;
  if ((payment.purpose ?? 'debt') !== 'debt') return true;
  const plan = await planTakeBack(session, payment, wanted(payment), { mayFallShort });
  if (plan.fromInvoices.length <= maxAllocations) return true;
  const fromInvoices = plan.fromInvoices.slice(0, maxAllocations);
  const freed = fromInvoices.reduce((sum, { minor }) => sum + minor, 0n);
  await session.transact('billing', (unit) => {
    writeTakeBack(unit, payment, { ...plan, fromInvoices, fromAdvance: 0n, unneeded: 0n }, session.context.now(), {
      forgetSteps,
      isThrough: false,
    });
    unit.update(paymentEntity, payment, {
      ...plan.leftAfter(fromInvoices),
      takingBack: amountOf(minorOf(takingBack, currency) + freed, currency),
      // Nothing settles them meanwhile.
      stillSettles: null,
      owedAgain: [...new Set([...fromInvoices.map(({ invoice }) => invoice.id).toReversed(), ...owedAgain])],
      ...(what === undefined ? {} : { takingBackFor: what }),
    });
    if (isFirst && what?.askedBy !== undefined) emitHalfWay(unit, id);
  });
  return false;
}

/**
 * What the last step takes, after `oweManyAgain`.
 * @throws AppError as `planTakeBack`, and `version_conflict` where others have settled or taken so much meanwhile that it is to be done
 *   anew
 */
export async function planLastTakeBack(...of: Parameters<typeof planTakeBack>): Promise<TakeBack> {
  const plan = await planTakeBack(...of);
  if (plan.fromInvoices.length > maxAllocations) throw new AppError('version_conflict');
  return plan;
}

/**
 * Nothing is taken back after all: what was held settles the invoices it came from, as far as they still need it.
 * @param refundId the refund it was held for: what another one holds is left to that. @default it was a reversal
 */
export async function settleAgain(session: TenantSession, id: string, refundId?: string): Promise<void> {
  await retryOnChange(async () => {
    const payment = await session.require(paymentEntity, { id });
    const { customerId, currency, takingBack, takingBackFor, advanceAmount, owedAgain } = payment;
    if (takingBack === undefined || refundOf(takingBackFor) !== refundId) return;
    const held = minorOf(takingBack, currency);
    const advance = await readAdvance(session, customerId, currency);
    await session.transact('billing', (unit) => {
      const minor = BigInt(advance?.minor ?? '0') + held;
      writeAdvance(unit, advance, { customerId, currency, minor }, { mayPayOthers: owedAgain === undefined });
      unit.update(paymentEntity, payment, {
        advanceAmount: amountOf(minorOf(advanceAmount, currency) + held, currency),
        takingBack: null,
        takingBackFor: null,
        stillSettles: owedAgain ?? null,
        owedAgain: null,
      });
      emitHalfWay(unit, id);
    });
  });
  await settleRest(session, id);
}

const refundOf = (what: TakingBackFor | undefined): string | undefined =>
  what !== undefined && 'refundId' in what ? what.refundId : undefined;

/** Runs what takes the money back, and settles the invoices again where it is refused for good. @param refundId as in `settleAgain` */
export async function orSettleAgain<T>(
  session: TenantSession,
  id: string,
  refundId: string | undefined,
  takeBack: () => Promise<T>,
): Promise<T> {
  try {
    return await takeBack();
  } catch (error) {
    if (isAppError(error) && error.code === 'conflict') await settleAgain(session.beforehand(), id, refundId);
    throw error;
  }
}
