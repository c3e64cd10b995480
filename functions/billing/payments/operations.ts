/** What can be done with payments. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { tillForPayment, tillForReversal } from '../cashier-sessions/till-of-payment.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { answerDocument } from '../documents/answer-document.ts';
import { printReceipt, showReceipt, timesPrinted } from '../receipts/show-receipt.ts';
import { requestRefund } from '../refunds/request-refund.ts';
import { listPayments } from './list-payments.ts';
import { paymentEntity } from './payment-entity.ts';
import { reconcilePayments } from './reconcile-payments.ts';
import { recordPayment } from './record-payment.ts';
import { reversePayment } from './reverse-payment.ts';
import type { payments } from './routes.ts';
import { setOffAdvance } from './set-off-advance.ts';

export const paymentOperations: Operations<typeof payments.routes> = {
  listPayments: async ({ session, query, page }) => {
    const { items, nextCursor } = await listPayments(session, query, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  recordPayment: async ({ session, body, principal }) => ({
    data: await recordPayment(session, body, { accompany: await tillForPayment(session, principal.subject, body) }),
  }),
  reconcilePayments: async ({ session, body }) => ({ data: await reconcilePayments(session, body) }),
  setOffAdvance: async ({ session, body }) => {
    await session.require(customerEntity, { id: body.customerId });
    const { currency = (await tenantProfile(session)).currency, ...wanted } = body;
    return { data: await setOffAdvance(session, { ...wanted, currency }) };
  },
  getPayment: async ({ session, params }) => ({ data: await session.require(paymentEntity, params) }),
  reversePayment: async ({ session, params, body, principal }) => {
    const accompany = await tillForReversal(session, principal.subject, body.reason);
    const { reason, becomesDebt = false, reasonCode } = body;
    const options = { accompany, becomesDebt, reasonCode, askedBy: principal.subject };
    return { data: await reversePayment(session, params.id, reason, options) };
  },
  requestRefund: async ({ session, params, body, principal }) => ({
    data: await requestRefund(session, params.id, body, principal.subject),
  }),
  getReceipt: async ({ session, params }) => ({ data: await showReceipt(session, params.id) }),
  printReceipt: async ({ session, params }) => ({ data: await printReceipt(session, params.id) }),
  getReceiptPdf: async ({ session, params: { id }, query: { language } }) => {
    const { customerId } = await session.require(paymentEntity, { id });
    const print = await timesPrinted(session, id);
    return answerDocument(session, customerId, { kind: 'receipt', id, print }, language);
  },
  getPaymentHistory: readHistory(paymentEntity),
};
