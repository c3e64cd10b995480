/** Routes of exceptions: what could not be billed because its readings failed. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId } from '../../../layers/kernel/schema/common.ts';
import { exceptionStatuses, resolveExceptionSchema, storedExceptionSchema } from './exception-schema.ts';

const params = z.object({ id: generatedId('vex') });

export const veeExceptions = defineResource({
  name: 'vee-exceptions',
  base: '/api/billing/vee-exceptions',
  title: 'Exceptions of validation',
  routes: {
    listVeeExceptions: {
      method: 'GET',
      path: '',
      access: 'billing:vee:read',
      summary: 'List stretches that could not be billed because readings failed, the oldest first.',
      query: z.object({
        status: z._default(z.enum(exceptionStatuses), 'open'),
        customerId: z.optional(generatedId('cus')),
        supplyId: z.optional(generatedId('sup')),
        meterId: z.optional(externalId()),
      }),
      response: z.array(storedExceptionSchema),
      paginated: true,
    },
    getVeeException: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:vee:read',
      summary: 'Get an exception of validation.',
      params,
      response: storedExceptionSchema,
      errors: ['not_found'],
    },
    resolveVeeException: {
      method: 'POST',
      path: '/{id}/resolve',
      access: 'billing:vee:resolve',
      summary: 'Decide, with a reason, that the values are billed as they are or may be estimated.',
      description:
        'The next bill follows. A decision holds for the days and checks of the exception: when more fails, it is open again. A reading that is edited or added needs no decision; the next bill closes the exception.',
      params,
      body: resolveExceptionSchema,
      response: storedExceptionSchema,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
    getVeeExceptionHistory: historyRoute('billing:vee:read', 'exception', params),
  },
});
