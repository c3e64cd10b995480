/**
 * Cancels an invoice by a credit note: the invoice stays with its number, the account gets the whole amount back, money that
 * was paid on it is left over, and the days can be billed again. What an invoice below zero had credited is taken back from the
 * invoices that it paid.
 */

import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { maxSteps, type UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Bill } from '../../../layers/tariff/bill.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { noteSetOff, setOffOf } from '../accounts/set-offs.ts';
import { invoiceCancelled } from '../events.ts';
import { oweAgain, readSetOffs, type TakenFrom } from '../payments/take-back.ts';
import { suppliesById, supplyEntity } from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import type { CancelReason } from './cancel-reasons.ts';
import { newestNote } from './difference-notes.ts';
import { followBills, shiftedBank } from './follow-bills.ts';
import { minorOf } from './invoice-amounts.ts';
import { invoiceEntity, type StoredInvoice } from './invoice-entity.ts';
import { invoiceEventPayload } from './invoice-payload.ts';
import { today } from './local-day.ts';

export function cancelInvoice(
  session: TenantSession,
  id: string,
  { reason, reasonCode = 'other' }: { reason: string; reasonCode?: CancelReason | undefined },
): Promise<StoredInvoice> {
  return retryOnChange(async () => {
    const invoice = await session.require(invoiceEntity, { id });
    if (invoice.status === 'cancelled')
      throw new AppError('conflict', undefined, {
        texts: { en: 'The invoice is cancelled already.', ar: 'الفاتورة ملغاة من قبل.' },
      });
    refuseReturnedPayment(invoice);
    const { customerId, currency } = invoice;
    const [advance, supplies, date, undone] = await Promise.all([
      readAdvance(session, customerId, currency),
      suppliesById(
        session,
        invoice.bills.map(({ supplyId }) => supplyId),
      ),
      today(session),
      undoNote(session, invoice),
    ]);
    if (invoice.kind === 'invoice') {
      refuseInTheMiddle(invoice, supplies);
      refuseNote(await newestNote(session, invoice));
    }
    const paid = minorOf(invoice.paidAmount, currency);
    const ahead = BigInt(advance?.minor ?? '0') + paid;
    const [owedAgain, setOff] = await Promise.all([
      ahead < 0n ? usedCredit(session, invoice, -ahead, undone.corrected) : [],
      paid > 0n ? setOffOf(session, { customerId, currency, invoiceId: id }) : 0n,
    ]);
    const now = session.context.now();
    return session.transact('billing', (unit) => {
      const cancelled = unit.update(invoiceEntity, invoice, {
        status: 'cancelled',
        cancelledAt: now,
        cancelReason: reason,
        cancelReasonCode: reasonCode,
      });
      undone.write(unit, owedAgain);
      if (invoice.kind === 'invoice')
        invoice.bills.forEach(({ bill }, i) => {
          const supply = supplies[i]!;
          unit.update(
            supplyEntity,
            supply,
            {
              billedTo: bill.from,
              history: (supply.history ?? []).slice(1),
              ...bankWithout(supply, bill),
              cancelledBills: (supply.cancelledBills ?? 0) + 1,
            },
            { isAudited: false },
          );
        });
      postToAccount(unit, {
        id: `${id}-cancelled`,
        customerId,
        type: 'credit_note',
        date,
        minor: -minorOf(invoice.totalAmount, currency),
        currency,
        reference: invoice.invoiceNumber,
      });
      noteSetOff(unit, { customerId, currency, invoiceId: id }, -setOff);
      oweAgain(unit, owedAgain, now);
      const left = { customerId, currency, minor: ahead < 0n ? 0n : ahead };
      // Who pays at the same moment looks again for what is owed again.
      writeAdvance(unit, advance, left, { isTouched: owedAgain.length > 0 });
      unit.emit(invoiceCancelled, {
        aggregateId: id,
        payload: { ...invoiceEventPayload(cancelled), reason, reasonCode },
      });
      return cancelled;
    });
  });
}

/** The bank less what the bill put in or took out: corrections of earlier bills may have moved it since. */
function bankWithout(
  { meterId, history, exportBank }: BilledSupply,
  { exportBank: left }: Bill,
): { exportBank?: Record<string, string> } {
  if (left === undefined) return {};
  const before = history?.[0]?.bankBefore;
  const bank = before && shiftedBank(exportBank, left, before);
  if (bank === undefined)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `What meter "${meterId}" had in its bank before this bill is not known any more.`,
        ar: `لم يعد معروفًا ما كان مرصودًا للعداد "${meterId}" قبل هذه الفاتورة.`,
      },
    });
  return { exportBank: bank };
}

interface UndoneNote {
  /** What the note corrects. */
  corrected?: StoredInvoice;
  /** @param owedAgain invoices that the unit writes already */
  write(unit: UnitOfWork, owedAgain: readonly TakenFrom[]): void;
}

/**
 * A note that does not stand any more: the bank is what the bill before it says, and who makes the invoice anew at the same
 * time looks again.
 */
async function undoNote(session: TenantSession, note: StoredInvoice): Promise<UndoneNote> {
  if (note.kind !== 'difference_note' || note.corrects === undefined) return { write: () => {} };
  const corrected = await session.require(invoiceEntity, { id: note.corrects });
  const newest = await newestNote(session, corrected);
  if (newest?.id !== note.id) refuseNote(newest);
  const charged = (await newestNote(session, corrected, note)) ?? corrected;
  const followed = await followBills(session, corrected, note.bills, charged.bills);
  await followed.announce();
  return {
    corrected,
    write(unit, owedAgain) {
      // A transaction writes a row once: one that had of the credit is written, on the same version, as owed again.
      if (owedAgain.every(({ invoice }) => invoice.id !== corrected.id))
        unit.update(invoiceEntity, corrected, {}, { isAudited: false });
      followed.write(unit);
    },
  };
}

/** Days in the middle would be left without a bill: what came later is cancelled first. */
function refuseInTheMiddle(
  invoice: StoredInvoice,
  supplies: readonly { id: string; billedTo?: string | undefined }[],
): void {
  const later = invoice.bills.find(({ bill }, i) => supplies[i]!.billedTo !== bill.to);
  if (later)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `Meter "${later.meterId}" has a later invoice: cancel that one first, or make this one anew.`,
        ar: `للعداد "${later.meterId}" فاتورة لاحقة: ألغها أولًا، أو أعد احتساب هذه.`,
      },
    });
}

/** Steps of an invoice that is owed again: row, mark of an open one, audit, event, what was set off. */
const stepsOfOne = 5;
const stepsOfCancelling = 20;

/**
 * An invoice below zero became money paid ahead: the invoices that had it are owed again, as far as the transaction holds them.
 * @param missing minor units that wait no more @param corrected by it, as it was read
 */
async function usedCredit(
  session: TenantSession,
  invoice: StoredInvoice,
  missing: bigint,
  corrected: StoredInvoice | undefined,
): Promise<TakenFrom[]> {
  const setOffs = await readSetOffs(session, invoice, corrected === undefined ? [] : [corrected], missing);
  let left = missing;
  const found = setOffs.map(({ invoice: paid, minor: had }): TakenFrom => {
    const minor = had < left ? had : left;
    left -= minor;
    return { invoice: paid, minor, fromSetOff: minor };
  });
  if (left > 0n || found.length * stepsOfOne > maxSteps - stepsOfCancelling - invoice.bills.length)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'What the invoice credited has paid other invoices: cancel those first.',
        ar: 'سُددت بما أضافته هذه الفاتورة للرصيد فواتير أخرى: ألغها أولًا.',
      },
    });
  return found;
}

/** It bills nothing that could be billed again, and a credit note would take revenue back that it never was. */
function refuseReturnedPayment({ kind }: StoredInvoice): void {
  if (kind === 'returned_payment')
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'It stands for a payment that was taken back: record the payment that makes up for it.',
        ar: 'تمثل دفعة مرتجعة: سجّل الدفعة التي تعوضها.',
      },
    });
}

function refuseNote(note: StoredInvoice | undefined): void {
  if (note)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `Difference note ${note.invoiceNumber} stands on this invoice: cancel it first.`,
        ar: `يستند إشعار الفرق ${note.invoiceNumber} إلى هذه الفاتورة: ألغه أولًا.`,
      },
    });
}
