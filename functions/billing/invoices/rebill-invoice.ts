/** Makes an invoice's bills anew with what is known now, and charges or credits the difference as a note of its own. */

import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { billsAnew, pricedAsOf } from './bills-anew.ts';
import { newestNote, noteIdOf } from './difference-notes.ts';
import { followBills, movesBank } from './follow-bills.ts';
import { amountOf, minorOf, totalsOf } from './invoice-amounts.ts';
import { invoiceEntity, type StoredInvoice } from './invoice-entity.ts';
import type { Invoice, SuppliedBill } from './invoice-schema.ts';
import { today } from './local-day.ts';
import { refuseLongNote } from './part-bills.ts';
import { writeInvoice } from './write-invoice.ts';

export interface RebillOptions {
  dueDays: number;
  mayEstimate: boolean;
  /** Whether prices stay as they were charged last: only readings are looked at anew. @default false, the supply's tariff of today */
  keepTariff?: boolean;
  /** The only one whose bills are made anew. @default all are */
  meterId?: string;
  /** Reads, for each attempt anew, what else the transaction of the note holds. */
  also?: () => Promise<(unit: UnitOfWork, note: StoredInvoice) => void>;
}

export interface RebillOutcome {
  /** Absent when nothing differs. */
  note: StoredInvoice | undefined;
}

/** Run it as often and by as many as you like: a difference is charged once, since each note moves the invoice on. */
export async function rebillInvoice(
  session: TenantSession,
  id: string,
  options: RebillOptions,
): Promise<RebillOutcome> {
  const { timeZone } = await tenantProfile(session);
  return retryOnChangeOrMade(async () => {
    const { invoice, bills, last, note } = await draftNote(session, id, timeZone, options);
    const [advance, followed, also] = await Promise.all([
      readAdvance(session, invoice.customerId, invoice.currency),
      followBills(session, invoice, last, bills),
      note === undefined ? undefined : options.also?.(),
    ]);
    await followed.announce();
    if (note === undefined) {
      // What is charged does not differ, what later bills rest on may.
      if (followed.isNeeded) await session.transact('billing', followed.write);
      return { note };
    }
    return {
      note: await session.transact('billing', (unit) => {
        // The lock: a second one who makes it anew, or cancels it, at the same time must look again.
        unit.update(invoiceEntity, invoice, { notes: (invoice.notes ?? 0) + 1 }, { isAudited: false });
        followed.write(unit);
        const stored = writeInvoice(unit, note, advance, session.context.now());
        also?.(unit, stored);
        return stored;
      }),
    };
  });
}

/** What making the invoice anew would charge or, below zero, credit; undefined when nothing differs. */
export async function previewRebill(
  session: TenantSession,
  id: string,
  options: RebillOptions,
): Promise<Invoice | undefined> {
  const { timeZone } = await tenantProfile(session);
  return (await draftNote(session, id, timeZone, options)).note;
}

interface Draft {
  invoice: StoredInvoice;
  /** The bills as they are now. */
  bills: SuppliedBill[];
  /** The bills as they were charged last. */
  last: readonly SuppliedBill[];
  note: Invoice | undefined;
}

async function draftNote(session: TenantSession, id: string, timeZone: string, options: RebillOptions): Promise<Draft> {
  const invoice = await session.require(invoiceEntity, { id });
  if (invoice.status === 'cancelled' || invoice.kind !== 'invoice')
    throw new AppError('conflict', undefined, {
      texts: { en: 'Only an invoice that stands can be made anew.', ar: 'لا يُعاد احتساب إلا فاتورة قائمة.' },
    });
  const charged = (await newestNote(session, invoice)) ?? invoice;
  const bills = await billsAnew(session, invoice, charged, { ...options, timeZone });
  const last = charged.bills;
  const { currency } = invoice;
  const [made, before] = [totalsOf(bills, currency), totalsOf(last, currency)];
  const difference = (field: keyof typeof made): string =>
    amountOf(minorOf(made[field], currency) - minorOf(before[field], currency), currency);
  // Energy that is banked otherwise is a difference, too, though nothing is owed for it yet.
  if (minorOf(difference('totalAmount'), currency) === 0n && !movesBank(last, bills))
    return { invoice, bills, last, note: undefined };
  const issueDate = await today(session);
  const number = (invoice.notes ?? 0) + 1;
  const note: Invoice = {
    ...withoutBookkeeping(invoice),
    id: noteIdOf(invoice, number),
    invoiceNumber: `${invoice.invoiceNumber}-D${number}`,
    kind: 'difference_note',
    corrects: id,
    ...(options.keepTariff ? { pricedAsOf: pricedAsOf(charged) } : {}),
    issueDate,
    dueDate: addDays(issueDate, options.dueDays),
    bills,
    subtotal: difference('subtotal'),
    taxAmount: difference('taxAmount'),
    fixedCharges: difference('fixedCharges'),
    rounding: difference('rounding'),
    totalAmount: difference('totalAmount'),
    paidAmount: amountOf(0n, currency),
    dueAmount: difference('totalAmount'),
    status: 'issued',
    estimated: bills.some(({ bill }) => bill.estimated),
  };
  refuseLongNote(note);
  return { invoice, bills, last, note };
}

function withoutBookkeeping(invoice: StoredInvoice): Invoice {
  const {
    version: _,
    createdAt: __,
    updatedAt: ___,
    paidAt: ____,
    runId: _____,
    notes: ______,
    dunning: _______,
    ...rest
  } = invoice;
  return rest;
}
