/** Makes an invoice's bills anew with what is known now, and charges or credits the difference as a note of its own. */

import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { writeInvoice } from './bill-customer.ts';
import { amountOf, minorOf, totalsOf } from './invoice-amounts.ts';
import { customerInvoiceEntity, invoiceEntity, type StoredInvoice } from './invoice-entity.ts';
import type { Invoice, SuppliedBill } from './invoice-schema.ts';
import { today } from './local-day.ts';
import { priceSupplies } from './price-supplies.ts';

export interface RebillOutcome {
  /** Absent when nothing differs. */
  note: StoredInvoice | undefined;
}

export async function rebillInvoice(
  session: TenantSession,
  id: string,
  options: { dueDays: number; mayEstimate: boolean },
): Promise<RebillOutcome> {
  const { timeZone } = await tenantProfile(session);
  return retryOnChange(async () => {
    const invoice = await session.require(invoiceEntity, { id });
    if (invoice.status === 'cancelled' || invoice.kind !== 'invoice')
      throw new AppError('conflict', undefined, {
        texts: { en: 'Only an invoice that stands can be made anew.', ar: 'لا يُعاد احتساب إلا فاتورة قائمة.' },
      });
    const bills = await billsAnew(session, invoice, timeZone, options.mayEstimate);
    const notes = await notesOf(session, invoice);
    const { currency } = invoice;
    const billed = [invoice, ...notes];
    const difference = (field: 'totalAmount' | 'subtotal' | 'taxAmount' | 'fixedCharges' | 'rounding'): string =>
      amountOf(
        minorOf(totalsOf(bills, currency)[field], currency) -
          billed.reduce((sum, one) => sum + minorOf(one[field], currency), 0n),
        currency,
      );
    if (minorOf(difference('totalAmount'), currency) === 0n) return { note: undefined };
    const issueDate = await today(session);
    const note: Invoice = {
      ...withoutBookkeeping(invoice),
      id: derivedId('inv', Date.parse(issueDate), `${id} note ${notes.length + 1}`),
      invoiceNumber: `${invoice.invoiceNumber}-D${notes.length + 1}`,
      kind: 'difference_note',
      corrects: id,
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
    const advance = await readAdvance(session, invoice.customerId, currency);
    return {
      note: await session.transact('billing', (unit) => writeInvoice(unit, note, advance, session.context.now())),
    };
  });
}

async function billsAnew(
  session: TenantSession,
  invoice: StoredInvoice,
  timeZone: string,
  mayEstimate: boolean,
): Promise<SuppliedBill[]> {
  const customer = await session.require(customerEntity, { id: invoice.customerId });
  const bills: SuppliedBill[] = [];
  for (const { supplyId, bill } of invoice.bills) {
    const supply = await session.require(supplyEntity, { id: supplyId });
    const period = { from: bill.from, to: bill.to };
    const { priced, problems } = await priceSupplies(session, customer, [supply], {
      period,
      timeZone,
      mayEstimate,
      anew: true,
    });
    const [made] = priced;
    if (made === undefined)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `Meter "${supply.meterId}" cannot be billed: ${problems[0]?.reason ?? 'nothing to bill'}.`,
          ar: `لا يمكن احتساب العداد "${supply.meterId}": ${problems[0]?.reason ?? 'لا شيء للاحتساب'}.`,
        },
      });
    bills.push(made.supplied);
  }
  return bills;
}

/** Difference notes of the invoice so far. */
export async function notesOf(session: TenantSession, invoice: StoredInvoice): Promise<StoredInvoice[]> {
  const { items } = await session.query<{ invoiceId: string }>(customerInvoiceEntity, {
    pk: ['CUSTOMER-INVOICES', invoice.customerId],
    beginsWith: [invoice.period.from],
    limit: 200,
    consistent: true,
  });
  const same = await session.getMany(
    invoiceEntity,
    items.map(({ invoiceId }) => ({ id: invoiceId })),
  );
  return same.filter(({ corrects, status }) => corrects === invoice.id && status !== 'cancelled');
}

function withoutBookkeeping(invoice: StoredInvoice): Invoice {
  const { version: _, createdAt: __, updatedAt: ___, paidAt: ____, runId: _____, ...rest } = invoice;
  return rest;
}
