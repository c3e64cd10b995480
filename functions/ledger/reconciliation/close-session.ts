/** Closes a session after its checks and carries what is open in the ledger to the next; opens the last one again. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { reconciliationMismatch } from '../events.ts';
import { raced, whileRacing } from '../journal-entries/race.ts';
import { refused, refusedFor } from '../refused.ts';
import { requireOpenSession } from './match-automatically.ts';
import { carriedLineEntity } from './match-entity.ts';
import { type Reconciliation, reconciledAccountEntity, sessionEntity } from './session-entity.ts';
import { readFigures } from './session-figures.ts';

type StoredSession = Reconciliation & Stored;

/** @param acceptedDifference why it is closed although balances differ */
export function closeSession(
  session: TenantSession,
  id: string,
  acceptedDifference: string | undefined,
): Promise<StoredSession> {
  return whileRacing(async () => {
    const target = await requireOpenSession(session, id);
    const { accountId, currency, from, to } = target;
    const figures = await readFigures(session, target);
    const inTheWay = figures.problems.filter(({ isAcceptable }) => !isAcceptable || acceptedDifference === undefined);
    if (inTheWay.length > 0)
      throw refusedFor(
        'conflict',
        inTheWay.map(({ message }) => message),
      );
    const reconciled = await session.require(reconciledAccountEntity, { accountId, currency });
    // Derived rows, the same at every repetition; read together with the days themselves until the session is closed.
    await writeMany(
      figures.open.ledger.map(({ date, entryId, line }) =>
        putStep(session, carriedLineEntity, { accountId, currency, date, entryId, line }),
      ),
    );
    return session.transact('ledger', (unit) => {
      const span = { sessionId: id, from, to, debit: String(figures.debit), credit: String(figures.credit) };
      unit.update(
        reconciledAccountEntity,
        reconciled,
        { openSessionId: null as never, spans: [...reconciled.spans, span] },
        { isAudited: false, refused: raced },
      );
      const { unexplained } = figures.amounts;
      if (figures.problems.length > 0)
        unit.emit(reconciliationMismatch, {
          aggregateId: id,
          payload: {
            sessionId: id,
            accountId,
            currency,
            kind: 'balance_difference',
            count: figures.problems.length,
            amount: unexplained ?? '0',
          },
        });
      return unit.update(
        sessionEntity,
        target,
        {
          status: 'closed',
          closedAt: session.context.now(),
          closedBy: session.context.actor?.id ?? 'system',
          ...(figures.problems.length > 0 ? { acceptedDifference } : {}),
        },
        { refused: raced },
      );
    });
  });
}

/** Only the last closed session of an account opens again, and only while no other is open. */
export function reopenSession(session: TenantSession, id: string, reason: string): Promise<StoredSession> {
  return whileRacing(async () => {
    const target = await session.require(sessionEntity, { id });
    const { accountId, currency } = target;
    const reconciled = await session.require(reconciledAccountEntity, { accountId, currency });
    if (target.status === 'open') throw refused('conflict', 'The session is open.', 'الجلسة مفتوحة.');
    if (reconciled.openSessionId !== undefined || reconciled.spans.at(-1)?.sessionId !== id)
      throw refused(
        'conflict',
        'Only the last session of an account opens again, and only while no other is open.',
        'لا يُعاد فتح إلا آخر جلسة للحساب وحين لا تكون أخرى مفتوحة.',
      );
    return session.transact('ledger', (unit) => {
      unit.update(
        reconciledAccountEntity,
        reconciled,
        { openSessionId: id, spans: reconciled.spans.slice(0, -1) },
        { isAudited: false, refused: raced },
      );
      const changes = {
        status: 'open',
        reopenReason: reason,
        closedAt: null,
        closedBy: null,
        acceptedDifference: null,
      };
      return unit.update(sessionEntity, target, changes as object, { refused: raced });
    });
  });
}
