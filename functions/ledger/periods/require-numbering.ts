/** The series of numbers a posting takes its number from, made with the first posting of a journal in a period. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { shiftPeriod } from '../../../layers/ledger/fiscal-calendar.ts';
import type { Journal } from '../../../layers/ledger/journals.ts';
import type { Books } from '../books/books-entity.ts';
import { systemSession } from '../books/read-books.ts';
import { raced } from '../journal-entries/race.ts';
import { refused } from '../refused.ts';
import { addPeriod } from './open-period.ts';
import { type Numbering, numberingEntity, periodEntity } from './period-entity.ts';

/** @throws AppError `conflict` when the period is closed or was not opened */
export async function requireNumbering(
  session: TenantSession,
  books: Books & Stored,
  period: string,
  journal: Journal,
): Promise<Numbering & Stored> {
  const found = await session.get(numberingEntity, { period, journal }, { consistent: true });
  if (found?.status === 'closed') throw periodClosed(period);
  return found ?? startNumbering(systemSession(session), books, period, journal);
}

const periodClosed = (period: string) => refused('conflict', `Period ${period} is closed.`, `الفترة ${period} مقفلة.`);

async function startNumbering(
  session: TenantSession,
  books: Books & Stored,
  period: string,
  journal: Journal,
): Promise<Numbering & Stored> {
  if (period <= (books.closedThrough ?? '')) throw periodClosed(period);
  const known = await session.get(periodEntity, { id: period }, { consistent: true });
  if (known === undefined && !mayOpenByItself(books, period, session.context.now()))
    throw refused(
      'conflict',
      `Period ${period} was not opened. Open it, or use another date.`,
      `الفترة ${period} غير مفتوحة. افتحها أو استخدم تاريخًا آخر.`,
    );
  if (known?.status === 'closed') throw periodClosed(period);
  // Somebody started it since we looked.
  if (known?.journals.includes(journal)) throw raced();
  return session.transact('ledger', (unit) => {
    if (known === undefined) addPeriod(unit, books, period, [journal], raced);
    else unit.update(periodEntity, known, { journals: [...known.journals, journal] }, { refused: raced });
    return unit.create(numberingEntity, { period, journal, status: 'open', last: 0 });
  });
}

/** A wrong year in a date should not open a period of the next century. */
function mayOpenByItself(books: Books, period: string, now: string): boolean {
  return books.autoOpenPeriods && period <= shiftPeriod(now.slice(0, 7), 1);
}
