/**
 * Makes a customer's invoice for everything up to a day that no invoice covers yet, in one transaction with the supplies it
 * bills: run it as often as you like, by as many as you like, and there is one invoice.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { later } from '../../../layers/tariff/calendar.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import {
  type Occupancy,
  occupancyEntity,
  suppliesById,
  suppliesOfCustomer,
  supplyEntity,
} from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { closingExceptions } from '../vee-exceptions/close-exceptions.ts';
import { raiseExceptions } from '../vee-exceptions/raise-exceptions.ts';
import { afterBill } from './bill-memory.ts';
import { draftInvoice, type IssueOptions } from './draft-invoice.ts';
import type { StoredInvoice } from './invoice-entity.ts';
import { findOfCustomer } from './list-of-customer.ts';
import { parted } from './part-bills.ts';
import {
  type PricedSupply,
  type PricingOptions,
  type PricingProblem,
  priceSupplies,
  spanOf,
} from './price-supplies.ts';
import { writeInvoice } from './write-invoice.ts';

export interface BillingOptions extends PricingOptions, IssueOptions {
  /** Only these of the customer's. @default all */
  supplyIds?: readonly string[];
  /** Where more wait to be billed, nothing is, and the outcome says so. @default any number is billed */
  mostSupplies?: number;
}

/** Supplies that a request bills, or a page of a run for each of its customers; those of others are a part of a run by themselves. */
export const mostAtOnce = 20;

export interface BillingOutcome {
  invoices: StoredInvoice[];
  problems: PricingProblem[];
  /** Whether the customer has more supplies to bill than were to be. */
  isLarge: boolean;
}

/**
 * One invoice for each currency of the customer's tariffs and each group of supplies, and of as many as one holds. What a run
 * made of the customer in an earlier attempt is part of the outcome.
 */
export async function billCustomer(
  session: TenantSession,
  customerId: string,
  options: BillingOptions,
): Promise<BillingOutcome> {
  const { runId } = options;
  const issued = new Map<string, StoredInvoice>();
  const problems = await retryOnChangeOrMade(async () => {
    const [customer, wanted] = await Promise.all([
      session.require(customerEntity, { id: customerId }),
      suppliesToBill(session, customerId, options),
    ]);
    if (wanted === undefined) return undefined;
    if (runId !== undefined && wanted.some(({ billedBy }) => billedBy === runId)) {
      const ids = new Set(wanted.map(({ id }) => id));
      // Whichever of the run's pages has its first supply counts it.
      const ours = await findOfCustomer(session, customerId, {
        mayBe: (pointer) => pointer.runId === runId,
        take: (invoice) => (ids.has(invoice.bills[0]!.supplyId) ? [invoice] : []),
      });
      for (const invoice of ours) issued.set(invoice.id, invoice);
    }
    const problems: PricingProblem[] = [];
    // Days after a change of currency are billed once those before are.
    for (let waiting = wanted; waiting.length > 0; ) {
      const made = await priceSupplies(session, customer, waiting, options);
      await raiseExceptions(session, customerId, made.problems, runId);
      problems.push(...made.problems);
      waiting = [];
      for (const group of parted(made.priced)) {
        const { invoice, supplies } = await issue(session, customer, group, options);
        issued.set(invoice.id, invoice);
        waiting.push(...supplies.filter((_, i) => group[i]!.cutFrom !== undefined));
      }
    }
    return problems;
  });
  return { invoices: [...issued.values()], problems: problems ?? [], isLarge: problems === undefined };
}

/** As they are now. @returns undefined where they are more than are to be billed at once */
async function suppliesToBill(
  session: TenantSession,
  customerId: string,
  { supplyIds, mostSupplies, ...options }: BillingOptions,
): Promise<(BilledSupply & Stored)[] | undefined> {
  if (supplyIds !== undefined)
    return (await suppliesById(session, supplyIds)).filter((supply) => supply.customerId === customerId);
  const supplies = await suppliesOfCustomer(session, customerId);
  // Those that the run has billed count too, so that it sees the same customer when it looks a second time.
  const waiting = supplies.filter(
    (supply) =>
      supply.mode === 'postpaid' &&
      (spanOf(supply, options) !== undefined || (options.runId !== undefined && supply.billedBy === options.runId)),
  );
  if (waiting.length > (mostSupplies ?? waiting.length)) return undefined;
  return suppliesById(
    session,
    supplies.map(({ id }) => id),
  );
}

async function issue(
  session: TenantSession,
  customer: Customer,
  group: readonly PricedSupply[],
  options: BillingOptions,
): Promise<{ invoice: StoredInvoice; supplies: (BilledSupply & Stored)[] }> {
  const invoice = draftInvoice(customer, group, options);
  const advance = await readAdvance(session, customer.id, invoice.currency);
  const awaiting = await awaitingOf(session, group);
  const closing = await closingExceptions(
    session,
    group.map(({ supply }) => supply),
    invoice.id,
  );
  return session.transact('billing', (unit) => {
    const stored = writeInvoice(unit, invoice, advance, session.context.now());
    for (const { occupancy, changes } of awaiting)
      unit.update(occupancyEntity, occupancy, changes, { isAudited: false });
    closing(unit);
    const supplies = group.map((priced) =>
      unit.update(supplyEntity, priced.supply, afterBill(priced, options.runId), { isAudited: false }),
    );
    return { invoice: stored, supplies };
  });
}

/** Meters whose bill was estimated, which their next reading puts right, or that may tell more of it, with the day it ends. */
async function awaitingOf(session: TenantSession, group: readonly PricedSupply[]) {
  const waiting = group.filter(({ supplied, isUnsettled }) => supplied.bill.estimated || isUnsettled);
  const byMeter = Map.groupBy(waiting, ({ supplied }) => supplied.meterId);
  return Promise.all(
    [...byMeter].map(async ([meterId, priced]) => {
      const occupancy = await session.require(occupancyEntity, { meterId });
      const endsOf = (some: readonly PricedSupply[]): string[] => some.map(({ supplied }) => supplied.bill.to);
      const estimated = endsOf(priced.filter(({ supplied }) => supplied.bill.estimated));
      const unsettled = endsOf(priced.filter(({ isUnsettled }) => isUnsettled));
      const first = [...unsettled, occupancy.unsettled?.to].filter((to) => to !== undefined).sort()[0];
      const changes: Partial<Occupancy> = {
        ...(estimated.length === 0 ? {} : { awaits: estimated.reduce(later) }),
        ...(unsettled.length === 0 || first === undefined ? {} : { unsettled: { to: first } }),
      };
      return { occupancy, changes };
    }),
  );
}
