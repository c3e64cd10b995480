/**
 * From tokens to bills: what is left in the meter, as read there, and what the last purchase left over become the customer's
 * advance in the transaction that ends the prepaid supply; a token that clears the meter's credit is asked for in it as well.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { today } from '../invoices/local-day.ts';
import type { Supply } from '../supplies/supply-schema.ts';
import { planClosing } from './close-account.ts';
import { planMove } from './move-supply.ts';
import { type PrepaidAccount, readPrepaidAccount } from './prepaid-account.ts';
import { requirePrepaid } from './price-purchase.ts';
import { engineeringVend } from './request-token.ts';
import { writeVend } from './request-vend.ts';
import { stepsOf } from './token-energy.ts';
import { valueCredit } from './value-credit.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';
import { orderVend } from './vend-queue.ts';
import type { VendParts } from './vend-schema.ts';
import { requireVendingMeter } from './vending-meter.ts';

export interface SwitchToPostpaid {
  supplyId: string;
  /** What the meter shows, kWh as decimal text; tenths count. */
  remainingKwh: string;
  tariffId?: string | undefined;
  requestedBy: string;
}

export interface SwitchedToPostpaid {
  supply: Supply & Stored;
  /** Absent when nothing could ever be bought. */
  currency?: string;
  returnedAmount: string;
  /** Charges of days on which nothing was bought. */
  chargesInvoiceId?: string;
  /** Clears the credit that was paid back. */
  clearCreditVendId: string;
}

/** From today on. @throws AppError `not_found`, `conflict`; `unprocessable` for more credit than was sold */
export async function switchToPostpaid(session: TenantSession, order: SwitchToPostpaid): Promise<SwitchedToPostpaid> {
  const outcome = await retryOnChange(() => settle(session, order));
  await orderVend(session, outcome.clearCreditVendId);
  return outcome;
}

async function settle(session: TenantSession, order: SwitchToPostpaid): Promise<SwitchedToPostpaid> {
  const supply = await requirePrepaid(session, order.supplyId);
  const [account, meter, on] = await Promise.all([
    readPrepaidAccount(session, supply.id),
    requireVendingMeter(session, supply.meterId),
    today(session),
  ]);
  const remaining = stepsOf(order.remainingKwh);
  const worth = valueCredit(await soldParts(session, account, remaining), remaining);
  if (worth.unaccounted > 0)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The meter cannot hold more credit than was sold.', ar: 'لا يمكن أن يزيد رصيد العداد عما بيع.' },
    });
  const [move, closing, clearing] = await Promise.all([
    planMove(session, supply, { on, mode: 'postpaid', tariffId: order.tariffId }),
    planClosing(session, supply, { end: on, date: on }, { ...worth, remainingKwh: order.remainingKwh }),
    engineeringVend(session, {
      id: derivedId('vnd', Date.parse(session.context.now()), `clear ${supply.id}`),
      kind: 'clear_credit',
      status: 'requested',
      meterId: supply.meterId,
      meterNumber: meter.meterNumber,
      order: {},
      reason: 'The supply is billed afterwards from now on.',
      requestedBy: order.requestedBy,
    }),
  ]);
  return session.transact('billing', (unit) => {
    const { started } = move(unit);
    writeVend(unit, clearing);
    closing.write(unit);
    const { returnedAmount, currency, chargesInvoiceId } = closing;
    return {
      supply: started,
      returnedAmount,
      ...(currency === undefined ? {} : { currency }),
      ...(chargesInvoiceId === undefined ? {} : { chargesInvoiceId }),
      clearCreditVendId: clearing.id,
    };
  });
}

/** The last tokens of the supply, as many as it takes: each names the one before it, whatever order they were paid in. */
async function soldParts(
  session: TenantSession,
  account: PrepaidAccount | undefined,
  remaining: number,
): Promise<VendParts[]> {
  const found: VendParts[] = [];
  let steps = 0;
  for (let id = account?.lastVendId; id !== undefined && steps < remaining; ) {
    const vend: VendRow = await session.require(vendEntity, { id });
    found.push(vend.parts!);
    steps += stepsOf(vend.parts!.energyKwh);
    id = vend.before?.lastVendId;
  }
  return found;
}
