/** Cash that comes into a till or leaves it beside payments: change from the safe, a day's takings to the bank. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { positiveAmount } from '../payments/payment-amount.ts';
import { cashierSessionEntity, type StoredCashierSession } from './cashier-session-entity.ts';
import { tillMoneyMoved } from './cashier-session-events.ts';
import type { Movement } from './cashier-session-schema.ts';
import { moveTill, refuseEmptyTill } from './move-till.ts';

interface MoneyMove {
  type: 'pay_in' | 'pay_out';
  amount: string;
  currency?: string | undefined;
  counterpart: NonNullable<Movement['counterpart']>;
  reason: string;
}

/** @throws AppError `not_found` for another's till, `conflict`, `unprocessable` */
export async function moveTillMoney(session: TenantSession, id: string, move: MoneyMove, subject: string) {
  const by = await personBehind(session, subject);
  return retryOnChange(async () => {
    const till = await ownTill(session, id, by);
    if (till.status !== 'open')
      throw new AppError('conflict', undefined, {
        texts: { en: `The cashier session is ${till.status}.`, ar: `حالة جلسة الصندوق: ${till.status}.` },
      });
    const { type, counterpart, reason, currency = till.currency } = move;
    const minor = positiveAmount(move.amount, currency);
    if (type === 'pay_out') refuseEmptyTill(till, 'cash', currency, minor);
    return session.transact('billing', (unit) => {
      const movement = moveTill(unit, till, {
        type,
        method: 'cash',
        currency,
        minor: type === 'pay_in' ? minor : -minor,
        at: session.context.now(),
        by,
        counterpart,
        reason,
      });
      unit.emit(tillMoneyMoved, {
        aggregateId: id,
        payload: {
          sessionId: id,
          sessionNumber: till.sessionNumber,
          cashierId: till.cashierId,
          movementId: movement.id,
          type,
          amount: movement.amount.replace('-', ''),
          currency,
          counterpart,
          reason,
        },
      });
      return movement as Movement & Stored;
    });
  });
}

/** @throws AppError `forbidden` for somebody else's */
export async function ownTill(session: TenantSession, id: string, person: string): Promise<StoredCashierSession> {
  const till = await session.require(cashierSessionEntity, { id });
  if (till.cashierId !== person)
    throw new AppError('forbidden', undefined, {
      texts: { en: 'It is another cashier’s till.', ar: 'الصندوق لأمين صندوق آخر.' },
    });
  return till;
}
