/** Routes of the journal. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import {
  createEntryBody,
  entryExample,
  entryParams,
  entryView,
  listEntriesQuery,
  reverseEntryBody,
  updateEntryBody,
} from './schemas.ts';

const read = 'ledger:journal:read';
const write = 'ledger:journal:write';

export const journalEntries = defineResource({
  name: 'journal-entries',
  base: '/api/core/journal-entries',
  title: 'Journal entries',
  routes: {
    listJournalEntries: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List journal entries by date.',
      query: listEntriesQuery,
      response: z.array(entryView),
      paginated: true,
    },
    createJournalEntry: {
      method: 'POST',
      path: '',
      access: write,
      summary: 'Create a draft entry, or post one at once.',
      description:
        'A draft may be incomplete. To post, debits must equal credits in every currency to the last digit, and in the base currency as a whole. ' +
        'A line in a foreign currency carries a `rate` or a `baseAmount`. `post: true` needs the permission `ledger:journal:post` as well. ' +
        'An entry changes at most 100 rows together: each line is one, each account and currency one more.',
      body: createEntryBody,
      response: entryView,
      errors: ['unprocessable', 'conflict', 'unavailable'],
      example: entryExample,
    },
    getJournalEntry: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one journal entry.',
      params: entryParams,
      response: entryView,
      errors: ['not_found'],
      example: entryExample,
    },
    updateJournalEntry: {
      method: 'PUT',
      path: '/{id}',
      access: write,
      summary: 'Change a draft; fields left out stay as they are, `null` removes one.',
      params: entryParams,
      body: updateEntryBody,
      response: entryView,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    deleteJournalEntry: {
      method: 'DELETE',
      path: '/{id}',
      access: write,
      summary: 'Delete a draft; posted entries are reversed instead.',
      params: entryParams,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    postJournalEntry: {
      method: 'POST',
      path: '/{id}/post',
      access: 'ledger:journal:post',
      summary: 'Post a draft: it gets its number and never changes again.',
      params: entryParams,
      response: entryView,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable', 'version_conflict', 'unavailable'],
      example: entryExample,
    },
    reverseJournalEntry: {
      method: 'POST',
      path: '/{id}/reverse',
      access: 'ledger:journal:reverse',
      summary: 'Reverse a posted entry, once: answers with the new entry that takes it back.',
      params: entryParams,
      body: reverseEntryBody,
      response: entryView,
      errors: ['not_found', 'conflict', 'unavailable'],
    },
    getJournalEntryHistory: historyRoute(read, 'journal entry', entryParams),
  },
});
