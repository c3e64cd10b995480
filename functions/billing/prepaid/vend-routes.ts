/** Routes of prepaid tokens: quotes, sales, engineering tokens, reprints and reversals. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { documentAnswer, documentQuery } from '../documents/document-routes.ts';
import {
  quoteAnswerSchema,
  quoteSchema,
  requestTokenSchema,
  requestVendSchema,
  storedVendSchema,
  vendSchema,
  vendStatuses,
} from './vend-schema.ts';

const params = z.object({ id: generatedId('vnd') });
const outcome = { params, status: 200, response: storedVendSchema } as const;
const reason = z.object({ reason: label(500) });

export const prepaidVends = defineResource({
  name: 'prepaid-vends',
  base: '/api/billing/prepaid/vends',
  title: 'Prepaid tokens',
  routes: {
    listPrepaidVends: {
      method: 'GET',
      path: '',
      access: 'billing:prepaid:read',
      summary: 'List prepaid tokens, the newest first; their digits are masked.',
      query: z.object({
        customerId: z.optional(generatedId('cus')),
        meterId: z.optional(externalId()),
        status: z.optional(z.enum(vendStatuses)),
      }),
      response: z.array(storedVendSchema),
      paginated: true,
      errors: ['unprocessable'],
    },
    requestPrepaidVend: {
      method: 'POST',
      path: '',
      access: 'billing:prepaid:vend',
      summary: 'Sell energy to a prepaid supply: take the money and make the token.',
      description:
        'Debt is taken first as its agreement says, then charges of the month, then as much energy as the rest pays for; what is less than 0.1 kWh costs stays with the supply. A payment makes one token for ever. When the vendor does not answer, the status is `unknown` and it is asked again with the same reference; when it refuses, the money is the customer’s advance.',
      body: requestVendSchema,
      response: vendSchema,
      errors: ['not_found', 'already_exists', 'conflict', 'unprocessable'],
    },
    quotePrepaidVend: {
      method: 'POST',
      path: '/quote',
      access: 'billing:prepaid:read',
      summary: 'What an amount would buy now, by the same reckoning; nothing happens.',
      body: quoteSchema,
      status: 200,
      response: quoteAnswerSchema,
      idempotent: false,
      errors: ['not_found', 'unprocessable'],
    },
    requestFreeUnits: {
      method: 'POST',
      path: '/free-units',
      access: 'billing:prepaid:vend',
      summary: 'Make a token of the month’s free units alone.',
      body: z.object({ supplyId: generatedId('sup') }),
      response: vendSchema,
      errors: ['not_found', 'unprocessable', 'version_conflict'],
    },
    requestEngineeringToken: {
      method: 'POST',
      path: '/engineering',
      access: 'billing:prepaid:engineer',
      summary: 'Ask for a token that clears credit or tampering, sets a power limit, changes the key, or tests.',
      description: 'A second person has to agree where the settings say so; the token is made then.',
      body: requestTokenSchema,
      response: storedVendSchema,
      errors: ['not_found', 'unprocessable'],
    },
    getPrepaidVend: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:prepaid:read',
      summary: 'Get a prepaid token with its parts; its digits are masked.',
      params,
      response: storedVendSchema,
      errors: ['not_found'],
    },
    approveEngineeringToken: {
      method: 'POST',
      path: '/{id}/approve',
      access: 'billing:prepaid:approve',
      summary: 'Approve a token that somebody else asked for; it is made then.',
      ...outcome,
      errors: ['not_found', 'conflict', 'forbidden', 'version_conflict'],
    },
    rejectEngineeringToken: {
      method: 'POST',
      path: '/{id}/reject',
      access: 'billing:prepaid:approve',
      summary: 'Reject a token that waits for approval.',
      body: reason,
      ...outcome,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    resumePrepaidVend: {
      method: 'POST',
      path: '/{id}/resume',
      access: 'billing:prepaid:vend',
      summary: 'Go on with a token now: ask the vendor again what became of it.',
      ...outcome,
      errors: ['not_found'],
    },
    reprintPrepaidVend: {
      method: 'POST',
      path: '/{id}/reprint',
      access: 'billing:prepaid:reprint',
      summary: 'Show a token in full again, for a customer who lost it; each time is counted.',
      description: 'Tokens for technicians also need `billing:prepaid:engineer`.',
      ...outcome,
      errors: ['not_found', 'conflict', 'forbidden'],
    },
    printTokenSlip: {
      method: 'POST',
      path: '/{id}/slip',
      access: 'billing:prepaid:reprint',
      summary: 'Get the slip of a token as PDF, in Arabic or English; each time is counted as showing it in full.',
      description:
        'From the second time on it is marked as a copy. Tokens for technicians also need `billing:prepaid:engineer`.',
      params,
      query: documentQuery,
      status: 200,
      response: documentAnswer,
      // Its URL is good for a quarter of an hour only.
      idempotent: false,
      errors: ['not_found', 'conflict', 'forbidden'],
    },
    reversePrepaidVend: {
      method: 'POST',
      path: '/{id}/reversal',
      access: 'billing:prepaid:reverse',
      summary: 'Take the last token of a supply back, if the vendor agrees; the money is the customer’s advance.',
      body: reason,
      ...outcome,
      errors: ['not_found', 'conflict'],
    },
    settlePrepaidReversal: {
      method: 'POST',
      path: '/{id}/reversal/settle',
      access: 'billing:prepaid:reverse',
      summary: 'Say what the vendor did with a reversal whose answer was lost.',
      body: z.object({ reversed: z.boolean(), reason: label(500) }),
      ...outcome,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    getPrepaidVendHistory: historyRoute('billing:prepaid:read', 'prepaid token', params),
  },
});
