/** Routes of failed postings. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { failedPostingSchema, failureStatuses } from './failed-posting-entity.ts';

const view = storedSchema(failedPostingSchema);
const params = z.object({ id: generatedId('fpo') });
const read = 'ledger:journal:read';
const post = 'ledger:journal:post';

export const failedPostings = defineResource({
  name: 'failed-postings',
  base: '/api/core/failed-postings',
  title: 'Failed postings',
  routes: {
    listFailedPostings: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List events that could not be posted, the newest first.',
      query: z.object({ status: z._default(z.enum(failureStatuses), 'open') }),
      response: z.array(view),
      paginated: true,
    },
    getFailedPosting: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get a failed posting with its event.',
      params,
      response: z.extend(view, { event: z.record(z.string(), z.unknown()) }),
      errors: ['not_found'],
    },
    retryFailedPosting: {
      method: 'POST',
      path: '/{id}/retry',
      access: post,
      summary: 'Post it now, with the rule, accounts and periods as they are.',
      params,
      response: view,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable', 'version_conflict', 'unavailable'],
      // The entry's id follows from the event, so a repetition posts nothing twice.
      idempotent: false,
    },
    discardFailedPosting: {
      method: 'POST',
      path: '/{id}/discard',
      access: post,
      summary: 'Lay it aside for good, with a reason.',
      params,
      body: z.object({ reason: label(500) }),
      response: view,
      status: 200,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    getFailedPostingHistory: historyRoute(read, 'failed posting', params),
  },
});
