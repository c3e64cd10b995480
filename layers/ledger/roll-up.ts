/** From amounts of single accounts to the rows of a statement: groups with their sums, in the order of the chart. */
import type { AccountType, Side } from './account-types.ts';

/** What a statement needs to know of an account. */
export interface ChartAccount {
  id: string;
  name: string;
  nameAr: string;
  type: AccountType;
  normalSide: Side;
  parentId?: string | undefined;
}

export interface StatementRow {
  accountId: string;
  name: string;
  nameAr: string;
  /** 0 for the uppermost accounts. */
  depth: number;
  /** Whether the amount is the sum of accounts below. */
  isGroup: boolean;
  amount: bigint;
}

/** Parents before children, siblings by code; an account whose parent is not in the list stands at the top. */
export function inTreeOrder<A extends ChartAccount>(accounts: readonly A[]): { account: A; depth: number }[] {
  const known = new Set(accounts.map(({ id }) => id));
  const children = new Map<string, A[]>();
  for (const account of [...accounts].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const parent = account.parentId !== undefined && known.has(account.parentId) ? account.parentId : '';
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [account]);
    else siblings.push(account);
  }
  const ordered: { account: A; depth: number }[] = [];
  const visit = (parent: string, depth: number): void => {
    for (const account of children.get(parent) ?? []) {
      ordered.push({ account, depth });
      visit(account.id, depth + 1);
    }
  };
  visit('', 0);
  return ordered;
}

/**
 * Rows of all accounts with an amount, their own or below them.
 * @param amounts by account, all seen from the same side
 */
export function rollUp(accounts: readonly ChartAccount[], amounts: ReadonlyMap<string, bigint>): StatementRow[] {
  const ordered = inTreeOrder(accounts);
  const parents = new Set(accounts.flatMap(({ parentId }) => (parentId === undefined ? [] : [parentId])));
  const totals = new Map(amounts);
  const isUsed = new Set([...amounts].filter(([, amount]) => amount !== 0n).map(([id]) => id));
  // Children come after their parents, so going backwards every sum is complete when it is passed on.
  for (const { account } of ordered.toReversed()) {
    if (account.parentId === undefined) continue;
    totals.set(account.parentId, (totals.get(account.parentId) ?? 0n) + (totals.get(account.id) ?? 0n));
    if (isUsed.has(account.id)) isUsed.add(account.parentId);
  }
  return ordered
    .filter(({ account }) => isUsed.has(account.id))
    .map(({ account: { id, name, nameAr }, depth }) => ({
      accountId: id,
      name,
      nameAr,
      depth,
      isGroup: parents.has(id),
      amount: totals.get(id) ?? 0n,
    }));
}

export const totalOf = (amounts: ReadonlyMap<string, bigint>): bigint =>
  [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
