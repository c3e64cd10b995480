/** Loads the standard chart into a tenant's books: adds what is missing, changes nothing that is there. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { standardChart, standardRoles } from '../../../layers/ledger/standard-chart.ts';
import { booksEntity } from '../books/books-entity.ts';
import { readBooks } from '../books/read-books.ts';
import { accountCreated } from '../events.ts';
import { refused } from '../refused.ts';
import { type Account, accountEntity } from './account-entity.ts';
import { readChart } from './read-chart.ts';

/** An account, its event and its audit record are three of the hundred steps of a transaction. */
const accountsPerTransaction = 30;

export async function loadStandardChart(
  session: TenantSession,
): Promise<{ created: number; unchanged: number; roles: number }> {
  const present = new Map((await readChart(session)).map((account) => [account.id, account]));
  const missing = standardChart.filter(({ code }) => !present.has(code));
  for (const { code, type, parentId } of missing) refuseMisplaced(code, type, parentId, present);
  for (let start = 0; start < missing.length; start += accountsPerTransaction)
    await session.transact('ledger', (unit) => {
      for (const { code, role: _, ...standard } of missing.slice(start, start + accountsPerTransaction)) {
        const account: Account = { ...standard, id: code, code, isActive: true, hasLines: false };
        const stored = unit.create(accountEntity, account);
        unit.emit(accountCreated, { aggregateId: code, payload: stored });
      }
    });
  return {
    created: missing.length,
    unchanged: standardChart.length - missing.length,
    roles: await addRoles(session),
  };
}

/** A tenant's own account may stand where the standard chart wants a group of another type. */
function refuseMisplaced(
  code: string,
  type: Account['type'],
  parentId: string | undefined,
  present: ReadonlyMap<string, Account>,
): void {
  const parent = parentId === undefined ? undefined : present.get(parentId);
  if (parent !== undefined && parent.type !== type)
    throw refused(
      'conflict',
      `Account "${parent.id}" is of another type than the standard chart needs above "${code}".`,
      `الحساب "${parent.id}" من نوع غير الذي يتطلبه الدليل القياسي فوق "${code}".`,
    );
}

async function addRoles(session: TenantSession): Promise<number> {
  const books = await readBooks(session);
  const roles = { ...standardRoles, ...books.roles };
  const added = Object.keys(roles).length - Object.keys(books.roles).length;
  if (added > 0) await session.transact('ledger', (unit) => unit.update(booksEntity, books, { roles }));
  return added;
}
