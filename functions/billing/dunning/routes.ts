/** Routes of the dunning policy. */
import { defineResource } from '../../../layers/kernel/http/route.ts';
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
    changeDunningPolicy: {
      method: 'PUT',
      path: '',
      access: 'billing:dunning:write',
      summary: 'Set how what is owed is collected.',
      description:
        'Steps are counted from the day an invoice is due. Each is done once for an invoice, the morning it falls due. Protected customers and those with `graceUntil` in the future are left alone. `spared` names days and hours in which nobody is switched off; `reconnectWhen` says how much must be paid for light.',
      body: dunningPolicySchema,
      response: dunningPolicySchema,
      errors: ['version_conflict'],
    },
  },
});
