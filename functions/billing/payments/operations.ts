/** What can be done with payments. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { FilterTerm } from '../../../layers/kernel/data/expressions.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { tillForPayment, tillForReversal } from '../cashier-sessions/till-of-payment.ts';
import { answerDocument } from '../documents/answer-document.ts';
import { printReceipt, showReceipt, timesPrinted } from '../receipts/show-receipt.ts';
import { requestRefund } from '../refunds/request-refund.ts';
import { listHalfWay } from './list-half-way.ts';
import { paymentEntity, paymentPartitions } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';
import { reconcilePayments } from './reconcile-payments.ts';
import { recordPayment } from './record-payment.ts';
import { reversePayment } from './reverse-payment.ts';
import type { payments } from './routes.ts';

interface Asked extends Partial<Pick<Payment, 'customerId' | 'method' | 'status' | 'purpose'>> {
  from?: string | undefined;
  to?: string | undefined;
}

/** As the store filters other lists. */
const isAsAsked = (payment: Payment, { from = '', to = '~', ...same }: Asked): boolean =>
  payment.receivedAt >= from &&
  payment.receivedAt < to &&
  Object.entries(same).every(([name, value]) => value === undefined || payment[name as keyof Payment] === value);

export const paymentOperations: Operations<typeof payments.routes> = {
  listPayments: async ({ session, query: { isHalfWay, ...query }, page }) => {
    const { customerId, from, to, ...same } = query;
    if (isHalfWay !== undefined) {
      const { items, nextCursor } = await listHalfWay(session, (payment) => isAsAsked(payment, query), page);
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    }
    const filter: FilterTerm[] = Object.entries(same).flatMap(([attribute, value]) =>
      value === undefined ? [] : [{ attribute, operator: '=', value }],
    );
    if (from !== undefined) filter.push({ attribute: 'receivedAt', operator: '>=', value: from });
    if (to !== undefined) filter.push({ attribute: 'receivedAt', operator: '<', value: to });
    const order = { order: 'descending', filter, ...page } as const;
    const { items, nextCursor } =
      customerId === undefined
        ? await queryShards(session, paymentEntity, {
            index: 'gsi1',
            partitions: paymentPartitions,
            sortKeyOf: ({ receivedAt, id }) => [receivedAt, id],
            ...order,
          })
        : await session.query<Payment & Stored>(paymentEntity, {
            index: 'gsi2',
            pk: ['CUSTOMER-PAYMENTS', customerId],
            ...order,
          });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  recordPayment: async ({ session, body, principal }) => ({
    data: await recordPayment(session, body, { accompany: await tillForPayment(session, principal.subject, body) }),
  }),
  reconcilePayments: async ({ session, body }) => ({ data: await reconcilePayments(session, body) }),
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
