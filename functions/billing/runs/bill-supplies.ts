/**
 * The part of a run that bills one customer of many meters: some supplies at a time, whole groups of the customer's where an
 * invoice holds them, so that no page takes longer than its function has.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Step } from '../../../layers/kernel/queues/walk-pages.ts';
import type { BillingOptions } from '../invoices/bill-customer.ts';
import { mostSupplies } from '../invoices/part-bills.ts';
import { suppliesOfCustomer } from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { billSideBySide } from './bill-side-by-side.ts';
import { endPage } from './end-page.ts';
import type { RunPart } from './run-entity.ts';

export async function billSupplies(
  session: TenantSession,
  progress: RunPart & Stored,
  customerId: string,
  options: BillingOptions,
  limit = mostSupplies,
): Promise<Step<RunPart>> {
  const supplies = await suppliesOfCustomer(session, customerId);
  const waiting = supplies
    .filter(({ mode }) => mode === 'postpaid')
    .map(({ id, ...supply }) => ({ id, group: supply.invoiceGroup ?? '', key: sortKey({ id, ...supply }) }))
    .filter(({ key }) => progress.cursor === undefined || key > progress.cursor)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = firstOf(waiting, limit);
  const billed = await billSideBySide(session, [customerId], { ...options, supplyIds: page.map(({ id }) => id) });
  const isDone = page.length === waiting.length;
  const sum = progress.invoices + progress.problems + billed.invoices + billed.problems.length + billed.failures.length;
  return endPage(
    session,
    progress,
    // The customer is one, however many pages.
    { ...billed, nothingToBill: isDone && sum === 0 ? 1 : 0 },
    isDone ? null : page.at(-1)!.key,
    page[0]?.id,
  );
}

/** Groups together, and within one the order in which supplies began, which never changes. */
const sortKey = ({ invoiceGroup = '', place, id }: Pick<BilledSupply, 'invoiceGroup' | 'place' | 'id'>): string =>
  `${invoiceGroup}\t${String(place).padStart(8, '0')}\t${id}`;

/** Groups as far as they fit whole, or as much of the first as fits. */
function firstOf<S extends { group: string }>(supplies: readonly S[], limit: number): S[] {
  const page: S[] = [];
  for (const group of Map.groupBy(supplies, (supply) => supply.group).values()) {
    if (page.length > 0 && page.length + group.length > limit) break;
    page.push(...group.slice(0, limit));
    if (group.length >= limit) break;
  }
  return page;
}
