/**
 * Gives back what a token did not come to: the supply is as it was before, and the money that was not taken for debt becomes
 * the customer's advance. From then on the payment is one like any other, which invoices use and which can be paid back. Where it
 * had been taken back and was owed by an invoice of its own, the money settles that one first: nobody owes for a token that is none.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import type { EntryType } from '../accounts/entry-types.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { today } from '../invoices/local-day.ts';
import { mergedAllocations, shownAllocations } from '../payments/allocate-payment.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { settleInvoices } from '../payments/settle-invoices.ts';
import { type PrepaidAccount, prepaidAccountEntity, readPrepaidAccount } from './prepaid-account.ts';
import type { VendRow } from './vend-entity.ts';

export interface Release {
  /** Decimal text; undefined when nothing was paid. */
  returnedAmount: string | undefined;
  write(unit: UnitOfWork): void;
}

/** @param type what the entry in the account is called */
export async function planRelease(session: TenantSession, vend: VendRow, type: EntryType): Promise<Release> {
  const { supplyId, paymentId, parts, debtInvoiceId } = vend;
  const account = supplyId === undefined ? undefined : await readPrepaidAccount(session, supplyId);
  const restore = (unit: UnitOfWork): void => {
    if (account?.openVendId === vend.id)
      unit.update(prepaidAccountEntity, account, restored(vend), { isAudited: false });
  };
  if (paymentId === undefined) return { returnedAmount: undefined, write: restore };
  const payment = await session.require(paymentEntity, { id: paymentId });
  const { customerId, currency } = payment;
  const minor = minorOf(payment.amount, currency) - minorOf(parts?.arrearsAmount ?? '0', currency);
  const [advance, date, debt] = await Promise.all([
    readAdvance(session, customerId, currency),
    today(session),
    debtInvoiceId === undefined ? undefined : session.require(invoiceEntity, { id: debtInvoiceId }),
  ]);
  const owed = debt === undefined ? 0n : minorOf(debt.dueAmount, currency);
  const settled = owed < minor ? owed : minor;
  const left = minor - settled;
  return {
    returnedAmount: amountOf(minor, currency),
    write(unit) {
      restore(unit);
      const back = debt === undefined || settled === 0n ? [] : [{ invoice: debt, minor: settled }];
      settleInvoices(unit, back, session.context.now());
      unit.update(paymentEntity, payment, {
        purpose: 'debt',
        advanceAmount: amountOf(left, currency),
        allocations: mergedAllocations(payment, shownAllocations(back)),
      });
      writeAdvance(unit, advance, { customerId, currency, minor: BigInt(advance?.minor ?? '0') + left });
      postToAccount(unit, {
        id: `${vend.id}-released`,
        customerId,
        type,
        date,
        minor: -minor,
        currency,
        reference: payment.paymentNumber,
        token: {
          meterNumber: vend.meterNumber,
          ...(vend.status === 'reversing' && parts !== undefined ? { energyKwh: parts.energyKwh } : {}),
        },
      });
    },
  };
}

function restored({ before }: VendRow): Partial<{ [P in keyof PrepaidAccount]: PrepaidAccount[P] | null }> {
  if (before === undefined) return { openVendId: null };
  return { ...before, freeMonth: before.freeMonth ?? null, lastVendId: before.lastVendId ?? null, openVendId: null };
}
