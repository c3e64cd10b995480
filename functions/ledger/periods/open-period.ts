/** Opens a period: makes its row, and touches the books, so that no closing of a later period passes it. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { firstDay, fiscalYearOf, lastDay } from '../../../layers/ledger/fiscal-calendar.ts';
import type { Journal } from '../../../layers/ledger/journals.ts';
import { type Books, booksEntity } from '../books/books-entity.ts';
import { readBooks } from '../books/read-books.ts';
import { refused } from '../refused.ts';
import { type Period, periodEntity } from './period-entity.ts';

/** @throws AppError `already_exists`; `conflict` when a later period is closed */
export async function openPeriod(session: TenantSession, id: string): Promise<Period & Stored> {
  const books = await readBooks(session);
  if (books.closedThrough !== undefined && id <= books.closedThrough)
    throw refused(
      'conflict',
      `The books are closed through ${books.closedThrough}.`,
      `الدفاتر مقفلة حتى ${books.closedThrough}.`,
    );
  const busy = () =>
    refused('conflict', 'The periods are being changed. Try again.', 'يجري تغيير الفترات. حاول مرة أخرى.');
  return session.transact('ledger', (unit) => addPeriod(unit, books, id, [], busy));
}

export function addPeriod(
  unit: UnitOfWork,
  books: Books & Stored,
  id: string,
  journals: Journal[],
  passed: () => AppError,
): Period & Stored {
  unit.update(booksEntity, books, { hasPeriods: true }, { isAudited: false, refused: passed });
  return unit.create(periodEntity, {
    id,
    startDate: firstDay(id),
    endDate: lastDay(id),
    fiscalYear: fiscalYearOf(id, books.fiscalYearStartMonth),
    status: 'open',
    journals,
  });
}
