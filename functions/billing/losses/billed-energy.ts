/**
 * Energy that bills charged for days. A bill that reaches beyond the days asked about counts by its share of days: shares are
 * differences of what was reached by each day's end, so that those of neighbouring days add up to the bill, to the last unit.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { daysBetween } from '../../../layers/tariff/calendar.ts';
import {
  type CustomerInvoice,
  customerInvoiceEntity,
  invoiceEntity,
  type StoredInvoice,
} from '../invoices/invoice-entity.ts';
import type { Period } from './area-meters.ts';
import { clip } from './day-spans.ts';
import { unitsOf } from './loss-sums.ts';
import { daysIn } from './report-days.ts';

/** The energy of one bill of a supply, millionths of a kWh. */
export interface BilledStretch extends Period {
  units: bigint;
  estimated: bigint;
}

/** What is left in mind of an invoice: its lines are long. */
interface SlimInvoice extends Pick<StoredInvoice, 'id' | 'kind' | 'status' | 'corrects' | 'notes' | 'invoiceNumber'> {
  stretches: (BilledStretch & { supplyId: string })[];
}

export type BillReader = (supply: { id: string; customerId: string }, days: Period) => Promise<BilledStretch[]>;

/** Pointers read at a time: monthly bills of the days, and the one before them, which says that there are no more. */
const pageSize = ({ from, to }: Period): number => Math.ceil(daysBetween(from, to) / 28) + 1;

/** Reads each invoice once: a customer's meters are often on the same. */
export function billReader(session: TenantSession): BillReader {
  const known = new Map<string, SlimInvoice>();
  const load = async (ids: readonly string[]): Promise<SlimInvoice[]> => {
    const missing = ids.filter((id) => !known.has(id)).map((id) => ({ id }));
    for (const invoice of await session.getMany(invoiceEntity, missing)) known.set(invoice.id, slim(invoice));
    return ids.flatMap((id) => known.get(id) ?? []);
  };
  return async (supply, days) => {
    const found: SlimInvoice[] = [];
    let cursor: string | undefined;
    do {
      // Backwards from the last that begins before the days end: those of long ago are not read.
      const page = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
        pk: ['CUSTOMER-INVOICES', supply.customerId],
        to: [days.to],
        order: 'descending',
        limit: pageSize(days),
        consistent: true,
        cursor,
      });
      found.push(...(await load(page.items.map(({ invoiceId }) => invoiceId))));
      cursor = page.nextCursor ?? undefined;
      const next = page.items.at(-1)?.from;
      // Notes have the first day of the invoice they correct: all of that day are read.
      if (next !== undefined && isWhole(standing(found, supply.id), days, next)) cursor = undefined;
    } while (cursor !== undefined);
    return standing(found, supply.id).filter((stretch) => clip(stretch, days) !== undefined);
  };
}

/** Whether nothing that begins before a day can change what bills say of the days. */
function isWhole(
  stretches: readonly (BilledStretch & { invoicedFrom: string })[],
  days: Period,
  next: string,
): boolean {
  const within = stretches.filter((stretch) => clip(stretch, days) !== undefined);
  return (
    within.every(({ invoicedFrom }) => next < invoicedFrom) &&
    daysIn(within.flatMap((stretch) => clip(stretch, days) ?? [])) === daysBetween(days.from, days.to)
  );
}

/** Bills of a supply as they were charged last: of an invoice that was made anew, those of its newest note. */
function standing(invoices: readonly SlimInvoice[], supplyId: string) {
  const notes = Map.groupBy(
    invoices.filter(({ kind, status }) => kind === 'difference_note' && status !== 'cancelled'),
    ({ corrects }) => corrects,
  );
  return invoices.flatMap((invoice) => {
    if (invoice.kind !== 'invoice' || invoice.status === 'cancelled') return [];
    const last = (notes.get(invoice.id) ?? []).reduce<SlimInvoice>(
      (newest, note) => (newest === invoice || numberOf(note) > numberOf(newest) ? note : newest),
      invoice,
    );
    const invoicedFrom = invoice.stretches.map(({ from }) => from).sort()[0]!;
    return last.stretches.filter((stretch) => stretch.supplyId === supplyId).map((each) => ({ ...each, invoicedFrom }));
  });
}

/** The count at the end of a note's number, `…-D2`. */
const numberOf = ({ invoiceNumber }: SlimInvoice): number =>
  Number(invoiceNumber.slice(invoiceNumber.lastIndexOf('-D') + 2));

const slim = ({ id, kind, status, corrects, notes, invoiceNumber, bills }: StoredInvoice): SlimInvoice => ({
  id,
  kind,
  status,
  ...(corrects === undefined ? {} : { corrects }),
  ...(notes === undefined ? {} : { notes }),
  invoiceNumber,
  stretches: bills.map(({ supplyId, bill, estimatedKwh }) => ({
    supplyId,
    from: bill.from,
    to: bill.to,
    units: unitsOf(bill.importKwh),
    estimated: unitsOf(estimatedKwh),
  })),
});

export interface BilledShare {
  units: bigint;
  /** Of them: estimated on the bill. */
  estimated: bigint;
  /** Of them: of bills that reach beyond the days. */
  apportioned: bigint;
}

export const noShare: BilledShare = { units: 0n, estimated: 0n, apportioned: 0n };

/** What a bill charged for the days that lie in it. */
export function shareOf(stretch: BilledStretch, days: Period): BilledShare {
  const own = clip(stretch, days);
  if (own === undefined) return noShare;
  const all = BigInt(daysBetween(stretch.from, stretch.to));
  const [before, until] = [own.from, own.to].map((day) => BigInt(daysBetween(stretch.from, day)));
  const share = (total: bigint): bigint => (total * until!) / all - (total * before!) / all;
  const units = share(stretch.units);
  const isPart = own.from !== stretch.from || own.to !== stretch.to;
  return { units, estimated: share(stretch.estimated), apportioned: isPart ? units : 0n };
}

export const plus = (a: BilledShare, b: BilledShare): BilledShare => ({
  units: a.units + b.units,
  estimated: a.estimated + b.estimated,
  apportioned: a.apportioned + b.apportioned,
});
