/** Opens a till. A cashier has one, and a desk has one: whoever is second is told. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { personBehind, tenantProfile } from '../../identity/contract.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { positiveAmount } from '../payments/payment-amount.ts';
import { cashierSessionEntity, openTillEntity, type StoredCashierSession } from './cashier-session-entity.ts';

interface Opening {
  desk: string;
  floatAmount?: string | undefined;
  currency?: string | undefined;
}

/** @throws AppError `already_exists` when the cashier or the desk has an open one */
export async function openCashierSession(
  session: TenantSession,
  { desk, floatAmount = '0', currency: wanted }: Opening,
  subject: string,
): Promise<StoredCashierSession> {
  const [cashierId, profile] = await Promise.all([personBehind(session, subject), tenantProfile(session)]);
  const currency = wanted ?? profile.currency;
  const float = amountOf(/^0+(\.0+)?$/.test(floatAmount) ? 0n : positiveAmount(floatAmount, currency), currency);
  const now = session.context.now();
  const id = newId('csh');
  const day = localDate(Date.parse(now), profile.timeZone).replaceAll('-', '');
  return session.transact('billing', (unit) => {
    unit.create(openTillEntity, { of: 'cashier', name: cashierId, sessionId: id });
    unit.create(openTillEntity, { of: 'desk', name: desk, sessionId: id });
    return unit.create(cashierSessionEntity, {
      id,
      sessionNumber: `${day}-${id.slice(-8)}`,
      cashierId,
      desk,
      status: 'open',
      openedAt: now,
      floatAmount: float,
      currency,
      expected: [{ method: 'cash', currency, amount: float }],
      receipts: 0,
      payments: 0,
    });
  });
}
