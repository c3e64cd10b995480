/** The journal by date, over all journals or one. */
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { type Journal, journalNames } from '../../../layers/ledger/journals.ts';
import { type Entry, entryEntity, entryStatuses } from './entry-entity.ts';
import type { StoredEntry } from './post-entries.ts';

export interface EntryFilter {
  status?: Entry['status'] | undefined;
  journal?: Journal | undefined;
  period?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  order: 'asc' | 'desc';
}

export async function listEntries(
  session: TenantSession,
  { status, journal, period, from, to, order }: EntryFilter,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<StoredEntry>> {
  // Days 00 and 99 bound a month, whatever its length.
  const first = [from ?? '0', period === undefined ? '0' : `${period}-00`].sort()[1]!;
  const last = [to ?? '9', period === undefined ? '9' : `${period}-99`].sort()[0]!;
  if (first > last) return { items: [], nextCursor: null };
  return queryShards(session, entryEntity, {
    index: 'gsi1',
    partitions: (status ? [status] : entryStatuses).flatMap((one) =>
      (journal ? [journal] : journalNames).map((name) => ['ENTRIES', one, name]),
    ),
    sortKeyOf: ({ date, id }) => [date, id],
    from: [first],
    to: [last, '~'],
    order: order === 'asc' ? 'ascending' : 'descending',
    ...page,
  });
}
