/** Routes of invoices and of the runs that make them. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { checkNames } from '../../../layers/vee/checks.ts';
import { messageChannels } from '../customers/customer-schema.ts';
import { documentAnswer, documentQuery } from '../documents/document-routes.ts';
import { notificationResultSchema, storedCustomerMessageSchema } from '../messages/message-schema.ts';
import { cancelReasons } from './cancel-reasons.ts';
import { collectiveBillRoutes } from './collective-bill-routes.ts';
import { existingInvoiceSchema } from './existing-invoices.ts';
import { invoiceStatuses, storedInvoiceSchema, usualDueDays } from './invoice-schema.ts';
import { invoiceTraceSchema } from './trace-schema.ts';

const params = z.object({ id: generatedId('inv') });
const runParams = z.object({ id: generatedId('run') });

const problemSchema = z.object({
  customerId: z.string(),
  /** Missing where the reason is `failed`: none of the customer's supplies could be billed for an error in the system. */
  supplyId: z.optional(z.string()),
  meterId: z.optional(z.string()),
  /** Local days that were not billed; `to` is the first day after. */
  from: z.optional(z.string()),
  to: z.optional(z.string()),
  reason: z.string(),
  /** Codes of the checks that failed; see exceptions of validation. */
  checks: z.optional(z.array(z.enum(checkNames))),
  details: z.array(z.string()),
});

const runSchema = z.object({
  id: z.string(),
  period: z.object({ from: z.string(), to: z.string() }),
  routeId: z.optional(z.string()),
  /** A customer of more meters than are billed within a request. */
  customerId: z.optional(z.string()),
  mayEstimate: z.boolean(),
  issueDate: z.string(),
  status: z.enum(['running', 'stopped', 'completed']),
  stoppedAt: z.optional(utcTime()),
  invoices: z.int(),
  nothingToBill: z.int(),
  problems: z.int(),
  createdAt: utcTime(),
});

const estimates = {
  /** Whether energy that is missing may be estimated; otherwise such a supply is left out, with the reason. */
  mayEstimate: z._default(z.boolean(), false),
  dueDays: z._default(z.int().check(z.minimum(0), z.maximum(180)), usualDueDays),
};

const shortPages =
  'Of one customer, currency by currency. A page may be shorter than `limit`: go on while there is a cursor.';

export const invoices = defineResource({
  name: 'invoices',
  base: '/api/billing/invoices',
  title: 'Invoices',
  routes: {
    listInvoices: {
      method: 'GET',
      path: '',
      access: 'billing:invoices:read',
      summary: 'List invoices by day of issue, the newest first.',
      description:
        'A page may be shorter than `limit`, as where invoices of many meters fill the answer: go on while there is a cursor. Of a status that is open (`issued`, `partially_paid`, `overdue`), without days, the open ones alone are read, and come by the day they are due.',
      query: z.object({
        status: z.optional(z.enum(invoiceStatuses)),
        customerId: z.optional(generatedId('cus')),
        from: z.optional(localDate()),
        /** Inclusive. */
        to: z.optional(localDate()),
      }),
      response: z.array(storedInvoiceSchema),
      paginated: true,
    },
    generateInvoices: {
      method: 'POST',
      path: '/generate',
      access: 'billing:invoices:write',
      summary: 'Bill everything up to a day that no invoice covers yet: one customer, a route, or the whole base.',
      description:
        'Run it as often as you like: a day of a supply is billed once. One customer is billed at once and the answer holds the invoices, and names those that billed days of the period before; a customer of more than twenty meters to bill (202), a route or the base is worked off in the background, and the run says how far it is. `issueDate` is a day from the end of the period to today, today if left out.',
      body: z.object({
        period: z.object({ from: localDate(), to: localDate() }),
        customerId: z.optional(generatedId('cus')),
        routeId: z.optional(externalId()),
        issueDate: z.optional(localDate()),
        ...estimates,
      }),
      status: 200,
      otherStatuses: [202],
      response: z.object({
        run: z.nullable(runSchema),
        /** Made by this request. */
        invoices: z.array(storedInvoiceSchema),
        /** Of one customer: those that billed days of the period before, as where the answer to the same request was lost. */
        existing: z.array(existingInvoiceSchema),
        problems: z.array(problemSchema),
      }),
      errors: ['not_found', 'unprocessable'],
    },
    listUnpaidInvoices: {
      method: 'GET',
      path: '/unpaid',
      access: 'billing:invoices:read',
      summary: 'List invoices of which something is still owed, the longest due first.',
      description: shortPages,
      query: z.object({ customerId: z.optional(generatedId('cus')) }),
      response: z.array(storedInvoiceSchema),
      paginated: true,
    },
    listOverdueInvoices: {
      method: 'GET',
      path: '/overdue',
      access: 'billing:invoices:read',
      summary: 'List invoices that were not paid by the day they were due, the longest due first.',
      description: shortPages,
      query: z.object({ customerId: z.optional(generatedId('cus')) }),
      response: z.array(storedInvoiceSchema),
      paginated: true,
    },
    listBillingRuns: {
      method: 'GET',
      path: '/runs',
      access: 'billing:invoices:read',
      summary: 'List billing runs, the newest first.',
      response: z.array(z.omit(runSchema, { status: true, invoices: true, nothingToBill: true, problems: true })),
      paginated: true,
    },
    getBillingRun: {
      method: 'GET',
      path: '/runs/{id}',
      access: 'billing:invoices:read',
      summary: 'How far a billing run is.',
      params: runParams,
      response: runSchema,
      errors: ['not_found'],
    },
    resumeBillingRun: {
      method: 'POST',
      path: '/runs/{id}/resume',
      access: 'billing:invoices:write',
      summary: 'Go on with a billing run that stands still.',
      description:
        'For a run that was stopped, whose start was answered with an error, or whose messages ended as dead letters. Each part goes on where it stopped; one that is being worked on is not disturbed.',
      params: runParams,
      status: 202,
      response: runSchema,
      errors: ['not_found'],
    },
    stopBillingRun: {
      method: 'POST',
      path: '/runs/{id}/stop',
      access: 'billing:invoices:write',
      summary: 'Stop a billing run: pages that are being worked on are finished, no other is begun.',
      description:
        'What was billed stays billed. Resume it to go on, or start another run: it bills what no invoice covers yet.',
      params: runParams,
      status: 200,
      response: runSchema,
      errors: ['not_found'],
    },
    listBillingProblems: {
      method: 'GET',
      path: '/runs/{id}/problems',
      access: 'billing:invoices:read',
      summary: 'List what a run could not bill, with reasons. The next run tries it again.',
      params: runParams,
      response: z.array(problemSchema),
      paginated: true,
      errors: ['not_found'],
    },
    ...collectiveBillRoutes,
    getInvoice: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:invoices:read',
      summary: 'Get an invoice, each line explained.',
      params,
      response: storedInvoiceSchema,
      errors: ['not_found'],
    },
    traceInvoice: {
      method: 'GET',
      path: '/{id}/trace',
      access: 'billing:invoices:read',
      summary: 'Follow an invoice back: line, quantity, intervals, readings, messages.',
      description:
        'Evidence is what was received and decided before the invoice was issued; what came after is listed as `later`. `agrees` says whether the evidence comes to what was billed. An answer holds whole days up to 4,000 intervals and readings: ask on with `supplyId` and `from` where a bill `continuesOn`.',
      params,
      query: z.object({
        supplyId: z.optional(generatedId('sup')),
        from: z.optional(localDate()),
        /** Inclusive. */
        to: z.optional(localDate()),
      }),
      response: invoiceTraceSchema,
      errors: ['not_found', 'unprocessable'],
    },
    cancelInvoice: {
      method: 'POST',
      path: '/{id}/cancel',
      access: 'billing:invoices:cancel',
      summary: 'Cancel an invoice by a credit note. What was paid on it waits for the next one.',
      description: 'The credit note has the words of `reasonCode`, never the text of `reason`.',
      params,
      body: z.object({
        /** For the record; the customer does not see it. */
        reason: label(500),
        /** What the customer is told. @default `other` */
        reasonCode: z.optional(z.enum(cancelReasons)),
      }),
      status: 200,
      response: storedInvoiceSchema,
      errors: ['not_found', 'conflict'],
    },
    rebillInvoice: {
      method: 'POST',
      path: '/{id}/rebill',
      access: 'billing:invoices:write',
      summary: 'Make the invoice anew with what is known now, and charge or credit the difference.',
      params,
      body: z.object(estimates),
      status: 200,
      response: z.object({
        /** Null when nothing differs. */
        note: z.nullable(storedInvoiceSchema),
      }),
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getInvoicePdf: {
      method: 'GET',
      path: '/{id}/pdf',
      access: 'billing:invoices:read',
      summary: 'Get the invoice as PDF, in Arabic or English.',
      description:
        'Made once in each language and kept: it shows the invoice as it was issued. With `document=credit_note` the note that cancelled it.',
      params,
      query: z.extend(documentQuery, { document: z._default(z.enum(['invoice', 'credit_note']), 'invoice') }),
      response: documentAnswer,
      errors: ['not_found'],
    },
    sendInvoice: {
      method: 'POST',
      path: '/{id}/send',
      access: 'billing:invoices:send',
      summary: 'Send the invoice to its customer by e-mail with the PDF, SMS or WhatsApp.',
      description:
        'A channel carries an invoice once; asked again it answers how that went, and tries again what failed. `again` sends it once more, once for each word given. A cancelled invoice is sent as its credit note.',
      params,
      body: z.object({
        /** @default the customer’s own */
        channels: z.optional(z.array(z.enum(messageChannels)).check(z.minLength(1), z.maxLength(4))),
        again: z.optional(label(60)),
      }),
      status: 200,
      response: z.array(notificationResultSchema),
      errors: ['not_found'],
    },
    listInvoiceMessages: {
      method: 'GET',
      path: '/{id}/messages',
      access: 'billing:messages:read',
      summary: 'List what was sent to the customer about the invoice, the newest first.',
      params,
      response: z.array(storedCustomerMessageSchema),
      paginated: true,
      errors: ['not_found'],
    },
    sendBillingRun: {
      method: 'POST',
      path: '/runs/{id}/send',
      access: 'billing:invoices:send',
      summary: 'Send all invoices of a completed billing run to their customers.',
      description:
        'Worked off in the background; run it as often as you like, a channel carries an invoice once, and to a customer with `collectiveBill` one message for all of them. A run that is still making invoices is refused: ask again when it is completed.',
      params: runParams,
      body: z.object({
        channels: z.optional(z.array(z.enum(messageChannels)).check(z.minLength(1), z.maxLength(4))),
      }),
      status: 202,
      response: z.object({ runId: z.string() }),
      errors: ['not_found', 'conflict'],
    },
    getInvoiceHistory: historyRoute('billing:invoices:read', 'invoice', params),
  },
});
