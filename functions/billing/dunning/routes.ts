/** Routes of the dunning policy and of what it did. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { storedCollectionActionSchema } from './collection-log.ts';
import { dunningPolicySchema } from './policy.ts';

export const dunning = defineResource({
  name: 'dunning',
  base: '/api/billing/dunning-policy',
  title: 'Dunning',
  routes: {
    getDunningPolicy: {
      method: 'GET',
      path: '',
      access: 'billing:dunning:read',
      summary: 'How what is owed is collected: reminders, late fees, disconnection.',
      response: dunningPolicySchema,
    },
    listCollectionActions: {
      method: 'GET',
      path: '/actions',
      access: 'billing:dunning:read',
      summary: 'The collection log of a customer or an invoice, the newest first.',
      description:
        'What was done about a debt: that it became overdue, reminders, late fees, disconnections asked for, and why some were not. Meters that are `not_switchable` have to be gone to.',
      query: z.object({ customerId: z.optional(generatedId('cus')), invoiceId: z.optional(generatedId('inv')) }),
      response: z.array(storedCollectionActionSchema),
      paginated: true,
      errors: ['unprocessable'],
    },
    changeDunningPolicy: {
      method: 'PUT',
      path: '',
      access: 'billing:dunning:write',
      summary: 'Set how what is owed is collected.',
      description:
        'Steps are counted from the day an invoice is due. Each is done once for an invoice, the morning it falls due. Protected customers and those with `graceUntil` in the future are left alone. `spared` names days and hours in which nobody is switched off; `reconnectWhen` says how much must be paid for light.',
      body: dunningPolicySchema,
      response: dunningPolicySchema,
    },
  },
});
