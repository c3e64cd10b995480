/** Routes of settlements. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { date } from '../dates.ts';
import { newSettlement, settlementSchema } from './settlement-schema.ts';

const view = storedSchema(settlementSchema);

export const settlements = defineResource({
  name: 'settlements',
  base: '/api/finance/settlements',
  title: 'Settlements',
  routes: {
    listSettlements: {
      method: 'GET',
      path: '',
      access: 'ledger:reconciliation:read',
      summary: 'List payouts of payment providers by date, the newest first.',
      query: z.object({
        from: z.optional(date()),
        to: z.optional(date()),
        provider: z.optional(z.string().check(z.maxLength(64))),
      }),
      response: z.array(view),
      paginated: true,
    },
    getSettlement: {
      method: 'GET',
      path: '/{id}',
      access: 'ledger:reconciliation:read',
      summary: 'Get one payout.',
      params: z.object({ id: generatedId('set') }),
      response: view,
      errors: ['not_found'],
    },
    completeSettlement: {
      method: 'POST',
      path: '',
      access: 'ledger:reconciliation:write',
      summary: 'Book a payout of a provider: net to the bank, fee to charges, gross off the intermediate account.',
      description:
        'Matched in the same transaction with the collections it pays out: those named in `lineIds`, or those that surely add up to it. ' +
        'A provider’s number is settled once.',
      body: newSettlement,
      response: view,
      errors: ['not_found', 'already_exists', 'unprocessable', 'conflict', 'unavailable'],
    },
  },
});
