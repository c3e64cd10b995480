/** Routes of intermediate accounts. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { date } from '../dates.ts';
import { ledgerLineView } from '../reconciliation/schemas.ts';

const access = 'ledger:reconciliation:read';

/** @default today, where the tenant is */
const query = z.object({ date: z.optional(date()) });

const overview = z.object({
  accountId: z.string(),
  name: z.string(),
  nameAr: z.string(),
  currency: z.string(),
  date: date(),
  /** Signed: debits are positive. */
  balance: z.string(),
  openItems: z.int(),
  openAmount: z.string(),
  oldestDate: z.optional(date()),
  oldestDays: z.optional(z.int()),
  ages: z.array(z.object({ fromDays: z.int(), toDays: z.optional(z.int()), count: z.int(), amount: z.string() })),
  /** False when the account has more lines than were looked at; a reconciliation session makes them fewer. */
  isComplete: z.boolean(),
});

export const intermediateAccounts = defineResource({
  name: 'intermediate-accounts',
  base: '/api/finance/intermediate-accounts',
  title: 'Intermediate accounts',
  routes: {
    listIntermediateAccounts: {
      method: 'GET',
      path: '',
      access,
      summary: 'List intermediate accounts with what is open on each, and for how long.',
      description: 'One entry for each currency of an account. Accounts without lines are left out.',
      query,
      response: z.array(overview),
    },
    getIntermediateAccount: {
      method: 'GET',
      path: '/{id}',
      access,
      summary: 'The open items of one intermediate account, the oldest first.',
      description: 'At most 1000 items of each currency are shown.',
      params: z.object({ id: externalId() }),
      query,
      response: z.array(z.extend(overview, { items: z.array(ledgerLineView) })),
      errors: ['not_found', 'unprocessable'],
    },
  },
});
