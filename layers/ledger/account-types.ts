/** Kinds of accounts and the side on which they grow: the grammar of double entry. */

export const accountTypes = ['asset', 'liability', 'equity', 'income', 'expense'] as const;
export type AccountType = (typeof accountTypes)[number];

export const sides = ['debit', 'credit'] as const;
export type Side = (typeof sides)[number];

/** Assets and expenses grow on the debit side, everything else on the credit side; contra accounts say otherwise themselves. */
export const normalSideOf = (type: AccountType): Side => (type === 'asset' || type === 'expense' ? 'debit' : 'credit');

export const otherSide = (side: Side): Side => (side === 'debit' ? 'credit' : 'debit');

/** Accounts that a fiscal year starts anew. */
export const isResultType = (type: AccountType): boolean => type === 'income' || type === 'expense';

/** Debit minus credit, seen from the account's normal side. */
export const balanceOn = (side: Side, debit: bigint, credit: bigint): bigint =>
  side === 'debit' ? debit - credit : credit - debit;
