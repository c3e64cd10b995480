/** What can be done with accounts. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { isSaid } from '../../../layers/kernel/data/text-search.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { accountEntity } from './account-entity.ts';
import { createAccount, deleteAccount, updateAccount } from './change-account.ts';
import { getBalance } from './get-balance.ts';
import { listTransactions } from './list-transactions.ts';
import { loadStandardChart } from './load-standard-chart.ts';
import { readChart, type StoredAccount } from './read-chart.ts';
import type { accounts } from './routes.ts';

type Node = StoredAccount & { children: Node[] };

export const accountOperations: Operations<typeof accounts.routes> = {
  listAccounts: async ({ session, query: { search, type, ...flags }, page }) => {
    const wanted = (await readChart(session)).filter(
      (account) =>
        (type === undefined || account.type === type) &&
        Object.entries(flags).every(
          ([name, flag]) => flag === undefined || String(account[name as keyof StoredAccount]) === flag,
        ) &&
        (search === undefined || isSaid(search, [account.code, account.name, account.nameAr])),
    );
    // The chart is read whole; the cursor is the last code of the page before.
    const after = page.cursor === undefined ? '' : readCursor(page.cursor);
    const rest = wanted.filter(({ id }) => id > after);
    const data = rest.slice(0, page.limit);
    const nextCursor = rest.length > data.length ? Buffer.from(data.at(-1)!.id, 'utf8').toString('base64url') : null;
    return { data, pagination: { limit: page.limit, nextCursor } };
  },

  getAccountTree: async ({ session, query }) => {
    const chart = await readChart(session);
    const nodes = new Map<string, Node>(chart.map((account) => [account.id, { ...account, children: [] }]));
    const roots: Node[] = [];
    for (const node of nodes.values()) {
      const parent = node.parentId === undefined ? undefined : nodes.get(node.parentId);
      if (parent) parent.children.push(node);
      else roots.push(node);
    }
    return { data: roots.filter(({ type }) => query.type === undefined || type === query.type) as never };
  },

  loadStandardChart: async ({ session }) => ({ data: await loadStandardChart(session) }),

  getAccount: async ({ session, params }) => ({ data: await session.require(accountEntity, { id: params.id }) }),

  createAccount: async ({ session, body }) => ({ data: await createAccount(session, body) }),

  updateAccount: async ({ session, params, body, expectedVersion }) => ({
    data: await updateAccount(session, params.id, body, expectedVersion),
  }),

  deleteAccount: async ({ session, params, expectedVersion }) => {
    await deleteAccount(session, params.id, expectedVersion);
    return {};
  },

  getAccountBalance: async ({ session, params, query }) => ({ data: await getBalance(session, params.id, query) }),

  listAccountTransactions: async ({ session, params, query }) => ({
    data: await listTransactions(session, params.id, query),
  }),

  getAccountHistory: readHistory(accountEntity),
};

function readCursor(cursor: string): string {
  const code = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(code)) throw new AppError('invalid_cursor');
  return code;
}
