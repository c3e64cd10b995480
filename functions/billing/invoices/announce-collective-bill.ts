/** Says of a customer who was billed alone, in a request, that the invoices of the period are there to be told of together. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { collectiveBillCompleted } from './collective-events.ts';
import { invoicesOfScope } from './collective-scope.ts';
import type { StoredInvoice } from './invoice-entity.ts';
import { findOfCustomer } from './list-of-customer.ts';

/**
 * Named by the invoice made last: who asks again, and made nothing more, says the same again, and it is told of once; whoever died
 * before this says it when the request is repeated.
 * @param made by this request
 */
export async function announceCollectiveBill(
  session: TenantSession,
  customerId: string,
  asked: { from: string; to: string },
  made: readonly StoredInvoice[],
): Promise<void> {
  const { days, mayBe, isOne } = await invoicesOfScope(session, asked);
  const standing = await findOfCustomer(session, customerId, {
    days,
    mayBe: (pointer) => pointer.runId === undefined && mayBe(pointer),
    take: (invoice) => (isOne(invoice) ? [{ ...invoice, bills: [] }] : []),
  });
  const ours = standing.filter(isTogether);
  const last = lastOf(ours.length > 0 ? ours : made.filter(isTogether));
  if (last === undefined) return;
  // Days of before, as of a meter that was given up, were billed with it.
  const from = made.map(({ period }) => addDays(period.to, -1)).reduce((a, b) => (b < a ? b : a), asked.from);
  await session.transact('billing', (unit) => {
    const payload = { customerId, invoiceId: last.id, period: { from, to: asked.to } };
    unit.emit(collectiveBillCompleted, { aggregateId: customerId, payload });
  });
}

const isTogether = ({ isCollective }: StoredInvoice): boolean => isCollective === true;

const lastOf = (invoices: readonly StoredInvoice[]): StoredInvoice | undefined =>
  invoices.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id)).at(-1);
