/** Takes a posted entry back with a new one, the sides exchanged; the two point at each other. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { otherSide } from '../../../layers/ledger/account-types.ts';
import { dateIn, periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { readBooks } from '../books/read-books.ts';
import { journalReversed } from '../events.ts';
import { refused } from '../refused.ts';
import { entryEntity } from './entry-entity.ts';
import { postEntry, type StoredEntry } from './post-entries.ts';

/** @throws AppError `conflict` when it is a draft, was reversed before, or the period is closed */
export async function reverseEntry(
  session: TenantSession,
  id: string,
  { reason, date }: { reason: string; date?: string | undefined },
  newEntryId: string = newId('jrn'),
): Promise<StoredEntry> {
  const original = await session.require(entryEntity, { id });
  refuseUnlessReversible(original);
  return postEntry(
    session,
    {
      id: newEntryId,
      journal: original.journal,
      date: date ?? (await reversalDate(session, original)),
      description: `Reversal of ${original.reference}: ${original.description}`.slice(0, 500),
      descriptionAr: `عكس القيد ${original.reference}: ${original.descriptionAr ?? original.description}`.slice(0, 500),
      externalReference: original.externalReference,
      lines: original.lines.map(({ rate: _, ...line }) => ({ ...line, side: otherSide(line.side) })),
      source: { type: 'reversal' },
      reversalOf: id,
      reason,
      allowsInactiveAccounts: true,
    },
    {
      also: (unit, [reversal]) => {
        unit.update(
          entryEntity,
          original,
          { reversedBy: reversal!.id },
          { refused: () => alreadyReversed(original.reference!) },
        );
        unit.emit(journalReversed, {
          aggregateId: id,
          payload: {
            id,
            reference: original.reference!,
            reversedBy: reversal!.id,
            reversalReference: reversal!.reference!,
            reversalDate: reversal!.date,
            reason,
          },
        });
      },
    },
  );
}

function refuseUnlessReversible(entry: StoredEntry): void {
  if (entry.status !== 'posted')
    throw refused('conflict', 'A draft is deleted, not reversed.', 'تُحذف المسودة ولا تُعكس.');
  if (entry.reversedBy !== undefined) throw alreadyReversed(entry.reference!);
}

const alreadyReversed = (reference: string) =>
  refused('conflict', `Entry ${reference} was reversed already.`, `القيد ${reference} معكوس من قبل.`);

/** The date of the entry while its period is open, so that both fall into one month; else today. */
async function reversalDate(session: TenantSession, original: StoredEntry): Promise<string> {
  const { closedThrough = '' } = await readBooks(session);
  if (periodOf(original.date) > closedThrough) return original.date;
  const { timeZone } = await tenantProfile(session);
  return dateIn(timeZone, session.context.now());
}
