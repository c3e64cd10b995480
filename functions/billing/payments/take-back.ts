/**
 * Takes money of a payment back from where it went: first what no invoice needed, then from its invoices, the one settled
 * last first, which are owed again by so much. Reversals and refunds share it, so balance and invoices always agree.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type Advance, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { amountOf, minorOf, settle } from '../invoices/invoice-amounts.ts';
import { invoiceEntity, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { requireInvoices } from '../invoices/require-invoices.ts';
import type { Payment } from './payment-schema.ts';

export interface TakeBack {
  /** Minor units out of what earlier steps took from invoices; `unneeded` is what is over of it, and is paid ahead again. */
  fromHeld: bigint;
  unneeded: bigint;
  /** Minor units out of what was paid ahead. */
  fromAdvance: bigint;
  fromInvoices: { invoice: StoredInvoice; minor: bigint }[];
  advance: (Advance & Stored) | undefined;
  /** Minor units that later invoices have used: there is nothing to take them back from. */
  shortfall: bigint;
  /** What the payment has where afterwards. */
  left: Partial<Payment>;
}

/** What of a payment is still with the utility, in minor units. */
export const remainderOf = ({ amount, refundedAmount = '0', currency }: Payment): bigint =>
  minorOf(amount, currency) - minorOf(refundedAmount, currency);

export interface TakeBackOptions {
  /** Whether there may be less to take it from than is wanted. */
  mayFallShort?: boolean;
}

/** @throws AppError `conflict` when later invoices have used what the payment left over, unless that may be so */
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
  const split = splitTakeBack(payment, invoices, BigInt(advance?.minor ?? '0'), minor);
  if (split.shortfall > 0n && !mayFallShort)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'What the payment left over has been used by later invoices: cancel those first.',
        ar: 'استُخدم ما تبقى من الدفعة في فواتير لاحقة: ألغها أولًا.',
      },
    });
  return { ...split, advance };
}

/**
 * Where so much of a payment comes from. Pure.
 * @param invoices those of its allocations, in their order
 * @param paidAhead minor units that the customer has, of whichever payment
 */
export function splitTakeBack(
  payment: Payment,
  invoices: readonly StoredInvoice[],
  paidAhead: bigint,
  minor: bigint,
): Omit<TakeBack, 'advance'> {
  const { currency, allocations } = payment;
  const parts = allocations.map(({ amount }, i) => ({ invoice: invoices[i]!, minor: minorOf(amount, currency) }));
  const settled = parts.filter(({ invoice }) => invoice.status !== 'cancelled');
  // What a cancelled invoice had of it went to the advance when it was cancelled.
  const ahead = parts
    .filter(({ invoice }) => invoice.status === 'cancelled')
    .reduce((sum, part) => sum + part.minor, minorOf(payment.advanceAmount, currency));
  const held = minorOf(payment.takingBack ?? '0', currency);
  const fromHeld = smallest(minor, held);
  const fromAdvance = smallest(minor - fromHeld, ahead, paidAhead);
  let left = minor - fromHeld - fromAdvance;
  const fromInvoices: TakeBack['fromInvoices'] = [];
  for (const part of settled.toReversed()) {
    if (left === 0n) break;
    const taken = smallest(left, part.minor);
    fromInvoices.push({ invoice: part.invoice, minor: taken });
    left -= taken;
  }
  const split = { fromHeld, unneeded: held - fromHeld, fromAdvance, fromInvoices, shortfall: left };
  return { ...split, left: whatIsLeft(payment, split, invoices) };
}

function whatIsLeft(
  { allocations, advanceAmount, currency, owedAgain }: Payment,
  { fromAdvance, unneeded, fromInvoices }: Omit<TakeBack, 'left' | 'advance'>,
  invoices: readonly StoredInvoice[],
): TakeBack['left'] {
  const ahead = minorOf(advanceAmount, currency);
  const own = smallest(fromAdvance, ahead);
  let rest = fromAdvance - own;
  const taken = new Map(fromInvoices.map(({ invoice, minor }) => [invoice.id, minor]));
  return {
    advanceAmount: amountOf(ahead - own + unneeded, currency),
    takingBack: null as never,
    takingBackFor: null as never,
    // What was owed again for more than is wanted now.
    ...(unneeded > 0n && owedAgain !== undefined ? { stillSettles: owedAgain, owedAgain: null as never } : {}),
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

/** @param forgetSteps steps of dunning that are done anew for invoices that had been paid in full */
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
  forgetSteps: readonly string[] = [],
): void {
  for (const { invoice, minor } of fromInvoices) {
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
  const minor = BigInt(advance?.minor ?? '0') - fromAdvance + unneeded;
  // Whoever pays at the same moment looks again for what is owed again: no invoice is left open beside money that could have paid it.
  writeAdvance(unit, advance, { customerId, currency, minor }, { isTouched: true });
}

const smallest = (...values: bigint[]): bigint => values.reduce((least, value) => (value < least ? value : least));
