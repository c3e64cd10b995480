/** Reads the chart of accounts, whole or in part, always the newest. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type Account, accountEntity } from './account-entity.ts';

export type StoredAccount = Account & Stored;

/** All accounts in the order of their codes. */
export async function readChart(session: TenantSession): Promise<StoredAccount[]> {
  const accounts: StoredAccount[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<StoredAccount>(accountEntity, {
      pk: ['ACCOUNTS'],
      limit: 2000,
      cursor,
      consistent: true,
    });
    accounts.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return accounts;
}

/** Some accounts by id; those that do not exist are missing. */
export async function readAccounts(session: TenantSession, ids: Iterable<string>): Promise<Map<string, StoredAccount>> {
  const found = await Promise.all(
    [...new Set(ids)].map((id) => session.get(accountEntity, { id }, { consistent: true })),
  );
  return new Map(found.flatMap((account) => (account === undefined ? [] : [[account.id, account]])));
}

/** An account and everything below it. */
export function descendantsOf<A extends { id: string; parentId?: string | undefined }>(
  chart: readonly A[],
  id: string,
): A[] {
  const included = new Set([id]);
  // A parent may have a larger code than its children, so one pass is not enough.
  for (let before = 0; before !== included.size; ) {
    before = included.size;
    for (const account of chart)
      if (account.parentId !== undefined && included.has(account.parentId)) included.add(account.id);
  }
  return chart.filter((account) => included.has(account.id));
}
