/** What a person says of a line in suspense: whose money it is, or that it is no customer's. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { bankLineEntity, type StoredLine } from './bank-entities.ts';
import { bankLineDismissed, bankLineReleased } from './bank-events.ts';
import type { BankLine } from './bank-schema.ts';
import { enteredBefore, paymentsByNumber, referenceOf } from './line-numbers.ts';
import { payFromLine } from './pay-from-line.ts';

const noReason = { reason: null, reasonDetail: null, errorCode: null, outcome: null } as const;

/**
 * Makes the line a payment of a customer, or that of one which a clerk entered by the bank's number while the line waited.
 * @throws AppError `conflict` when it does not wait any more, or was entered for another customer
 */
export async function assignLine(
  session: TenantSession,
  id: string,
  { customerId, invoiceIds }: { customerId: string; invoiceIds?: string[] | undefined },
  subject: string,
): Promise<StoredLine> {
  const assignedBy = await personBehind(session, subject);
  return retryOnChange(async () => {
    const line = await requireWaiting(session, id);
    if (line.amount.startsWith('-'))
      throw new AppError('unprocessable', undefined, {
        texts: { en: 'Money that left the bank is nobody’s payment.', ar: 'المبلغ الخارج من البنك ليس دفعة لأحد.' },
      });
    const by = { assignedBy, assignedAt: session.context.now() };
    const release = (unit: UnitOfWork, paymentId: string, matchedBy: BankLine['matchedBy']): StoredLine => {
      const found = { status: 'matched', matchedBy: matchedBy!, customerId, paymentId } as const;
      const after = unit.update(bankLineEntity, line, { ...found, ...by, ...noReason });
      unit.emit(bankLineReleased, { aggregateId: id, payload: after });
      return after;
    };
    const payments = await paymentsByNumber(session, [line, { bankId: referenceOf(line) }]);
    const entered = await enteredBefore(session, line, payments);
    if (entered !== undefined) {
      refuseOther(entered, customerId);
      return session.transact('billing', (unit) => {
        unit.update(paymentEntity, entered, { bankLineId: id });
        return release(unit, entered.id, 'entered_before');
      });
    }
    const owner = { customerId, invoiceIds, ...by, matchedBy: 'person' } as const;
    return payFromLine(session, line, owner, {
      payments,
      // Recording tries again where the customer's money moved; a line that somebody else decided upon is no reason to.
      before: () => requireWaiting(session, id),
      keep: (unit, { paymentId }) => release(unit, paymentId!, 'person'),
    });
  });
}

export async function dismissLine(
  session: TenantSession,
  id: string,
  reason: string,
  subject: string,
): Promise<StoredLine> {
  const assignedBy = await personBehind(session, subject);
  return retryOnChange(async () => {
    const line = await requireWaiting(session, id);
    const changes = { status: 'dismissed', outcome: reason, assignedBy, assignedAt: session.context.now() } as const;
    return session.transact('billing', (unit) => {
      const after = unit.update(bankLineEntity, line, changes);
      // Money out was never said to be in suspense.
      if (!line.amount.startsWith('-')) unit.emit(bankLineDismissed, { aggregateId: id, payload: after });
      return after;
    });
  });
}

function refuseOther({ customerId, paymentNumber }: Payment, meant: string): void {
  if (customerId === meant) return;
  throw new AppError('conflict', undefined, {
    texts: {
      en: `Payment ${paymentNumber} of another customer was entered for this transfer: reverse it first if it is wrong.`,
      ar: `سُجلت لهذه الحوالة الدفعة ${paymentNumber} لمشترك آخر: اعكسها أولًا إن كانت خاطئة.`,
    },
  });
}

async function requireWaiting(session: TenantSession, id: string): Promise<StoredLine> {
  const line = await session.require(bankLineEntity, { id });
  if (line.status !== 'suspense')
    throw new AppError('conflict', undefined, {
      texts: { en: `The line is ${line.status} already.`, ar: `حالة السطر الآن: ${line.status}.` },
    });
  return line;
}
