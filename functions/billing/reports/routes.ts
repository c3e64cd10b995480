/** Routes of reports over all customers, worked out in the background. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { reportOrderSchema, reportSchema } from './report-schema.ts';

const params = z.object({ id: generatedId('brp') });

export const billingReports = defineResource({
  name: 'billing-reports',
  base: '/api/billing/reports',
  title: 'Billing reports',
  routes: {
    startBillingReport: {
      method: 'POST',
      path: '',
      access: 'billing:reports:write',
      summary: 'Start a report over all customers: ageing of debt, collection rate, or billing summary.',
      description:
        'Worked off in the background; `GET …/{id}` says how far it is and has the result when it is completed. Entries count by their local day, `to` and `asOf` included, as they stand when the walk comes to their customer.',
      body: reportOrderSchema,
      response: reportSchema,
      status: 202,
    },
    getBillingReport: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:reports:read',
      summary: 'How far a report is, and its result when it is completed.',
      params,
      response: reportSchema,
      errors: ['not_found'],
    },
    getBillingReportCsv: {
      method: 'GET',
      path: '/{id}/csv',
      access: 'billing:reports:read',
      summary: 'Get a completed report as a CSV table, its headings in the language of `Accept-Language`.',
      params,
      contentType: 'text/csv',
      errors: ['not_found', 'conflict'],
    },
  },
});
