/** What a person says of a line in suspense: whose money it is, or that it is no customer's. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { bankLineEntity, type StoredLine } from './bank-entities.ts';
import { bankLineReleased } from './bank-events.ts';
import { payFromLine } from './take-line.ts';

/** Makes the line a payment of a customer. @throws AppError `conflict` when it does not wait any more */
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
    const owner = {
      customerId,
      invoiceIds,
      assignedBy,
      assignedAt: session.context.now(),
      matchedBy: 'person',
    } as const;
    return payFromLine(session, line, owner, (unit, { paymentId, ...matched }) => {
      const { status, matchedBy, assignedAt } = matched;
      const after = unit.update(bankLineEntity, line, {
        status,
        matchedBy: matchedBy!,
        customerId,
        assignedBy,
        assignedAt: assignedAt!,
        paymentId: paymentId!,
        outcome: null,
      });
      unit.emit(bankLineReleased, { aggregateId: id, payload: after });
      return after;
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
    return session.transact('billing', (unit) => unit.update(bankLineEntity, line, changes));
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
