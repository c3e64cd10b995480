/** Routes of loss reports, which are part of the areas' resource. */
import * as z from 'zod/mini';
import type { Routes } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { documentAnswer } from '../documents/document-routes.ts';
import { reportPdfQuery } from '../reports/routes.ts';
import { lossMeterSchema, lossReportOrderSchema, lossReportSchema } from './loss-report-schema.ts';

const read = 'billing:losses:read';
const write = 'billing:losses:write';
const params = z.object({ id: generatedId('lrp') });

export const lossReportRoutes = {
  startLossReport: {
    method: 'POST',
    path: '/reports',
    access: write,
    summary: 'Start a loss report of areas: what entered, what meters took, what was billed, and the losses between.',
    description:
      'Worked off in the background; `GET …/reports/{id}` says how far it is and has the rows when it is completed, the worst area first. Local days, `to` is the first that is not in it; at most 366 days, 100 areas, 120 rows of an area and its days, and 20,000 meters. A bill that reaches beyond the days counts by its share of days.',
    body: lossReportOrderSchema,
    response: lossReportSchema,
    status: 202,
    errors: ['not_found', 'unprocessable'],
  },
  listLossReports: {
    method: 'GET',
    path: '/reports',
    access: read,
    summary: 'List loss reports without their rows, the newest first.',
    response: z.array(lossReportSchema),
    paginated: true,
  },
  getLossReport: {
    method: 'GET',
    path: '/reports/{id}',
    access: read,
    summary: 'How far a loss report is, and its rows when it is completed.',
    params,
    response: lossReportSchema,
    errors: ['not_found'],
  },
  listLossReportMeters: {
    method: 'GET',
    path: '/reports/{id}/meters',
    access: read,
    summary: 'What a loss report found at each meter so far, by meter; kept shorter than its sums.',
    params,
    query: z.object({
      /** Leaves out meters that were read, billed and not estimated. */
      withFindings: z.optional(z.enum(['true', 'false'])),
    }),
    response: z.array(lossMeterSchema),
    paginated: true,
    errors: ['not_found', 'gone'],
  },
  getLossReportCsv: {
    method: 'GET',
    path: '/reports/{id}/csv',
    access: read,
    summary: 'Get a completed loss report as a CSV table, its headings in the language of `Accept-Language`.',
    params,
    contentType: 'text/csv',
    errors: ['not_found', 'conflict'],
  },
  getLossReportPdf: {
    method: 'GET',
    path: '/reports/{id}/pdf',
    access: read,
    summary: 'Get a completed loss report as PDF, to be printed: where to get it. Drawn anew for each request.',
    params,
    query: reportPdfQuery,
    response: documentAnswer,
    errors: ['not_found', 'conflict', 'unprocessable'],
  },
  resumeLossReport: {
    method: 'POST',
    path: '/reports/{id}/resume',
    access: write,
    summary: 'Go on with a loss report that stopped, from where it stopped.',
    description: 'What was counted stays counted once, however often this is asked.',
    params,
    response: lossReportSchema,
    status: 202,
    errors: ['not_found', 'gone'],
  },
} as const satisfies Routes;
