/** What can be done with settlements. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { completeSettlement } from './complete-settlement.ts';
import type { settlements } from './routes.ts';
import { type Settlement, settlementEntity } from './settlement-entity.ts';

export const settlementOperations: Operations<typeof settlements.routes> = {
  listSettlements: async ({ session, query: { from = '0', to = '9', provider }, page }) => {
    if (from > to) return { data: [], pagination: { limit: page.limit, nextCursor: null } };
    const { items, nextCursor } = await session.query<Settlement & Stored>(settlementEntity, {
      index: 'gsi1',
      pk: ['SETTLEMENTS'],
      from: [from],
      to: [to, '~'],
      order: 'descending',
      filter: equals({ provider }),
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  getSettlement: async ({ session, params }) => ({ data: await session.require(settlementEntity, { id: params.id }) }),

  completeSettlement: async ({ session, body }) => ({ data: await completeSettlement(session, body) }),
};
