/** What can be done with cashier sessions. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { personBehind } from '../../identity/contract.ts';
import {
  cashierSessionEntity,
  movementEntity,
  openSessionOf,
  type StoredCashierSession,
} from './cashier-session-entity.ts';
import type { Movement } from './cashier-session-schema.ts';
import { approveDifferences, closeCashierSession, reopenCount } from './close-cashier-session.ts';
import { moveTillMoney, ownTill } from './move-money.ts';
import { openCashierSession } from './open-cashier-session.ts';
import type { cashierSessions } from './routes.ts';

export const cashierSessionOperations: Operations<typeof cashierSessions.routes> = {
  listCashierSessions: async ({ session, query: { cashierId, status }, page }) => {
    const filter = equals({ status });
    const { items, nextCursor } = await session.query<StoredCashierSession>(cashierSessionEntity, {
      ...(cashierId === undefined
        ? { index: 'gsi1', pk: ['CASHIER-SESSIONS'] }
        : { index: 'gsi2', pk: ['CASHIER-SESSIONS', cashierId] }),
      order: 'descending',
      filter,
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  openCashierSession: async ({ session, body, principal }) => ({
    data: await openCashierSession(session, body, principal.subject),
  }),
  getOwnCashierSession: async ({ session, principal }) => {
    const person = await personBehind(session, principal.subject);
    const till = await openSessionOf(session, person);
    if (till === undefined) throw notFound('open cashier session', person);
    return { data: till };
  },
  getCashierSession: async ({ session, params }) => ({ data: await session.require(cashierSessionEntity, params) }),
  listTillMovements: async ({ session, params, page }) => {
    await session.require(cashierSessionEntity, params);
    const { items, nextCursor } = await session.query<Movement & Stored>(movementEntity, {
      pk: ['CASHIER-SESSION', params.id],
      beginsWith: ['MOVEMENT'],
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  moveTillMoney: async ({ session, params, body, principal }) => ({
    data: await moveTillMoney(session, params.id, body, principal.subject),
  }),
  closeCashierSession: async ({ session, params, body, principal }) => {
    await ownTill(session, params.id, await personBehind(session, principal.subject));
    return { data: await closeCashierSession(session, params.id, body, principal.subject) };
  },
  approveTillDifferences: async ({ session, params, principal }) => ({
    data: await approveDifferences(session, params.id, principal.subject),
  }),
  recountTill: async ({ session, params }) => ({ data: await reopenCount(session, params.id) }),
  closeAbandonedTill: async ({ session, params, body, principal }) => ({
    data: await closeCashierSession(session, params.id, body, principal.subject),
  }),
};
