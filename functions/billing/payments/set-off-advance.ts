/** Pays open invoices with money that waits: of a cancelled invoice, a credit note, a payment that named others, a closed prepaid supply. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { noteSetOff } from '../accounts/set-offs.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { allocatePayment, shownAllocations } from './allocate-payment.ts';
import { invoicesToSettle } from './invoices-to-settle.ts';
import type { SetOffOrder, SettledAhead } from './set-off-schema.ts';
import { settleInvoices } from './settle-invoices.ts';

/**
 * As many as one transaction holds; where money is left for others, the event of it goes on.
 * @throws AppError `not_found`, `unprocessable` for named invoices that it cannot pay
 */
export function setOffAdvance(
  session: TenantSession,
  wanted: SetOffOrder & { currency: string },
): Promise<SettledAhead> {
  const { customerId, currency } = wanted;
  return retryOnChange(async () => {
    const advance = await readAdvance(session, customerId, currency);
    const ahead = BigInt(advance?.minor ?? '0');
    const open = ahead === 0n ? [] : await invoicesToSettle(session, wanted, currency, { minor: ahead });
    const { allocations, advance: left, rest } = allocatePayment(ahead, open);
    if (allocations.length > 0)
      await session.transact('billing', (unit) => {
        settleInvoices(unit, allocations, session.context.now());
        for (const { invoice, minor } of allocations)
          noteSetOff(unit, { customerId, currency, invoiceId: invoice.id }, minor);
        writeAdvance(unit, advance, { customerId, currency, minor: left }, { mayPayOthers: rest.length > 0 });
      });
    return { currency, settled: shownAllocations(allocations), advanceAmount: amountOf(left, currency) };
  });
}
