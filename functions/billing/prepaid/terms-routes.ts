/** Routes of the terms energy is sold on: settings of the tenant, and agreements on debt. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { agreementInput, storedAgreementSchema } from './arrears-agreement.ts';
import { prepaidSettingsSchema } from './settings.ts';

const params = z.object({ id: generatedId('agr') });

export const prepaidTerms = defineResource({
  name: 'prepaid-terms',
  base: '/api/billing/prepaid/terms',
  title: 'Terms of prepaid energy',
  routes: {
    getPrepaidSettings: {
      method: 'GET',
      path: '/settings',
      access: 'billing:prepaid:read',
      summary: 'Limits, free units and approvals of prepaid energy.',
      response: prepaidSettingsSchema,
    },
    changePrepaidSettings: {
      method: 'PUT',
      path: '/settings',
      access: 'billing:prepaid:configure',
      summary: 'Set limits, free units and approvals of prepaid energy.',
      body: prepaidSettingsSchema,
      response: prepaidSettingsSchema,
      errors: ['unprocessable'],
    },
    listArrearsAgreements: {
      method: 'GET',
      path: '/arrears-agreements',
      access: 'billing:prepaid:read',
      summary: 'List agreements on debt, the newest first.',
      query: z.object({ customerId: z.optional(generatedId('cus')) }),
      response: z.array(storedAgreementSchema),
      paginated: true,
    },
    makeArrearsAgreement: {
      method: 'POST',
      path: '/arrears-agreements',
      access: 'billing:prepaid:agree',
      summary: 'Agree that part of each purchase goes to debt until a sum is reached.',
      description: 'A customer has one agreement at a time for each currency.',
      body: agreementInput,
      response: storedAgreementSchema,
      errors: ['not_found', 'already_exists', 'unprocessable'],
    },
    getArrearsAgreement: {
      method: 'GET',
      path: '/arrears-agreements/{id}',
      access: 'billing:prepaid:read',
      summary: 'Get an agreement with what was recovered so far.',
      params,
      response: storedAgreementSchema,
      errors: ['not_found'],
    },
    endArrearsAgreement: {
      method: 'POST',
      path: '/arrears-agreements/{id}/end',
      access: 'billing:prepaid:agree',
      summary: 'End an agreement before it is fulfilled; the debt stays.',
      params,
      body: z.object({ reason: label(500) }),
      status: 200,
      response: storedAgreementSchema,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    getArrearsAgreementHistory: {
      ...historyRoute('billing:prepaid:read', 'arrears agreement', params),
      path: '/arrears-agreements/{id}/history',
    },
  },
});
