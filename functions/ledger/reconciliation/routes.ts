/** Routes of reconciliation. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import {
  basketView,
  checksView,
  externalLineView,
  importBody,
  importView,
  listSessionsQuery,
  matchBody,
  matchResult,
  matchView,
  openSessionBody,
  sessionId,
  sessionParams,
  sessionView,
  unmatchBody,
  updateSessionBody,
} from './schemas.ts';

const read = 'ledger:reconciliation:read';
const write = 'ledger:reconciliation:write';

export const reconciliation = defineResource({
  name: 'reconciliation',
  base: '/api/core/reconciliation',
  title: 'Reconciliation',
  routes: {
    listReconciliationSessions: {
      method: 'GET',
      path: '/sessions',
      access: read,
      summary: 'List reconciliation sessions, the newest first.',
      query: listSessionsQuery,
      response: z.array(sessionView),
      paginated: true,
    },
    openReconciliationSession: {
      method: 'POST',
      path: '/sessions',
      access: write,
      summary: 'Open a session for an account: a bank, a payment gateway, any account somebody else keeps as well.',
      description: 'An account has one open session in a currency, and sessions follow each other in time.',
      body: openSessionBody,
      response: sessionView,
      errors: ['not_found', 'unprocessable', 'conflict', 'unavailable'],
    },
    getReconciliationSession: {
      method: 'GET',
      path: '/sessions/{id}',
      access: read,
      summary: 'Get one session.',
      params: sessionParams,
      response: sessionView,
      errors: ['not_found'],
    },
    updateReconciliationSession: {
      method: 'PUT',
      path: '/sessions/{id}',
      access: write,
      summary: 'Change the description or the balances of an open session.',
      params: sessionParams,
      body: updateSessionBody,
      response: sessionView,
      errors: ['not_found', 'unprocessable', 'conflict', 'version_conflict'],
    },
    importStatement: {
      method: 'POST',
      path: '/sessions/{id}/import',
      access: write,
      summary: 'Import a bank statement or a settlement file: CSV, JSON Lines, MT940 or camt.053.',
      description:
        'Money in is positive. Lines that were imported before are recognised and left out. ' +
        'One wrong line and nothing is imported; `errors` names every wrong line.',
      params: sessionParams,
      body: importBody,
      response: importView,
      status: 200,
      errors: ['not_found', 'unprocessable', 'conflict', 'unavailable'],
      // Lines are recognised, and a file takes several transactions.
      idempotent: false,
    },
    listStatementLines: {
      method: 'GET',
      path: '/sessions/{id}/lines',
      access: read,
      summary: 'List the statement lines of a session by date, open and matched.',
      params: sessionParams,
      response: z.array(externalLineView),
      paginated: true,
      errors: ['not_found', 'invalid_cursor'],
    },
    listReconciliationMatches: {
      method: 'GET',
      path: '/sessions/{id}/matches',
      access: read,
      summary: 'List the matches of a session.',
      params: sessionParams,
      response: z.array(matchView),
      paginated: true,
      errors: ['not_found', 'invalid_cursor'],
    },
    checkReconciliationSession: {
      method: 'GET',
      path: '/sessions/{id}/checks',
      access: read,
      summary: 'How far both sides agree, and what stands in the way of closing.',
      params: sessionParams,
      response: checksView,
      errors: ['not_found', 'unprocessable', 'conflict'],
    },
    closeReconciliationSession: {
      method: 'POST',
      path: '/sessions/{id}/close',
      access: write,
      summary: 'Close a session; open ledger lines are carried to the next one.',
      params: sessionParams,
      body: z.object({
        /** Why it is closed although balances differ. Open statement lines cannot be accepted. */
        acceptedDifference: z.optional(label(500)),
      }),
      response: sessionView,
      status: 200,
      errors: ['not_found', 'unprocessable', 'conflict', 'unavailable'],
    },
    reopenReconciliationSession: {
      method: 'POST',
      path: '/sessions/{id}/reopen',
      access: 'ledger:reconciliation:reopen',
      summary: 'Open the last session of an account again, with a reason.',
      params: sessionParams,
      body: z.object({ reason: label(500) }),
      response: sessionView,
      status: 200,
      errors: ['not_found', 'conflict', 'unavailable'],
    },
    getReconciliationBaskets: {
      method: 'GET',
      path: '/baskets',
      access: read,
      summary: 'Open ledger lines and open statement lines side by side, with proposals.',
      description: 'At most 500 lines of each side are shown; counts and sums are of all.',
      query: z.object({ sessionId: sessionId() }),
      response: basketView,
      errors: ['not_found', 'unprocessable'],
    },
    matchReconciliation: {
      method: 'POST',
      path: '/match',
      access: write,
      summary: 'Match lines: what is sure automatically, or what a person names.',
      description:
        'Automatic: reversals in the ledger, then by reference and amount, by amount and date, and several lines that add up to one. ' +
        'What is ambiguous is left. Manual: both sides have the same sum, or `difference` says where to book the rest; ' +
        'the entry is posted in the same transaction. A line is matched once.',
      body: matchBody,
      response: matchResult,
      status: 200,
      errors: ['not_found', 'unprocessable', 'conflict', 'unavailable'],
      // A line is matched once, and automatic matching takes several transactions.
      idempotent: false,
    },
    unmatchReconciliation: {
      method: 'POST',
      path: '/unmatch',
      access: write,
      summary: 'Take a match of an open session back, with a reason.',
      description: 'An entry that was posted for a difference stays; reverse it in the journal and match the two.',
      body: unmatchBody,
      response: matchView,
      status: 200,
      errors: ['not_found', 'conflict', 'unavailable'],
    },
    getReconciliationHistory: {
      ...historyRoute(read, 'reconciliation session', sessionParams),
      path: '/sessions/{id}/history',
    },
  },
});
