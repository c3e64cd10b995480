/** What can be done with refunds. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { personBehind } from '../../identity/contract.ts';
import { tillForRefund } from '../cashier-sessions/till-of-payment.ts';
import { approveRefund, endUnsentRefund, refuseSame, requireRefund } from './decide-refund.ts';
import { refundEntity, type StoredRefund } from './refund-entity.ts';
import { returnRefund } from './return-refund.ts';
import type { refunds } from './routes.ts';
import { finishRefund, takeRefund } from './take-refund.ts';

export const refundOperations: Operations<typeof refunds.routes> = {
  listRefunds: async ({ session, query: { paymentId, status }, page }) => {
    const filter = equals({ status });
    const { items, nextCursor } = await session.query<StoredRefund>(refundEntity, {
      ...(paymentId === undefined
        ? { index: 'gsi2', pk: ['REFUNDS'] }
        : { index: 'gsi1', pk: ['PAYMENT-REFUNDS', paymentId] }),
      order: 'descending',
      filter,
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  getRefund: async ({ session, params }) => ({ data: await session.require(refundEntity, params) }),
  approveRefund: async ({ session, params, principal }) => ({
    data: await approveRefund(session, params.id, principal.subject),
  }),
  rejectRefund: async ({ session, params, body }) => ({
    data: await endUnsentRefund(session, params.id, 'rejected', body.reason),
  }),
  completeRefund: async ({ session, params, body, principal }) => {
    const refund = await requireRefund(session, params.id, ['approved']);
    if (refund.method === 'provider')
      throw new AppError('conflict', undefined, {
        texts: { en: 'The provider gives it back, nobody by hand.', ar: 'يردّه المزوّد لا باليد.' },
      });
    const { externalReference } = body;
    const accompany = await tillForRefund(session, principal.subject, externalReference);
    const options = { handedOverBy: principal.subject, externalReference, accompany };
    return { data: await takeRefund(session, params.id, options) };
  },
  resolveRefund: async ({ session, params, body, principal }) => {
    const refund = await requireRefund(session, params.id, ['unknown']);
    refuseSame(refund, await personBehind(session, principal.subject));
    const end = body.outcome === 'done' ? finishRefund : returnRefund;
    return { data: await end(session, params.id, body.note) };
  },
  getRefundHistory: readHistory(refundEntity),
};
