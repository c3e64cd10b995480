/**
 * Settles, some at a time, the invoices that one transaction could not hold: a customer who pays two hundred bills at once pays
 * all of them. Until then their money waits as an advance, and invoices less advances is the balance at every step. The request
 * that recorded the payment goes on with it; should it die, the payment's own event does.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { isOpen } from '../invoices/invoice-entity.ts';
import { requireInvoices } from '../invoices/require-invoices.ts';
import { allocatePayment, maxAllocations, mergedAllocations, shownAllocations } from './allocate-payment.ts';
import { paymentEntity } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';
import { settleInvoices } from './settle-invoices.ts';

/** @returns the payment as it is afterwards; may be called at any time, by any number */
export async function settleRest(session: TenantSession, id: string): Promise<Payment & Stored> {
  for (;;) {
    const payment = await retryOnChange(() => settleNext(session, id));
    if (payment.stillSettles === undefined) return payment;
  }
}

async function settleNext(session: TenantSession, id: string): Promise<Payment & Stored> {
  const payment = await session.require(paymentEntity, { id });
  const { stillSettles, customerId, currency, advanceAmount } = payment;
  if (stillSettles === undefined) return payment;
  const [invoices, advance] = await Promise.all([
    requireInvoices(session, stillSettles.slice(0, maxAllocations)),
    readAdvance(session, customerId, currency),
  ]);
  const [own, ahead] = [minorOf(advanceAmount, currency), BigInt(advance?.minor ?? '0')];
  // An invoice that was issued in between has used some of it.
  const available = own < ahead ? own : ahead;
  const { allocations, advance: left } = allocatePayment(available, invoices.filter(isOpen));
  const used = available - left;
  const rest = left === 0n ? [] : stillSettles.slice(maxAllocations);
  return session.transact('billing', (unit) => {
    settleInvoices(unit, allocations, session.context.now());
    // Of invoices that were paid otherwise meanwhile something is left, which others may need.
    const mayPayOthers = left > 0n && rest.length === 0;
    writeAdvance(unit, advance, { customerId, currency, minor: ahead - used }, { mayPayOthers });
    return unit.update(paymentEntity, payment, {
      allocations: mergedAllocations(payment, shownAllocations(allocations)),
      advanceAmount: amountOf(own - used, currency),
      stillSettles: rest.length === 0 ? null : rest,
    });
  });
}
