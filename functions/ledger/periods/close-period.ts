/** Closes a period after its checks, and opens it again with a reason. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { booksEntity } from '../books/books-entity.ts';
import { readBooks } from '../books/read-books.ts';
import { periodClosed, periodReopened } from '../events.ts';
import { raced, whileRacing } from '../journal-entries/race.ts';
import { refused, refusedFor } from '../refused.ts';
import { problemsOfClosing } from './close-checks.ts';
import { type Numbering, numberingEntity, type Period, periodEntity } from './period-entity.ts';
import { readPeriods } from './read-periods.ts';

type StoredPeriod = Period & Stored;

/** @throws AppError `conflict` naming what stands in the way, or when it is closed already */
export function closePeriod(session: TenantSession, id: string): Promise<StoredPeriod> {
  return whileRacing(async () => {
    // Read first: a period that opens during the checks changes the books, and the transaction is refused.
    const books = await readBooks(session);
    const period = await session.require(periodEntity, { id });
    if (period.status === 'closed') throw refused('conflict', `Period ${id} is closed.`, `الفترة ${id} مقفلة.`);
    const problems = await problemsOfClosing(session, id, { withWarnings: false });
    if (problems.length > 0)
      throw refusedFor(
        'conflict',
        problems.map(({ message }) => message),
      );
    const numberings = await numberingsOf(session, period);
    return session.transact('ledger', (unit) => {
      for (const numbering of numberings)
        unit.update(numberingEntity, numbering, { status: 'closed' }, { isAudited: false, refused: raced });
      unit.update(booksEntity, books, { closedThrough: id }, { isAudited: false, refused: raced });
      const closed = unit.update(
        periodEntity,
        period,
        { status: 'closed', closedAt: session.context.now(), closedBy: session.context.actor?.id ?? 'system' },
        { refused: raced },
      );
      unit.emit(periodClosed, { aggregateId: id, payload: closed });
      return closed;
    });
  });
}

/** Only the last closed period opens again: what came after it was built on its balances. */
export function reopenPeriod(session: TenantSession, id: string, reason: string): Promise<StoredPeriod> {
  return whileRacing(async () => {
    const books = await readBooks(session);
    const period = await session.require(periodEntity, { id });
    if (period.status === 'open') throw refused('conflict', `Period ${id} is open.`, `الفترة ${id} مفتوحة.`);
    if (books.closedThrough !== id)
      throw refused(
        'conflict',
        `Reopen ${books.closedThrough} first: periods are reopened from the last one back.`,
        `أعد فتح ${books.closedThrough} أولًا: يُعاد فتح الفترات من الأخيرة رجوعًا.`,
      );
    const [numberings, periods] = await Promise.all([numberingsOf(session, period), readPeriods(session)]);
    const earlier = periods.filter((one) => one.id < id && one.status === 'closed').at(-1)?.id;
    return session.transact('ledger', (unit) => {
      for (const numbering of numberings)
        unit.update(numberingEntity, numbering, { status: 'open' }, { isAudited: false, refused: raced });
      unit.update(booksEntity, books, { closedThrough: earlier ?? null }, { isAudited: false, refused: raced });
      const open = unit.update(
        periodEntity,
        period,
        {
          status: 'open',
          reopenedAt: session.context.now(),
          reopenedBy: session.context.actor?.id ?? 'system',
          reopenReason: reason,
        },
        { refused: raced },
      );
      unit.emit(periodReopened, { aggregateId: id, payload: open });
      return open;
    });
  });
}

async function numberingsOf(session: TenantSession, period: Period): Promise<(Numbering & Stored)[]> {
  return Promise.all(
    period.journals.map((journal) => session.require(numberingEntity, { period: period.id, journal })),
  );
}
