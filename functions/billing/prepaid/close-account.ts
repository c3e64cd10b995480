/**
 * Ends what a supply has bought ahead: what the last purchase left over, charges of days that are not supplied any more, and
 * credit of the meter where it is given back, become the customer's advance; from then on no token is made for the supply.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import type { Supply } from '../supplies/supply-schema.ts';
import { prepaidAccountEntity, readPrepaidAccount } from './prepaid-account.ts';
import { prepaidCreditReturned } from './prepaid-events.ts';
import { readUnusedCharges } from './unused-charges.ts';
import { vendEntity } from './vend-entity.ts';
import { vendingMeterEntity } from './vending-meter.ts';

export interface Closing {
  /** Absent when nothing was ever bought. */
  currency: string | undefined;
  /** Decimal text. */
  returnedAmount: string;
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
  { id, customerId, meterId }: Supply,
  { end, date }: { end: string; date: string },
  credit: ReturnedCredit = noCredit,
): Promise<Closing> {
  const account = await readPrepaidAccount(session, id);
  if (account === undefined || account.isClosed)
    return { currency: account?.currency, returnedAmount: '0', write: () => undefined };
  if (account.openVendId !== undefined)
    throw new AppError('conflict', undefined, {
      texts: { en: 'A token of the supply is being made.', ar: 'يجري إصدار رمز شحن لهذا التوريد.' },
    });
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
    write(unit) {
      unit.update(prepaidAccountEntity, account, { isClosed: true, carried: '0' });
      if (returned === 0n) return;
      writeAdvance(unit, advance, { customerId, currency, minor: BigInt(advance?.minor ?? '0') + returned });
      const token = { meterNumber: meter?.meterNumber ?? meterId, energyKwh: credit.remainingKwh };
      const entry = { id: `${id}-credit`, customerId, date, currency, reference: token.meterNumber, token };
      postToAccount(unit, { ...entry, type: 'prepaid_credit', minor: -returned });
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
