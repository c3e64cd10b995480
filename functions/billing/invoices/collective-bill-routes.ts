/** Routes of collective bills, of a billing run or of a period, which are part of the invoices' resource. */
import * as z from 'zod/mini';
import type { Routes } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { documentAnswer, documentQuery } from '../documents/document-routes.ts';
import { collectiveBillSchema } from './collective-bill-schema.ts';

const read = 'billing:invoices:read';
const runParams = z.object({ id: generatedId('run'), customerId: generatedId('cus') });
const customerParams = z.object({ customerId: generatedId('cus') });
/** `to` is the first day after. */
const period = z.object({ from: localDate(), to: localDate() });

export const collectiveBillRoutes = {
  getCollectiveBill: {
    method: 'GET',
    path: '/runs/{id}/customers/{customerId}',
    access: read,
    summary:
      'What a customer of many meters has of a billing run: its invoices together, and what the account has to pay.',
    description:
      'As it is now: invoices that were cancelled since are left out, what was paid counts, and where difference notes made bills anew, usage is as it was charged last. Money with `paymentReference` settles them together.',
    params: runParams,
    response: collectiveBillSchema,
    errors: ['not_found'],
  },
  getCollectiveBillPdf: {
    method: 'GET',
    path: '/runs/{id}/customers/{customerId}/pdf',
    access: read,
    summary: 'Get the collective bill as PDF, with what each meter used and costs. Drawn anew for each request.',
    params: runParams,
    query: documentQuery,
    response: documentAnswer,
    errors: ['not_found'],
  },
  getCollectiveBillOfPeriod: {
    method: 'GET',
    path: '/customers/{customerId}/collective',
    access: read,
    summary:
      'What a customer has of a period, however it was billed: its invoices together, and what the account has to pay.',
    description:
      'Invoices whose days end after `from` and by `to`, the first day after the period; at most 400 days, and 4,000 bills of meters. Otherwise as the collective bill of a billing run.',
    params: customerParams,
    query: period,
    response: collectiveBillSchema,
    errors: ['not_found', 'unprocessable'],
  },
  getCollectiveBillOfPeriodPdf: {
    method: 'GET',
    path: '/customers/{customerId}/collective/pdf',
    access: read,
    summary: 'Get the collective bill of a period as PDF. Drawn anew for each request.',
    params: customerParams,
    query: z.extend(documentQuery, period.shape),
    response: documentAnswer,
    errors: ['not_found', 'unprocessable'],
  },
} as const satisfies Routes;
