/**
 * Takes money of a payment back from where it went: first what no invoice needed, then from invoices that had money paid ahead, the
 * newest first, as far as the payment's own was among it, then from those it settled itself, the last one first. These are owed again
 * by so much. Reversals and refunds share it, so balance and invoices always agree.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type Advance, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { newestSetOffs, noteSetOff } from '../accounts/set-offs.ts';
import { amountOf, minorOf, settle } from '../invoices/invoice-amounts.ts';
import { invoiceEntity, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { requireInvoices } from '../invoices/require-invoices.ts';
import type { Payment } from './payment-schema.ts';

/** An invoice that is owed again by so many minor units; `fromSetOff` of them had waited as an advance. */
export interface TakenFrom {
  invoice: StoredInvoice;
  minor: bigint;
  fromSetOff: bigint;
}

export interface TakeBack {
  /** Minor units out of what earlier steps took from invoices; `unneeded` is what is over of it, and is paid ahead again. */
  fromHeld: bigint;
  unneeded: bigint;
  /** Minor units out of what was paid ahead. */
  fromAdvance: bigint;
  fromInvoices: TakenFrom[];
  advance: (Advance & Stored) | undefined;
  /** Minor units that nobody knows where they went: there is nothing to take them back from. */
  shortfall: bigint;
  /** What the payment has where afterwards. */
  left: Partial<Payment>;
  /** What the payment has where once only these were taken from. */
  leftAfter: (some: readonly TakenFrom[]) => Pick<Payment, 'advanceAmount' | 'allocations'>;
}

/** What of a payment is still with the utility, in minor units. */
export const remainderOf = ({ amount, refundedAmount = '0', currency }: Payment): bigint =>
  minorOf(amount, currency) - minorOf(refundedAmount, currency);

export interface TakeBackOptions {
  /** Whether there may be less to take it from than is wanted. */
  mayFallShort?: boolean;
}

/** @throws AppError `conflict` when it is not known where money of the payment went, unless that may be so */
export async function planTakeBack(
  session: TenantSession,
  payment: Payment,
  minor: bigint,
  { mayFallShort = false }: TakeBackOptions = {},
): Promise<TakeBack> {
  const { customerId, currency, allocations } = payment;
  const [invoices, advance] = await Promise.all([
    requireInvoices(
      session,
      allocations.map(({ invoiceId }) => invoiceId),
    ),
    readAdvance(session, customerId, currency),
  ]);
  const paidAhead = BigInt(advance?.minor ?? '0');
  const { ahead, fromHeld, fromAdvance } = whatWaits(payment, invoices, paidAhead, minor);
  const setOffs = await readSetOffs(session, payment, invoices, smallest(minor - fromHeld, ahead) - fromAdvance);
  const split = splitTakeBack(payment, invoices, paidAhead, minor, setOffs);
  if (split.shortfall > 0n && !mayFallShort)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'What the payment left over has been used otherwise.',
        ar: 'استُخدم ما تبقى من الدفعة في غير ذلك.',
      },
    });
  return { ...split, advance };
}

/** Invoices that had money paid ahead, the newest first. @param known invoices that are read already @param wanted minor units */
export async function readSetOffs(
  session: TenantSession,
  { customerId, currency }: Pick<Payment, 'customerId' | 'currency'>,
  known: readonly StoredInvoice[],
  wanted: bigint,
): Promise<{ invoice: StoredInvoice; minor: bigint }[]> {
  const found = await newestSetOffs(session, customerId, currency, wanted);
  const byId = new Map(known.map((invoice) => [invoice.id, invoice]));
  const others = found.map(({ invoiceId }) => invoiceId).filter((id) => !byId.has(id));
  for (const invoice of await requireInvoices(session, others)) byId.set(invoice.id, invoice);
  return found.map(({ invoiceId, minor }) => ({ invoice: byId.get(invoiceId)!, minor }));
}

/** What of a payment is, or should be, in the advance, and how much of what is wanted comes from what no invoice has. */
function whatWaits(
  { advanceAmount, allocations, takingBack = '0', currency }: Payment,
  invoices: readonly StoredInvoice[],
  paidAhead: bigint,
  minor: bigint,
) {
  // What a cancelled invoice had of it went to the advance when it was cancelled.
  const ahead = allocations
    .filter((_, i) => invoices[i]!.status === 'cancelled')
    .reduce((sum, { amount }) => sum + minorOf(amount, currency), minorOf(advanceAmount, currency));
  const held = minorOf(takingBack, currency);
  const fromHeld = smallest(minor, held);
  return { ahead, held, fromHeld, fromAdvance: smallest(minor - fromHeld, ahead, paidAhead) };
}

/**
 * Where so much of a payment comes from. Pure.
 * @param invoices those of its allocations, in their order
 * @param paidAhead minor units that the customer has, of whichever payment
 * @param setOffs invoices that had money paid ahead, in the order they give it back
 */
export function splitTakeBack(
  payment: Payment,
  invoices: readonly StoredInvoice[],
  paidAhead: bigint,
  minor: bigint,
  setOffs: readonly { invoice: StoredInvoice; minor: bigint }[] = [],
): Omit<TakeBack, 'advance'> {
  const { currency, allocations } = payment;
  const { ahead, held, fromHeld, fromAdvance } = whatWaits(payment, invoices, paidAhead, minor);
  let left = minor - fromHeld - fromAdvance;
  const taken = new Map<string, TakenFrom>();
  const take = (invoice: StoredInvoice, most: bigint, isSetOff: boolean): bigint => {
    const part = smallest(left, most);
    const before = taken.get(invoice.id) ?? { invoice, minor: 0n, fromSetOff: 0n };
    if (part > 0n)
      taken.set(invoice.id, {
        invoice,
        minor: before.minor + part,
        fromSetOff: before.fromSetOff + (isSetOff ? part : 0n),
      });
    left -= part;
    return part;
  };
  // What others paid ahead stays with the invoices that have it.
  let own = ahead - fromAdvance;
  for (const { invoice, minor: had } of setOffs) own -= take(invoice, smallest(had, own), true);
  const parts = allocations.map(({ amount }, i) => ({ invoice: invoices[i]!, had: minorOf(amount, currency) }));
  for (const { invoice, had } of parts.toReversed()) if (invoice.status !== 'cancelled') take(invoice, had, false);
  const fromInvoices = [...taken.values()];
  const split = { fromHeld, unneeded: held - fromHeld, fromAdvance, fromInvoices, shortfall: left };
  return {
    ...split,
    left: whatIsLeft(payment, split, invoices),
    leftAfter: (some) => partsLeft(payment, { fromAdvance: 0n, unneeded: 0n, fromInvoices: some }, invoices),
  };
}

interface Taken {
  fromAdvance: bigint;
  unneeded: bigint;
  fromInvoices: readonly TakenFrom[];
}

function whatIsLeft(payment: Payment, taken: Taken, invoices: readonly StoredInvoice[]): TakeBack['left'] {
  const { owedAgain } = payment;
  return {
    ...partsLeft(payment, taken, invoices),
    takingBack: null as never,
    takingBackFor: null as never,
    // What was owed again for more than is wanted now.
    ...(taken.unneeded > 0n && owedAgain !== undefined ? { stillSettles: owedAgain, owedAgain: null as never } : {}),
  };
}

function partsLeft(
  { allocations, advanceAmount, currency }: Payment,
  { fromAdvance, unneeded, fromInvoices }: Taken,
  invoices: readonly StoredInvoice[],
): Pick<Payment, 'advanceAmount' | 'allocations'> {
  const ahead = minorOf(advanceAmount, currency);
  const wasAhead = fromInvoices.reduce((sum, { fromSetOff }) => sum + fromSetOff, fromAdvance);
  const own = smallest(wasAhead, ahead);
  let rest = wasAhead - own;
  const taken = new Map(fromInvoices.map(({ invoice, minor, fromSetOff }) => [invoice.id, minor - fromSetOff]));
  return {
    advanceAmount: amountOf(ahead - own + unneeded, currency),
    allocations: allocations.flatMap(({ amount, ...of }, i) => {
      const had = minorOf(amount, currency);
      // The rest of what came out of the advance had gone there from invoices that were cancelled.
      const share = invoices[i]!.status === 'cancelled' ? smallest(rest, had) : 0n;
      rest -= share;
      const left = had - share - (taken.get(of.invoiceId) ?? 0n);
      return left === 0n ? [] : [{ ...of, amount: amountOf(left, currency) }];
    }),
  };
}

/**
 * @param options `forgetSteps`: steps of dunning that are done anew for invoices that had been paid in full; `isThrough`: whether it is
 *   the last step, after which other money that waits may pay what is owed again
 */
export function writeTakeBack(
  unit: UnitOfWork,
  { customerId, currency }: Payment,
  {
    unneeded,
    fromAdvance,
    fromInvoices,
    advance,
  }: Pick<TakeBack, 'unneeded' | 'fromAdvance' | 'fromInvoices' | 'advance'>,
  now: string,
  { forgetSteps = [], isThrough = true }: { forgetSteps?: readonly string[]; isThrough?: boolean } = {},
): void {
  oweAgain(unit, fromInvoices, now, forgetSteps);
  const minor = BigInt(advance?.minor ?? '0') - fromAdvance + unneeded;
  // Whoever pays at the same moment looks again for what is owed again: no invoice is left open beside money that could have paid it.
  const mayPayOthers = isThrough && fromInvoices.length > 0;
  writeAdvance(unit, advance, { customerId, currency, minor }, { isTouched: true, mayPayOthers });
}

/** @param forgetSteps as in `writeTakeBack` */
export function oweAgain(
  unit: UnitOfWork,
  fromInvoices: readonly TakenFrom[],
  now: string,
  forgetSteps: readonly string[] = [],
): void {
  for (const { invoice, minor, fromSetOff } of fromInvoices) {
    const { id: invoiceId, customerId, currency } = invoice;
    // Others took it out between the reading of what it had and of the invoice.
    if (minorOf(invoice.paidAmount, currency) < minor) throw new AppError('version_conflict');
    noteSetOff(unit, { customerId, currency, invoiceId }, -fromSetOff);
    const { paidAmount, dueAmount, status } = settle(invoice, -minor, now);
    const dunning = invoice.status === 'paid' && invoice.dunning?.filter((id) => !forgetSteps.includes(id));
    unit.update(invoiceEntity, invoice, {
      paidAmount,
      dueAmount,
      status,
      paidAt: null,
      ...(dunning ? { dunning } : {}),
    });
  }
}

const smallest = (...values: bigint[]): bigint => values.reduce((least, value) => (value < least ? value : least));
