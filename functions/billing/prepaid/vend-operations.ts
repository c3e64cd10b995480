/** What can be done with prepaid tokens. Whoever may only read sees them masked. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { requirePermission } from '../../../layers/kernel/auth/require-permission.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { tillForPayment } from '../cashier-sessions/till-of-payment.ts';
import { answerDocument } from '../documents/answer-document.ts';
import { refuseWithoutToken } from '../documents/token-slip.ts';
import { approveToken, rejectToken, requestToken } from './request-token.ts';
import { makeNow, quoteVend, requestFreeUnits, requestVend, vendsOf } from './request-vend.ts';
import { reverseVend, settleReversal } from './reverse-vend.ts';
import { type VendRow, vendEntity, vendPartitions } from './vend-entity.ts';
import { shownVend } from './vend-payload.ts';
import type { prepaidVends } from './vend-routes.ts';
import { kindsOfCustomers } from './vend-schema.ts';

const masked = (vend: VendRow) => shownVend(vend, { withTokens: false });
const inFull = (vend: VendRow) => shownVend(vend, { withTokens: true });

export const vendOperations: Operations<typeof prepaidVends.routes> = {
  listPrepaidVends: async ({ session, query: { customerId, meterId, status }, page }) => {
    if (customerId !== undefined || meterId !== undefined) {
      const owner = customerId === undefined ? `meter/${meterId}` : `customer/${customerId}`;
      const { items, nextCursor } = await vendsOf(session, owner, page);
      const fits = (vend: VendRow): boolean =>
        (status === undefined || vend.status === status) && (meterId === undefined || vend.meterId === meterId);
      return { data: items.filter(fits).map(masked), pagination: { limit: page.limit, nextCursor } };
    }
    const filter = equals({ status });
    const { items, nextCursor } = await queryShards(session, vendEntity, {
      index: 'gsi1',
      partitions: vendPartitions,
      sortKeyOf: ({ id }) => [id],
      order: 'descending',
      filter,
      ...page,
    });
    return { data: items.map(masked), pagination: { limit: page.limit, nextCursor } };
  },
  requestPrepaidVend: async ({ session, body, principal }) => ({
    data: await requestVend(session, body, { accompany: await tillForPayment(session, principal.subject, body) }),
  }),
  quotePrepaidVend: async ({ session, body }) => ({ data: await quoteVend(session, body) }),
  requestFreeUnits: async ({ session, body }) => ({ data: await requestFreeUnits(session, body.supplyId) }),
  requestEngineeringToken: async ({ session, body, principal }) => ({
    data: inFull(await requestToken(session, body, principal.subject)),
  }),
  getPrepaidVend: async ({ session, params }) => ({ data: masked(await session.require(vendEntity, params)) }),
  approveEngineeringToken: async ({ session, params, principal }) => ({
    data: inFull(await approveToken(session, params.id, principal.subject)),
  }),
  rejectEngineeringToken: async ({ session, params, body }) => ({
    data: masked(await rejectToken(session, params.id, body.reason)),
  }),
  resumePrepaidVend: async ({ session, params }) => {
    await session.require(vendEntity, params);
    return { data: masked(await makeNow(session, params.id)) };
  },
  reprintPrepaidVend: ({ session, params, principal }) =>
    retryOnChange(async () => ({
      data: inFull(await countReprint(session, await requireShowable(session, params.id, principal))),
    })),
  printTokenSlip: ({ session, params, query, principal }) =>
    retryOnChange(async () => {
      const vend = await requireShowable(session, params.id, principal);
      const { id, customerId, reprints = 0 } = vend;
      // Counted when it is drawn: a slip that could not be drawn was no print.
      const slip = { kind: 'token_slip', id, print: reprints + 1 } as const;
      const answer = await answerDocument(session, customerId, slip, query.language);
      await countReprint(session, vend);
      return answer;
    }),
  reversePrepaidVend: async ({ session, params, body }) => ({
    data: masked(await reverseVend(session, params.id, body.reason)),
  }),
  settlePrepaidReversal: async ({ session, params, body }) => ({
    data: masked(await settleReversal(session, params.id, body.reversed)),
  }),
  getPrepaidVendHistory: readHistory(vendEntity),
};

/** Whoever gives customers their lost tokens gets none that clears a meter's credit or its tamper state. */
async function requireShowable(session: TenantSession, id: string, principal: Principal): Promise<VendRow> {
  const vend = await session.require(vendEntity, { id });
  if (!kindsOfCustomers.includes(vend.kind)) requirePermission(principal, 'billing:prepaid:engineer');
  refuseWithoutToken(vend);
  return vend;
}

/** @throws AppError `version_conflict` when somebody else was shown it meanwhile */
const countReprint = (session: TenantSession, vend: VendRow): Promise<VendRow> =>
  session.transact('billing', (unit) => unit.update(vendEntity, vend, { reprints: (vend.reprints ?? 0) + 1 }));
