/**
 * Ends what a supply has bought ahead: what the last purchase left over, charges of days that are not supplied any more, and
 * credit of the meter where it is given back, become the customer's advance. Charges of days on which nothing was bought are owed by an
 * invoice, which this money pays first. From then on no token is made for the supply.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type Posting, postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { writeInvoice } from '../invoices/write-invoice.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { readOwedCharges } from './owed-charges.ts';
import { prepaidAccountEntity, readPrepaidAccount } from './prepaid-account.ts';
import { prepaidCreditReturned } from './prepaid-events.ts';
import { readUnusedCharges } from './unused-charges.ts';
import { vendEntity } from './vend-entity.ts';
import { vendingMeterEntity } from './vending-meter.ts';

export interface Closing {
  /** Absent when nothing could ever be bought. */
  currency: string | undefined;
  /** Decimal text. */
  returnedAmount: string;
  /** Of charges of days on which nothing was bought. */
  chargesInvoiceId: string | undefined;
  write(unit: UnitOfWork): void;
}

export interface ReturnedCredit {
  /** What the meter shows, kWh. */
  remainingKwh: string;
  /** Minor units. */
  energy: bigint;
  taxes: bigint;
}

const noCredit: ReturnedCredit = { remainingKwh: '0', energy: 0n, taxes: 0n };

/** @param end first local day not supplied any more @param date local day of the entry @throws AppError `conflict` while a token of the supply is being made */
export async function planClosing(
  session: TenantSession,
  supply: BilledSupply & Stored,
  { end, date }: { end: string; date: string },
  credit: ReturnedCredit = noCredit,
): Promise<Closing> {
  const { id, customerId, meterId } = supply;
  const stored = await readPrepaidAccount(session, id);
  if (stored?.openVendId !== undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'A token of the supply is being made.', ar: 'يجري إصدار رمز شحن لهذا التوريد.' },
    });
  const { account, invoice } = await readOwedCharges(session, supply, stored, { end, date });
  if (account === undefined || account.isClosed)
    return { currency: account?.currency, returnedAmount: '0', chargesInvoiceId: undefined, write: () => undefined };
  const { currency } = account;
  const carried = BigInt(account.carried);
  const [charges, advance, meter, lastVend] = await Promise.all([
    readUnusedCharges(session, account, end),
    readAdvance(session, customerId, currency),
    session.get(vendingMeterEntity, { meterId }),
    account.lastVendId === undefined ? undefined : session.get(vendEntity, { id: account.lastVendId }),
  ]);
  const taxes = credit.taxes + charges.taxes;
  const returned = credit.energy + charges.fixed + taxes + carried;
  const amount = (minor: bigint): string => amountOf(minor, currency);
  return {
    currency,
    returnedAmount: amount(returned),
    chargesInvoiceId: invoice?.id,
    write(unit) {
      const closed = { isClosed: true, carried: '0' };
      if (stored !== undefined) unit.update(prepaidAccountEntity, stored, closed);
      // A first purchase of the same moment is priced again, and finds it closed.
      else
        unit.create(
          prepaidAccountEntity,
          { ...account, ...closed },
          { refused: () => new AppError('version_conflict') },
        );
      const token = { meterNumber: meter?.meterNumber ?? meterId, energyKwh: credit.remainingKwh };
      const of = { id: `${id}-credit`, customerId, date, currency, reference: token.meterNumber, token };
      const entry: Posting = { ...of, type: 'prepaid_credit', minor: -returned };
      if (invoice !== undefined) {
        const credited = returned === 0n ? [] : [entry];
        writeInvoice(unit, invoice, advance, session.context.now(), { credited });
      }
      if (returned === 0n) return;
      if (invoice === undefined) {
        writeAdvance(unit, advance, { customerId, currency, minor: BigInt(advance?.minor ?? '0') + returned });
        postToAccount(unit, entry);
      }
      unit.emit(prepaidCreditReturned, {
        aggregateId: id,
        payload: {
          supplyId: id,
          customerId,
          ...(lastVend?.customerType === undefined ? {} : { customerType: lastVend.customerType }),
          meterId,
          currency,
          remainingKwh: credit.remainingKwh,
          returnedAmount: amount(returned),
          energyAmount: amount(credit.energy),
          fixedAmount: amount(charges.fixed),
          taxAmount: amount(taxes),
          carriedAmount: amount(carried),
        },
      });
    },
  };
}
