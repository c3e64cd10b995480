/**
 * Makes a payment's money ready to be taken back where it settled more invoices than one transaction holds: some at a time they
 * are owed again and their money is an advance, until the rest fits into the transaction that takes it back.
 */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { maxAllocations } from './allocate-payment.ts';
import { paymentEntity } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';
import { planTakeBack, type TakeBackOptions, writeTakeBack } from './take-back.ts';

interface OweAgain extends TakeBackOptions {
  /** Minor units that are to be taken back. Throws when it may not be. */
  wanted: (payment: Payment) => bigint;
  /** Steps of dunning that are done anew. */
  forgetSteps?: readonly string[];
  /** Whether the invoices are to be settled again should the money come back. */
  isForRefund?: boolean;
}

/** @throws AppError what `wanted` throws, and `conflict` before anything is changed when there is not so much */
export async function oweManyAgain(session: TenantSession, id: string, options: OweAgain): Promise<void> {
  while (!(await retryOnChange(() => oweSomeAgain(session, id, options))));
}

/** @returns whether what is left fits into one transaction */
async function oweSomeAgain(
  session: TenantSession,
  id: string,
  { wanted, forgetSteps, isForRefund = false, mayFallShort = false }: OweAgain,
): Promise<boolean> {
  const payment = await session.require(paymentEntity, { id });
  const { allocations, currency, advanceAmount, owedAgain = [] } = payment;
  if (allocations.length <= maxAllocations || (payment.purpose ?? 'debt') !== 'debt') return true;
  const plan = await planTakeBack(session, payment, wanted(payment), { mayFallShort });
  if (plan.fromInvoices.length <= maxAllocations) return true;
  const fromInvoices = plan.fromInvoices.slice(0, maxAllocations);
  const taken = new Map(fromInvoices.map(({ invoice, minor }) => [invoice.id, minor]));
  const freed = fromInvoices.reduce((sum, { minor }) => sum + minor, 0n);
  await session.transact('billing', (unit) => {
    writeTakeBack(unit, payment, { ...plan, fromInvoices, fromAdvance: -freed }, session.context.now(), forgetSteps);
    unit.update(paymentEntity, payment, {
      // The last one of a plan may be taken from in part, and is the last of its page.
      allocations: allocations.flatMap((one) => {
        const left = minorOf(one.amount, currency) - (taken.get(one.invoiceId) ?? 0n);
        return left === 0n ? [] : [{ ...one, amount: amountOf(left, currency) }];
      }),
      advanceAmount: amountOf(minorOf(advanceAmount, currency) + freed, currency),
      // Nothing settles them meanwhile.
      stillSettles: null,
      ...(isForRefund ? { owedAgain: [...taken.keys()].toReversed().concat(owedAgain) } : {}),
    });
  });
  return false;
}
