/** Routes of checkouts. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import {
  checkoutStatuses,
  resolveCheckoutSchema,
  startCheckoutSchema,
  storedCheckoutSchema,
} from './checkout-schema.ts';

const params = z.object({ id: generatedId('chk') });

export const checkouts = defineResource({
  name: 'checkouts',
  base: '/api/billing/checkouts',
  title: 'Checkouts',
  routes: {
    listCheckouts: {
      method: 'GET',
      path: '',
      access: 'billing:checkouts:read',
      summary: 'List checkouts, the newest first.',
      query: z.object({
        customerId: z.optional(generatedId('cus')),
        status: z.optional(z.enum(checkoutStatuses)),
      }),
      response: z.array(storedCheckoutSchema),
      paginated: true,
    },
    startCheckout: {
      method: 'POST',
      path: '',
      access: 'billing:checkouts:write',
      summary: 'Open a payment at a payment provider, and get the address where the payer goes on.',
      description:
        'Money is booked when the provider, asked again, says that it was paid: never by a notification alone. What is paid differs from what was asked for where the provider says so, and `amountDiffers` marks it. Where the provider’s answer was lost the checkout is `unknown`, and is looked after until it is known.',
      body: startCheckoutSchema,
      response: storedCheckoutSchema,
      errors: ['not_found', 'unprocessable', 'all_providers_failed'],
    },
    getCheckout: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:checkouts:read',
      summary: 'Get a checkout.',
      params,
      response: storedCheckoutSchema,
      errors: ['not_found'],
    },
    verifyCheckout: {
      method: 'POST',
      path: '/{id}/verify',
      access: 'billing:checkouts:write',
      summary: 'Ask the provider now what became of a checkout, and book what was paid.',
      params,
      status: 200,
      response: storedCheckoutSchema,
      errors: ['not_found', 'unprocessable', 'all_providers_failed', 'outcome_unknown', 'idempotency_in_progress'],
    },
    resolveCheckout: {
      method: 'POST',
      path: '/{id}/resolve',
      access: 'billing:checkouts:resolve',
      summary: 'Say what became of a checkout in review, after asking the provider: book so much, or dismiss it.',
      description:
        'Who opened the checkout cannot decide on it. What is booked is a payment by the provider, once, even if the provider says that it was paid at the same moment. One that is dismissed comes to review again when the provider says something else of it.',
      params,
      body: resolveCheckoutSchema,
      status: 200,
      response: storedCheckoutSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getCheckoutHistory: historyRoute('billing:checkouts:read', 'checkout', params),
  },
});
