/** What can be done with reconciliation. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { closeSession, reopenSession } from './close-session.ts';
import { importStatement } from './import-lines.ts';
import { matchAutomatically, requireOpenSession } from './match-automatically.ts';
import { type ExternalLine, externalLineEntity, type Match, matchEntity } from './match-entity.ts';
import { matchManually } from './match-manually.ts';
import { exact, openReconciliation } from './open-session.ts';
import type { reconciliation } from './routes.ts';
import { sessionEntity, sessionStatuses } from './session-entity.ts';
import { readFigures } from './session-figures.ts';
import { showBasket } from './show-basket.ts';
import { unmatch } from './unmatch.ts';

export const reconciliationOperations: Operations<typeof reconciliation.routes> = {
  listReconciliationSessions: async ({ session, query: { status, accountId }, page }) => {
    const { items, nextCursor } = await queryShards(session, sessionEntity, {
      index: 'gsi1',
      partitions: (status === undefined ? sessionStatuses : [status]).map((one) => ['RECONCILIATIONS', one]),
      sortKeyOf: ({ id }) => [id],
      order: 'descending',
      filter: equals({ accountId }),
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  openReconciliationSession: async ({ session, body }) => ({ data: await openReconciliation(session, body) }),

  getReconciliationSession: async ({ session, params }) => ({
    data: await session.require(sessionEntity, { id: params.id }),
  }),

  updateReconciliationSession: async ({ session, params, body, expectedVersion }) => {
    const before = await requireOpenSession(session, params.id);
    refuseStale(before, expectedVersion);
    const { currency } = before;
    const changes = {
      description: body.description,
      openingBalance: exact(body.openingBalance, currency),
      closingBalance: exact(body.closingBalance, currency),
    };
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    return { data: await session.transact('ledger', (unit) => unit.update(sessionEntity, before, given)) };
  },

  importStatement: async ({ session, params, body, locale }) => ({
    data: await importStatement(session, params.id, body, locale),
  }),

  listStatementLines: async ({ session, params, page }) => {
    const { accountId, currency, from, to } = await session.require(sessionEntity, { id: params.id });
    const { items, nextCursor } = await session.query<ExternalLine>(externalLineEntity, {
      pk: ['EXTERNAL', accountId, currency],
      from: [from],
      to: [to, '~'],
      consistent: true,
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  listReconciliationMatches: async ({ session, params, page }) => {
    await session.require(sessionEntity, { id: params.id });
    const options = { pk: ['MATCHES', params.id], consistent: true, ...page };
    const { items, nextCursor } = await session.query<Match>(matchEntity, options);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  checkReconciliationSession: async ({ session, params }) => {
    const { open, problems, amounts } = await readFigures(session, await session.require(sessionEntity, params));
    return {
      data: {
        canClose: problems.length === 0,
        openLedgerLines: open.ledger.length,
        openStatementLines: open.external.length,
        ...amounts,
        problems: problems.map(({ check, message, isAcceptable }) => ({
          check,
          message: message.en,
          messageAr: message.ar,
          isAcceptable,
        })),
      },
    };
  },

  closeReconciliationSession: async ({ session, params, body }) => ({
    data: await closeSession(session, params.id, body.acceptedDifference),
  }),

  reopenReconciliationSession: async ({ session, params, body }) => ({
    data: await reopenSession(session, params.id, body.reason),
  }),

  getReconciliationBaskets: async ({ session, query }) => ({ data: await showBasket(session, query.sessionId) }),

  matchReconciliation: async ({ session, body: { sessionId, mode, ...body } }) => {
    const { ledgerLines = [], externalLines = [], reason, difference, ...options } = body;
    const matches =
      mode === 'automatic'
        ? await matchAutomatically(session, sessionId, options)
        : [await matchManually(session, sessionId, { ledgerLines, externalLines, reason, difference })];
    return { data: { matched: matches.length, matches } };
  },

  unmatchReconciliation: async ({ session, body: { sessionId, matchId, reason } }) => ({
    data: await unmatch(session, sessionId, matchId, reason),
  }),

  getReconciliationHistory: readHistory(sessionEntity),
};
