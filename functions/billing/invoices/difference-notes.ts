/**
 * Difference notes of an invoice, by their numbers: each holds all bills as they are from then on, so the newest one that stands
 * says what was charged last, however many came before it.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { invoiceEntity, type StoredInvoice } from './invoice-entity.ts';

/** Follows from what it corrects, not from the day: made twice it has one key. @param number 1 for the first */
export const noteIdOf = ({ id, issueDate }: Pick<StoredInvoice, 'id' | 'issueDate'>, number: number): string =>
  derivedId('inv', Date.parse(issueDate), `${id} note ${number}`);

/** The newest that stands, as it is now. @param invoice read consistently: it counts its notes */
export async function newestNote(
  session: TenantSession,
  invoice: Pick<StoredInvoice, 'id' | 'issueDate' | 'notes'>,
  olderThan?: Pick<StoredInvoice, 'id'>,
): Promise<StoredInvoice | undefined> {
  let isOlder = olderThan === undefined;
  for (let number = invoice.notes ?? 0; number > 0; number--) {
    const id = noteIdOf(invoice, number);
    if (!isOlder) {
      isOlder = id === olderThan!.id;
      continue;
    }
    const note = await session.get(invoiceEntity, { id }, { consistent: true });
    if (note !== undefined && note.status !== 'cancelled') return note;
  }
  return undefined;
}
