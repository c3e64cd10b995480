/** Routes of a customer's own invoices, payments, consumption, tokens and messages. */
import * as z from 'zod/mini';
import type { Routes } from '../../../layers/kernel/http/route.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { amount } from '../../../layers/money/money-schema.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { statementQuery, statementSchema } from '../accounts/statement-schema.ts';
import { documentAnswer, documentQuery } from '../documents/document-routes.ts';
import { collectiveBillSchema } from '../invoices/collective-bill-schema.ts';
import { storedInvoiceSchema } from '../invoices/invoice-schema.ts';
import { quoteAnswerSchema } from '../prepaid/vend-schema.ts';
import { consumptionSchema, neighboursSchema } from './consumption-schema.ts';
import { ownAccount } from './own-account-routes.ts';
import {
  buyOwnToken,
  ownCheckoutSchema,
  ownLimitsSchema,
  ownMessageSchema,
  ownPaymentSchema,
  ownVendSchema,
  startOwnCheckout,
} from './own-bill-schemas.ts';

const providerErrors = ['not_found', 'unprocessable', 'all_providers_failed'] as const;

export const ownBillRoutes = {
  listOwnInvoices: {
    method: 'GET',
    path: '/invoices',
    access: 'portal:invoices:read',
    summary: 'Your invoices, the newest first, each line explained.',
    query: ownAccount,
    response: z.array(storedInvoiceSchema),
    paginated: true,
    errors: ['not_found'],
  },
  getOwnInvoice: {
    method: 'GET',
    path: '/invoices/{id}',
    access: 'portal:invoices:read',
    summary: 'One of your invoices.',
    params: z.object({ id: generatedId('inv') }),
    query: ownAccount,
    response: storedInvoiceSchema,
    errors: ['not_found'],
  },
  getOwnInvoicePdf: {
    method: 'GET',
    path: '/invoices/{id}/pdf',
    access: 'portal:invoices:read',
    summary: 'One of your invoices as a PDF: where to get it. A cancelled one gives its credit note.',
    params: z.object({ id: generatedId('inv') }),
    query: z.extend(ownAccount, documentQuery.shape),
    response: documentAnswer,
    errors: ['not_found'],
  },
  getOwnCollectiveBill: {
    method: 'GET',
    path: '/invoices/{id}/collective',
    access: 'portal:invoices:read',
    summary: 'Your invoices that were made together with this one, and what your account has to pay.',
    description:
      'As it is now: those of the same billing run, or, where no run made it, those whose days end within its own. An account of many meters has several; money with `paymentReference` settles them together.',
    params: z.object({ id: generatedId('inv') }),
    query: ownAccount,
    response: collectiveBillSchema,
    errors: ['not_found', 'unprocessable'],
  },
  getOwnCollectiveBillPdf: {
    method: 'GET',
    path: '/invoices/{id}/collective/pdf',
    access: 'portal:invoices:read',
    summary: 'The collective bill that one of your invoices is on as a PDF, with each meter: where to get it.',
    params: z.object({ id: generatedId('inv') }),
    query: z.extend(ownAccount, documentQuery.shape),
    response: documentAnswer,
    errors: ['not_found', 'unprocessable'],
  },
  getOwnReceipt: {
    method: 'GET',
    path: '/payments/{id}/receipt',
    access: 'portal:payments:read',
    summary: 'The receipt of one of your payments as a PDF: where to get it.',
    params: z.object({ id: generatedId('pay') }),
    query: z.extend(ownAccount, documentQuery.shape),
    response: documentAnswer,
    errors: ['not_found'],
  },
  listOwnPayments: {
    method: 'GET',
    path: '/payments',
    access: 'portal:payments:read',
    summary: 'Your payments, the newest first.',
    query: ownAccount,
    response: z.array(ownPaymentSchema),
    paginated: true,
    errors: ['not_found'],
  },
  getOwnStatement: {
    method: 'GET',
    path: '/statement',
    access: 'portal:invoices:read',
    summary:
      'What moved your account between two days, with the balance after each; of the last three months unless you say.',
    query: z.extend(ownAccount, statementQuery.shape),
    response: statementSchema,
    errors: ['not_found', 'unprocessable'],
  },
  getOwnStatementPdf: {
    method: 'GET',
    path: '/statement/pdf',
    access: 'portal:invoices:read',
    summary: 'Your statement of account as a PDF, in Arabic or English: where to get it.',
    query: z.extend(ownAccount, { ...statementQuery.shape, ...documentQuery.shape }),
    response: documentAnswer,
    errors: ['not_found', 'unprocessable'],
  },
  payNow: {
    method: 'POST',
    path: '/payments/checkouts',
    access: 'portal:payments:write',
    summary: 'Pay what you owe, or ahead: get the address of the payment provider where you go on.',
    query: ownAccount,
    body: startOwnCheckout,
    response: ownCheckoutSchema,
    errors: providerErrors,
  },
  getOwnCheckout: {
    method: 'GET',
    path: '/payments/checkouts/{id}',
    access: 'portal:payments:read',
    summary: 'What became of a payment or purchase you began.',
    params: z.object({ id: generatedId('chk') }),
    query: ownAccount,
    response: ownCheckoutSchema,
    errors: ['not_found'],
  },
  getOwnConsumption: {
    method: 'GET',
    path: '/consumption',
    access: 'portal:consumption:read',
    summary: 'What you used, beside the same time of the year before and beside the period just before.',
    query: z.extend(ownAccount, {
      /** One of your supplies; all of them without it, up to twelve. */
      supplyId: z.optional(generatedId('sup')),
      interval: z._default(z.enum(['hour', 'day', 'month']), 'month'),
      from: z.optional(localDate()),
      /** First day after. */
      to: z.optional(localDate()),
    }),
    response: z.array(consumptionSchema),
    errors: ['unprocessable', 'not_found'],
  },
  compareWithNeighbours: {
    method: 'GET',
    path: '/consumption/neighbours',
    access: 'portal:consumption:read',
    summary: 'What you used in a month beside the average of customers like you nearby.',
    description:
      'Of the same type on the same route. Null where fewer than five others are known: an average of few would tell what each of them used.',
    query: z.extend(ownAccount, {
      /** @default the month before this one */
      month: z.optional(z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])$/))),
    }),
    response: neighboursSchema,
    errors: ['not_found', 'unprocessable'],
  },
  listOwnTokens: {
    method: 'GET',
    path: '/tokens',
    access: 'portal:tokens:read',
    summary: 'Your prepaid tokens, the newest first, in groups of four digits.',
    query: ownAccount,
    response: z.array(ownVendSchema),
    paginated: true,
    errors: ['not_found'],
  },
  getOwnTokenSlip: {
    method: 'GET',
    path: '/tokens/{id}/slip',
    access: 'portal:tokens:read',
    summary: 'The slip of one of your tokens as a PDF: where to get it.',
    params: z.object({ id: generatedId('vnd') }),
    query: z.extend(ownAccount, documentQuery.shape),
    response: documentAnswer,
    errors: ['not_found', 'conflict'],
  },
  getOwnTokenLimits: {
    method: 'GET',
    path: '/tokens/limits',
    access: 'portal:tokens:read',
    summary:
      'The least and the most you can pay at once for each prepaid meter, and what is left today and this month.',
    query: z.extend(ownAccount, {
      /** One of your supplies; all of them without it, up to twelve. */
      supplyId: z.optional(generatedId('sup')),
    }),
    response: z.array(ownLimitsSchema),
    errors: ['not_found', 'unprocessable'],
  },
  quoteOwnToken: {
    method: 'POST',
    path: '/tokens/quote',
    access: 'portal:tokens:read',
    summary: 'What an amount buys now; nothing is set aside.',
    query: ownAccount,
    body: z.object({ supplyId: generatedId('sup'), amount: amount() }),
    response: quoteAnswerSchema,
    status: 200,
    idempotent: false,
    errors: ['not_found', 'unprocessable'],
  },
  buyToken: {
    method: 'POST',
    path: '/tokens',
    access: 'portal:tokens:write',
    summary: 'Buy a token: get the address of the payment provider; the token is made when the money is there.',
    query: ownAccount,
    body: buyOwnToken,
    response: ownCheckoutSchema,
    errors: providerErrors,
  },
  listOwnMessages: {
    method: 'GET',
    path: '/messages',
    access: 'portal:profile:read',
    summary: 'What the utility wrote to you, the newest first.',
    query: ownAccount,
    response: z.array(ownMessageSchema),
    paginated: true,
    errors: ['not_found'],
  },
} as const satisfies Routes;
