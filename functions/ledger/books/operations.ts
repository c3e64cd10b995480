/** Reading and changing the ledger's settings. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { readAccounts } from '../accounts/read-chart.ts';
import { refused } from '../refused.ts';
import { booksEntity } from './books-entity.ts';
import { readBooks } from './read-books.ts';
import type { books } from './routes.ts';

export const booksOperations: Operations<typeof books.routes> = {
  getLedgerSettings: async ({ session }) => ({ data: await readBooks(session) }),

  updateLedgerSettings: async ({ session, body, expectedVersion }) => {
    const before = await readBooks(session);
    refuseStale(before, expectedVersion);
    for (const name of ['baseCurrency', 'fiscalYearStartMonth'] as const)
      if (before.hasPeriods && body[name] !== undefined && body[name] !== before[name])
        throw refused(
          'conflict',
          `Periods were opened: "${name}" cannot change.`,
          `فُتحت فترات محاسبية: لا يتغير الحقل "${name}".`,
        );
    const named = Object.values(body.roles ?? {});
    const accounts = await readAccounts(session, named);
    const missing = named.find((id) => !accounts.has(id));
    if (missing !== undefined)
      throw refused('unprocessable', `There is no account "${missing}".`, `لا يوجد حساب "${missing}".`);
    const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    return { data: await session.transact('ledger', (unit) => unit.update(booksEntity, before, changes)) };
  },

  getLedgerSettingsHistory: (request) =>
    readHistory(booksEntity)({ ...request, params: { id: booksEntity.idOf({}) } }).catch((error: { code?: string }) => {
      // Settings that nobody changed have no history, and exist all the same.
      if (error.code === 'not_found') return { data: [], pagination: { limit: request.page.limit, nextCursor: null } };
      throw error;
    }),
};
