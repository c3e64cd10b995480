/**
 * Money that is taken back although it was used: a bounced cheque for a token that is in the meter, or money left over of which it
 * is not known any more what it paid. What cannot be taken back from anywhere is owed by an invoice of its own, due at once, which
 * payments settle and dunning collects like any other. It is no revenue: the ledger posts `payment.reversed`, and nothing for the invoice.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { oneAmount } from '../invoices/one-amount.ts';
import { writeInvoice } from '../invoices/write-invoice.ts';
import { vendEntity, vendIdOf } from '../prepaid/vend-entity.ts';
import type { Payment } from './payment-schema.ts';

export type WriteDebt = (unit: UnitOfWork) => StoredInvoice;

/** @param minor what is owed of it; @param date local day @param isAheadWritten the advance is written by who calls */
export async function planDebt(
  session: TenantSession,
  payment: Payment & Stored,
  minor: bigint,
  { date, isAheadWritten }: { date: string; isAheadWritten: boolean },
): Promise<WriteDebt> {
  const { id, customerId, currency, paymentNumber, purpose } = payment;
  const [customer, advance, vend] = await Promise.all([
    session.require(customerEntity, { id: customerId }),
    isAheadWritten ? undefined : readAdvance(session, customerId, currency),
    purpose === 'prepaid' ? requireGoodToken(session, id) : undefined,
  ]);
  const invoice: Invoice = {
    id: derivedId('inv', Date.parse(date), `${id} returned`),
    invoiceNumber: `${paymentNumber}-D`,
    kind: 'returned_payment',
    returnedPaymentId: id,
    customerId,
    accountNumber: customer.accountNumber,
    period: { from: date, to: addDays(date, 1) },
    issueDate: date,
    dueDate: date,
    ...oneAmount(minor, currency),
  };
  return (unit) => {
    // On its version: a token that is being taken back in this moment is no debt.
    if (vend !== undefined) unit.update(vendEntity, vend, { debtInvoiceId: invoice.id });
    return writeInvoice(unit, invoice, advance, session.context.now(), { isAheadWritten });
  };
}

async function requireGoodToken(session: TenantSession, paymentId: string) {
  const vend = await session.get(vendEntity, { id: vendIdOf(paymentId) }, { consistent: true });
  if (vend?.status !== 'vended')
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'The token of the payment is being made or taken back: wait until it is known what became of it.',
        ar: 'يجري إصدار رمز الدفعة أو إلغاؤه: انتظر حتى يُعرف مصيره.',
      },
    });
  return vend;
}
