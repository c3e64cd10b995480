/** Routes of payments. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label, timestamp } from '../../../layers/kernel/schema/common.ts';
import { documentAnswer, documentQuery } from '../documents/document-routes.ts';
import { receiptSchema } from '../receipts/receipt-schema.ts';
import { requestRefundSchema, storedRefundSchema } from '../refunds/refund-schema.ts';
import {
  paymentMethods,
  paymentPurposes,
  paymentStatuses,
  recordPaymentSchema,
  storedPaymentSchema,
} from './payment-schema.ts';
import { reconcileResultSchema, reconcileSchema } from './reconcile-schema.ts';
import { reversalReasons } from './reversal-reasons.ts';
import { setOffSchema, settledAheadSchema } from './set-off-schema.ts';

const params = z.object({ id: generatedId('pay') });

export const payments = defineResource({
  name: 'payments',
  base: '/api/billing/payments',
  title: 'Payments',
  routes: {
    listPayments: {
      method: 'GET',
      path: '',
      access: 'billing:payments:read',
      summary: 'List payments, the newest first.',
      description:
        'Times bound what is read, and a till’s payments are read by themselves; other terms pass over what does not fit, so a page may be shorter than its limit and still have a cursor.',
      query: z.object({
        customerId: z.optional(generatedId('cus')),
        method: z.optional(z.enum(paymentMethods)),
        status: z.optional(z.enum(paymentStatuses)),
        purpose: z.optional(z.enum(paymentPurposes)),
        provider: z.optional(z.string().check(z.regex(/^[a-z0-9_]{1,50}$/))),
        cashierSessionId: z.optional(generatedId('csh')),
        /** First moment of those received. */
        from: z.optional(timestamp()),
        /** First moment that is not meant any more. */
        to: z.optional(timestamp()),
        /** Those that are being taken back or still settle, or whose request to do so died: they go on by themselves. */
        isHalfWay: z.optional(z.literal('true')),
      }),
      response: z.array(storedPaymentSchema),
      paginated: true,
    },
    recordPayment: {
      method: 'POST',
      path: '',
      access: 'billing:payments:write',
      summary: 'Record a payment; it settles the longest due invoices first, or those that are named.',
      description:
        'What named invoices leave of it settles the others, unless `advanceSettles` of the settings is `next_invoice`. What no invoice needs waits as an advance and is used by the next one. An `externalReference` of a method is one payment for ever, so a transfer cannot be entered twice.',
      body: recordPaymentSchema,
      response: storedPaymentSchema,
      errors: ['not_found', 'already_exists', 'unprocessable'],
    },
    reconcilePayments: {
      method: 'POST',
      path: '/reconcile',
      access: 'billing:payments:reconcile',
      summary: 'Compare what a bank or provider settled on a day with the payments recorded here.',
      description:
        'A line is found by the reference they have of it, by the checkout or by the payment’s number. Nothing is changed by it; entries of the books are reconciled in the ledger.',
      body: reconcileSchema,
      status: 200,
      idempotent: false,
      response: reconcileResultSchema,
      errors: ['unprocessable'],
    },
    setOffAdvance: {
      method: 'POST',
      path: '/set-off',
      access: 'billing:payments:write',
      summary: 'Pay open invoices of a customer with money that waits, the longest due first, or those that are named.',
      description:
        'It happens by itself unless `advanceSettles` of the settings is `next_invoice`. Fourteen invoices are paid with the answer, others right after, where money is left for them and the settings let it happen by itself.',
      body: setOffSchema,
      status: 200,
      response: settledAheadSchema,
      errors: ['not_found', 'unprocessable'],
    },
    getPayment: {
      method: 'GET',
      path: '/{id}',
      access: 'billing:payments:read',
      summary: 'Get a payment with what it settled.',
      params,
      response: storedPaymentSchema,
      errors: ['not_found'],
    },
    reversePayment: {
      method: 'POST',
      path: '/{id}/reverse',
      access: 'billing:payments:reverse',
      summary: 'Take a payment back; what it settled is owed again.',
      description:
        'Invoices that were paid with what it left over are owed again as well, the newest first. Money that bought a token is refused: take the token back. Where the money is gone for certain, as with a bounced cheque, `becomesDebt` takes it back all the same: it is owed by an invoice of the kind `returned_payment`, due at once. The customer is told the words of `reasonCode`, never the text of `reason`.',
      params,
      body: z.object({
        /** For the record; the customer does not see it. */
        reason: label(500),
        /** What the customer is told. @default `returned_by_bank` with `becomesDebt`, `other` without */
        reasonCode: z.optional(z.enum(reversalReasons)),
        /** @default false */
        becomesDebt: z.optional(z.boolean()),
      }),
      status: 200,
      response: storedPaymentSchema,
      errors: ['not_found', 'conflict'],
    },
    requestRefund: {
      method: 'POST',
      path: '/{id}/refunds',
      access: 'billing:refunds:write',
      summary: 'Ask for a payment, or a part of it, to be given back.',
      description:
        'It goes back the way it came unless said otherwise, and never more than is left of it. Above `refundApprovalAbove` of the settings a second person must agree. What no invoice needed goes first; then invoices are owed again, those paid with what had waited before those it settled itself, the last one first.',
      params,
      body: requestRefundSchema,
      response: storedRefundSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getReceipt: {
      method: 'GET',
      path: '/{id}/receipt',
      access: 'billing:payments:read',
      summary: 'What the receipt of a payment says; its number is given when it is first asked for.',
      params,
      response: receiptSchema,
      errors: ['not_found'],
    },
    printReceipt: {
      method: 'POST',
      path: '/{id}/receipt/print',
      access: 'billing:payments:write',
      summary: 'Print a receipt, on a till’s printer or as PDF: every print after the first is a copy.',
      description: 'Send an `Idempotency-Key`, so that a request that is sent again is no second print.',
      params,
      status: 200,
      response: receiptSchema,
      errors: ['not_found'],
    },
    getReceiptPdf: {
      method: 'GET',
      path: '/{id}/receipt/pdf',
      access: 'billing:payments:read',
      summary:
        'Get the receipt as PDF, in Arabic or English, as it was printed last: from the second print on it is marked as a copy.',
      params,
      query: documentQuery,
      response: documentAnswer,
      errors: ['not_found'],
    },
    getPaymentHistory: historyRoute('billing:payments:read', 'payment', params),
  },
});
