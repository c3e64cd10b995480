/** Drafts: entries that are written, changed and thrown away until they are posted. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import { refused } from '../refused.ts';
import { type Entry, entryEntity } from './entry-entity.ts';
import type { StoredEntry } from './post-entries.ts';

export type DraftContent = Pick<
  Entry,
  'journal' | 'date' | 'description' | 'descriptionAr' | 'externalReference' | 'lines'
>;

export function createDraft(session: TenantSession, id: string, content: DraftContent): Promise<StoredEntry> {
  return session.transact('ledger', (unit) =>
    unit.create(entryEntity, {
      ...content,
      id,
      period: periodOf(content.date),
      status: 'draft',
      source: { type: 'manual' },
    }),
  );
}

type DraftChanges = { [K in keyof DraftContent]?: DraftContent[K] | null | undefined };

export async function updateDraft(
  session: TenantSession,
  id: string,
  changes: DraftChanges,
  expectedVersion: number | undefined,
): Promise<StoredEntry> {
  const draft = await requireDraft(session, id, expectedVersion);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as DraftChanges;
  return session.transact('ledger', (unit) =>
    unit.update(entryEntity, draft, { ...given, ...(given.date ? { period: periodOf(given.date) } : {}) } as object),
  );
}

export async function deleteDraft(
  session: TenantSession,
  id: string,
  expectedVersion: number | undefined,
): Promise<void> {
  const draft = await requireDraft(session, id, expectedVersion);
  await session.transact('ledger', (unit) => unit.delete(entryEntity, draft));
}

/** @throws AppError `conflict` when it was posted */
export async function requireDraft(
  session: TenantSession,
  id: string,
  expectedVersion?: number | undefined,
): Promise<StoredEntry> {
  const entry = await session.require(entryEntity, { id });
  if (entry.status === 'posted')
    throw refused(
      'conflict',
      `Entry ${entry.reference} is posted and never changes; reverse it instead.`,
      `القيد ${entry.reference} مرحّل ولا يتغير؛ يمكن عكسه.`,
    );
  refuseStale(entry, expectedVersion);
  return entry;
}
