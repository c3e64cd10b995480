/**
 * Makes a customer's invoice for everything up to a day that no invoice covers yet, in one transaction with the supplies it
 * bills: run it as often as you like, by as many as you like, and there is one invoice.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { addDays, later } from '../../../layers/tariff/calendar.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { invoiceCreated, invoicePaid } from '../events.ts';
import { occupancyEntity, suppliesById, suppliesOfCustomer, supplyEntity } from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { closingExceptions } from '../vee-exceptions/close-exceptions.ts';
import { raiseExceptions } from '../vee-exceptions/raise-exceptions.ts';
import { afterBill } from './bill-memory.ts';
import { amountOf, minorOf, settle, totalsOf } from './invoice-amounts.ts';
import { customerInvoiceEntity, invoiceEntity, type StoredInvoice } from './invoice-entity.ts';
import { invoiceEventPayload, invoicePaidPayload } from './invoice-payload.ts';
import type { Invoice, SuppliedBill } from './invoice-schema.ts';
import { findOfCustomer } from './list-of-customer.ts';
import { parted } from './part-bills.ts';
import {
  type PricedSupply,
  type PricingOptions,
  type PricingProblem,
  priceSupplies,
  spanOf,
} from './price-supplies.ts';

export interface BillingOptions extends PricingOptions {
  issueDate: string;
  dueDays: number;
  runId?: string;
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
 * One invoice for each currency of the customer's tariffs and each group of supplies, and of as many as one holds. What a run made of the customer in an earlier attempt is part of the outcome.
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
      const isOurs = (each: StoredInvoice): boolean =>
        each.runId === runId && each.bills.length > 0 && ids.has(each.bills[0]!.supplyId);
      for (const invoice of await findOfCustomer(session, customerId, isOurs)) issued.set(invoice.id, invoice);
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
        waiting.push(...supplies.filter((_, i) => group[i]!.isCut));
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
  const bills = group.map(({ supplied }) => supplied);
  const invoice = draft(customer, group, options);
  const advance = await readAdvance(session, customer.id, invoice.currency);
  const awaiting = await awaitingOf(session, bills);
  const closing = await closingExceptions(
    session,
    group.map(({ supply }) => supply),
    invoice.id,
  );
  return session.transact('billing', (unit) => {
    const stored = writeInvoice(unit, invoice, advance, session.context.now());
    for (const { occupancy, to } of awaiting)
      unit.update(occupancyEntity, occupancy, { awaits: to }, { isAudited: false });
    closing(unit);
    const supplies = group.map(({ supply, supplied }) =>
      unit.update(supplyEntity, supply, afterBill(supply, supplied, options.runId), { isAudited: false }),
    );
    return { invoice: stored, supplies };
  });
}

/** Meters whose bill was estimated, with the day it ends: their next reading puts it right. */
async function awaitingOf(session: TenantSession, bills: readonly SuppliedBill[]) {
  const ends = new Map<string, string>();
  for (const { meterId, bill } of bills)
    if (bill.estimated) ends.set(meterId, later(bill.to, ends.get(meterId) ?? bill.to));
  return Promise.all(
    [...ends].map(async ([meterId, to]) => ({ to, occupancy: await session.require(occupancyEntity, { meterId }) })),
  );
}

/**
 * Adds an invoice to the unit: row, list, account, event; money paid ahead is set off at once.
 * A returned payment's is owed without being sold: it is on the account and in the ledger as the reversal of the payment.
 */
export function writeInvoice(
  unit: UnitOfWork,
  invoice: Invoice,
  advance: Parameters<typeof writeAdvance>[1],
  now: string,
): StoredInvoice {
  const { id, customerId, currency, issueDate } = invoice;
  const total = minorOf(invoice.totalAmount, currency);
  const ahead = advance === undefined ? 0n : BigInt(advance.minor);
  // An invoice below zero is money of the customer's, an invoice above it uses what is there.
  const used = total > 0n ? (ahead < total ? ahead : total) : total;
  const settled = settle(invoice, used, now);
  const left = { customerId, currency, minor: ahead - used };
  // A payment that finds no invoice to settle, and this invoice that finds no payment, must not both go through.
  writeAdvance(unit, advance, left, { isTouched: invoice.kind !== 'returned_payment' });
  const stored = unit.create(invoiceEntity, settled);
  unit.create(customerInvoiceEntity, { customerId, from: invoice.period.from, invoiceId: id });
  if (invoice.kind !== 'returned_payment') {
    postToAccount(unit, {
      id,
      customerId,
      type: invoice.kind,
      date: issueDate,
      minor: total,
      currency,
      reference: invoice.invoiceNumber,
      dueDate: invoice.dueDate,
    });
    unit.emit(invoiceCreated, { aggregateId: id, payload: invoiceEventPayload(stored) });
  }
  if (stored.status === 'paid') unit.emit(invoicePaid, { aggregateId: id, payload: invoicePaidPayload(stored) });
  return stored;
}

function draft(customer: Customer, group: readonly PricedSupply[], options: BillingOptions): Invoice {
  const bills = group.map(({ supplied }) => supplied);
  const currency = bills[0]!.bill.currency;
  const from = bills.map(({ bill }) => bill.from).sort()[0]!;
  const to = bills
    .map(({ bill }) => bill.to)
    .sort()
    .at(-1)!;
  const parts = group.map(({ supply: { id, version } }) => `${id}/${version}`).sort();
  const seed = `${customer.id} ${currency} ${parts.join(' ')}`;
  return {
    // Follows from what it bills: the same bill made twice has one key.
    id: derivedId('inv', Date.parse(to), seed),
    invoiceNumber: numberOf(customer, group, to),
    kind: 'invoice',
    customerId: customer.id,
    accountNumber: customer.accountNumber,
    period: { from, to },
    issueDate: options.issueDate,
    dueDate: addDays(options.issueDate, options.dueDays),
    currency,
    ...(group[0]!.supply.invoiceGroup === undefined ? {} : { group: group[0]!.supply.invoiceGroup }),
    bills,
    ...totalsOf(bills, currency),
    paidAmount: amountOf(0n, currency),
    status: 'issued',
    estimated: bills.some(({ bill }) => bill.estimated),
    ...(options.runId === undefined ? {} : { runId: options.runId }),
  };
}

/**
 * The account's number, the last day, and the place of the first supply that is billed up to it. A supply is billed up to a day
 * once, and once more after each cancellation, so the number is nobody else's.
 * @param to first day after the invoice's period
 */
function numberOf({ accountNumber }: Customer, group: readonly PricedSupply[], to: string): string {
  const upToEnd = group.filter(({ supplied }) => supplied.bill.to === to).map(({ supply }) => supply);
  const { place, cancelledBills = 0 } = upToEnd.reduce((a, b) => (b.place < a.place ? b : a));
  const parts = [...(place > 1 ? [String(place)] : []), ...(cancelledBills > 0 ? [`R${cancelledBills}`] : [])];
  return [accountNumber, addDays(to, -1).replaceAll('-', ''), ...parts].join('-');
}
