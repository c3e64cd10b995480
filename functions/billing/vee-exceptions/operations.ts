/** What people do with exceptions of validation. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { personBehind } from '../../identity/contract.ts';
import { type StoredException, veeExceptionEntity } from './exception-entity.ts';
import { resolveException } from './resolve-exception.ts';
import type { veeExceptions } from './routes.ts';

export const veeExceptionOperations: Operations<typeof veeExceptions.routes> = {
  listVeeExceptions: async ({ session, query: { status, ...asked }, page }) => {
    const { items, nextCursor } = await session.query<StoredException>(veeExceptionEntity, {
      index: 'gsi1',
      pk: ['VEE-EXCEPTIONS', status],
      filter: equals(asked),
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  getVeeException: async ({ session, params }) => ({ data: await session.require(veeExceptionEntity, params) }),
  resolveVeeException: async ({ session, params, body, principal }) => ({
    data: await resolveException(session, params.id, {
      ...body,
      decidedBy: await personBehind(session, principal.subject),
    }),
  }),
  getVeeExceptionHistory: readHistory(veeExceptionEntity),
};
