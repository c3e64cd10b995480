/** What can be done with journal entries. */
import { isGranted } from '../../../layers/kernel/auth/permissions.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { createDraft, deleteDraft, requireDraft, updateDraft } from './edit-draft.ts';
import { entryEntity } from './entry-entity.ts';
import { listEntries } from './list-entries.ts';
import { postEntry } from './post-entries.ts';
import { reverseEntry } from './reverse-entry.ts';
import { journalEntries } from './routes.ts';

const postPermission = journalEntries.routes.postJournalEntry.access;

export const entryOperations: Operations<typeof journalEntries.routes> = {
  listJournalEntries: async ({ session, query, page }) => {
    const { items, nextCursor } = await listEntries(session, query, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  createJournalEntry: async ({ session, body, principal }) => {
    const { post, ...content } = body;
    const id = newId('jrn');
    if (!post) return { data: await createDraft(session, id, content) };
    if (!isGranted(principal.permissions, postPermission))
      throw new AppError('forbidden', undefined, { values: { permission: postPermission } });
    return { data: await postEntry(session, { ...content, id, source: { type: 'manual' } }) };
  },

  getJournalEntry: async ({ session, params }) => ({ data: await session.require(entryEntity, { id: params.id }) }),

  updateJournalEntry: async ({ session, params, body, expectedVersion }) => ({
    data: await updateDraft(session, params.id, body, expectedVersion),
  }),

  deleteJournalEntry: async ({ session, params, expectedVersion }) => {
    await deleteDraft(session, params.id, expectedVersion);
    return {};
  },

  postJournalEntry: async ({ session, params, expectedVersion }) => {
    const draft = await requireDraft(session, params.id, expectedVersion);
    const { id, journal, date, description, descriptionAr, externalReference, lines, source } = draft;
    const posting = { id, journal, date, description, descriptionAr, externalReference, lines, source };
    return { data: await postEntry(session, posting, { draft }) };
  },

  reverseJournalEntry: async ({ session, params, body }) => ({
    data: await reverseEntry(session, params.id, body),
  }),

  getJournalEntryHistory: readHistory(entryEntity),
};
