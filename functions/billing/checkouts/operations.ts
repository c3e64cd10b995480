/** What can be done with checkouts. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { StoredCheckout } from './change-checkout.ts';
import { checkoutEntity, checkoutPartitions } from './checkout-entity.ts';
import { resolveCheckout } from './resolve-checkout.ts';
import type { checkouts } from './routes.ts';
import { settleCheckout } from './settle-checkout.ts';
import { startCheckout } from './start-checkout.ts';

export const checkoutOperations: Operations<typeof checkouts.routes> = {
  listCheckouts: async ({ session, query: { customerId, status }, page }) => {
    const filter = equals({ status });
    const order = { order: 'descending', filter, ...page } as const;
    const { items, nextCursor } =
      customerId === undefined
        ? await queryShards(session, checkoutEntity, {
            index: 'gsi1',
            partitions: checkoutPartitions,
            sortKeyOf: ({ id }) => [id],
            ...order,
          })
        : await session.query<StoredCheckout>(checkoutEntity, {
            index: 'gsi2',
            pk: ['CUSTOMER-CHECKOUTS', customerId],
            ...order,
          });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  startCheckout: async ({ session, body }) => ({ data: await startCheckout(session, body) }),
  getCheckout: async ({ session, params }) => ({ data: await session.require(checkoutEntity, params) }),
  verifyCheckout: async ({ session, params }) => ({ data: await settleCheckout(session, params.id) }),
  resolveCheckout: async ({ session, params, body, principal }) => ({
    data: await resolveCheckout(session, params.id, body, principal.subject),
  }),
  getCheckoutHistory: readHistory(checkoutEntity),
};
