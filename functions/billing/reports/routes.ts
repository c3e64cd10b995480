/** Routes of reports over all customers, worked out in the background. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, queryInteger } from '../../../layers/kernel/schema/common.ts';
import { documentAnswer } from '../documents/document-routes.ts';
import { documentLanguages } from '../documents/document-schema.ts';
import { changeReportSettingsSchema, reportSettingsSchema } from './report-retention.ts';
import { overviewSchema, reportOrderSchema, reportSchema } from './report-schema.ts';

const params = z.object({ id: generatedId('brp') });
export const reportPdfQuery = z.object({
  /** @default that of `Accept-Language` */
  language: z.optional(z.enum(documentLanguages)),
});

export const billingReports = defineResource({
  name: 'billing-reports',
  base: '/api/billing/reports',
  title: 'Billing reports',
  routes: {
    startBillingReport: {
      method: 'POST',
      path: '',
      access: 'billing:reports:write',
      summary:
        'Start a report over all customers or a route: ageing of debt, collection rate, billing summary, money by method, channel or cashier, or who owes most; the first four also by route or region, what was collected also by month or day.',
      description:
        'Worked off in the background; `GET …/{id}` says how far it is and has the result when it is completed. Entries count by their local day, `to` and `asOf` included, as they stand when the walk comes to their customer.',
      body: reportOrderSchema,
      response: reportSchema,
      status: 202,
    },
    listBillingReports: {
      method: 'GET',
      path: '',
      access: 'billing:reports:read',
      summary: 'List reports without their rows, the newest first.',
      response: z.array(reportSchema),
      paginated: true,
    },
    getBillingOverview: {
      method: 'GET',
      path: '/overview',
      access: 'billing:reports:read',
      summary: 'Billed, collected, the rate of the last months, and what is overdue, as the newest reports say.',
      description:
        'Made of completed reports over all customers: `collection_rate` of whole calendar months, and the newest `ageing`. Where none was made there is nothing.',
      query: z.object({
        /** @default 12 */
        months: z.optional(queryInteger(1, 24)),
      }),
      response: overviewSchema,
    },
    getReportSettings: {
      method: 'GET',
      path: '/settings',
      access: 'billing:report-settings:read',
      summary: 'How long reports are kept, and what loss reports say of each meter; the buckets of an ageing.',
      response: reportSettingsSchema,
    },
    changeReportSettings: {
      method: 'PUT',
      path: '/settings',
      access: 'billing:report-settings:write',
      summary: 'Set how long reports are kept, and what loss reports say of each meter; the buckets of an ageing.',
      description:
        'A shorter time hides what is older at once. Reports made before go at the latest when they were to go then, and keep their buckets. Bills, payments and receipts are not touched.',
      body: changeReportSettingsSchema,
      response: reportSettingsSchema,
    },
    resumeBillingReport: {
      method: 'POST',
      path: '/{id}/resume',
      access: 'billing:reports:write',
      summary: 'Go on with a report that stopped, from where it stopped.',
      description: 'What was counted stays counted once, however often this is asked.',
      params,
      response: reportSchema,
      status: 202,
      errors: ['not_found'],
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
    getBillingReportPdf: {
      method: 'GET',
      path: '/{id}/pdf',
      access: 'billing:reports:read',
      summary: 'Get a completed report as PDF, to be printed: where to get it. Drawn anew for each request.',
      params,
      query: reportPdfQuery,
      response: documentAnswer,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
  },
});
