/** What can be read of intermediate accounts. */
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { accountEntity } from '../accounts/account-entity.ts';
import { resolveSpan } from '../accounts/get-balance.ts';
import { showLedgerLine } from '../reconciliation/show-basket.ts';
import { refused } from '../refused.ts';
import { openItemsOf, openItemsOfAll, showOpenItems } from './list-open-items.ts';
import type { intermediateAccounts } from './routes.ts';

const itemsShown = 1000;

export const intermediateAccountOperations: Operations<typeof intermediateAccounts.routes> = {
  listIntermediateAccounts: async ({ session, query }) => {
    const { to } = await resolveSpan(session, undefined, query.date);
    return { data: (await openItemsOfAll(session, to)).map((items) => showOpenItems(items, to)) };
  },

  getIntermediateAccount: async ({ session, params, query }) => {
    const account = await session.require(accountEntity, { id: params.id });
    if (!account.isIntermediate)
      throw refused(
        'unprocessable',
        `Account "${params.id}" is no intermediate account.`,
        `الحساب "${params.id}" ليس وسيطًا.`,
      );
    const { to } = await resolveSpan(session, undefined, query.date);
    return {
      data: (await openItemsOf(session, account, to)).map((items) => ({
        ...showOpenItems(items, to),
        items: items.lines.slice(0, itemsShown).map((line) => showLedgerLine(line, to)),
      })),
    };
  },
};
