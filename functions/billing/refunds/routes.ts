/** Routes of refunds. They are asked for at their payment, `POST /api/billing/payments/{id}/refunds`. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { refundStatuses, storedRefundSchema } from './refund-schema.ts';

const params = z.object({ id: generatedId('rfd') });
const outcome = { params, status: 200, response: storedRefundSchema, errors: ['not_found', 'conflict'] } as const;

export const refunds = defineResource({
  name: 'refunds',
  base: '/api/billing/refunds',
  title: 'Refunds',
  routes: {
    listRefunds: {
      method: 'GET',
      path: '',
      access: 'billing:refunds:read',
      summary: 'List refunds, the newest first.',
      query: z.object({ paymentId: z.optional(generatedId('pay')), status: z.optional(z.enum(refundStatuses)) }),
      response: z.array(storedRefundSchema),
      paginated: true,
    },
    getRefund: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:refunds:read',
      summary: 'Get a refund.',
      params,
      response: storedRefundSchema,
      errors: ['not_found'],
    },
    approveRefund: {
      ...outcome,
      method: 'POST',
      path: '/{id}/approve',
      access: 'billing:refunds:approve',
      summary: 'Agree to a refund; who asked for it cannot.',
      description: 'One by the provider is sent at once; one by hand waits to be handed over.',
    },
    rejectRefund: {
      ...outcome,
      method: 'POST',
      path: '/{id}/reject',
      access: 'billing:refunds:approve',
      summary: 'Turn a refund down, or give up one that is not on its way.',
      body: z.object({ reason: label(500) }),
    },
    completeRefund: {
      ...outcome,
      method: 'POST',
      path: '/{id}/complete',
      access: 'billing:refunds:write',
      summary: 'Say that a refund by hand was handed over.',
      description: 'Cash comes out of the till of who says so, where one is open.',
      body: z.object({ externalReference: z.optional(label(100)) }),
    },
    resolveRefund: {
      ...outcome,
      method: 'POST',
      path: '/{id}/resolve',
      access: 'billing:refunds:approve',
      summary: 'Say what became of a refund whose provider never answered, after asking the provider.',
      body: z.object({ outcome: z.enum(['done', 'failed']), note: label(500) }),
    },
    getRefundHistory: historyRoute('billing:refunds:read', 'refund', params),
  },
});
