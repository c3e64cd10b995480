/** What can be done with failed postings. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { type FailedPosting, failedPostingEntity } from './failed-posting-entity.ts';
import { discardFailure, retryPosting } from './retry-posting.ts';
import type { failedPostings } from './routes.ts';

const withoutEvent = ({ event: _, ...rest }: FailedPosting & Stored) => rest;

export const failedPostingOperations: Operations<typeof failedPostings.routes> = {
  listFailedPostings: async ({ session, query, page }) => {
    const { items, nextCursor } = await session.query<FailedPosting & Stored>(failedPostingEntity, {
      index: 'gsi1',
      pk: ['FAILED', query.status],
      order: 'descending',
      ...page,
    });
    return { data: items.map(withoutEvent), pagination: { limit: page.limit, nextCursor } };
  },

  getFailedPosting: async ({ session, params }) => {
    const failure = await session.require(failedPostingEntity, { id: params.id });
    return { data: { ...failure, event: JSON.parse(failure.event) } };
  },

  retryFailedPosting: async ({ session, params }) => ({ data: withoutEvent(await retryPosting(session, params.id)) }),

  discardFailedPosting: async ({ session, params, body }) => ({
    data: withoutEvent(await discardFailure(session, params.id, body.reason)),
  }),

  getFailedPostingHistory: readHistory(failedPostingEntity),
};
