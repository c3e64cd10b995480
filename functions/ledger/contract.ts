/**
 * What other domains may ask the ledger in the same request: the balance of an account. To have something posted they
 * publish an event and the tenant's posting rules do the rest. Needs read access to the tables `ledger` and `identity`.
 */
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import { balanceOn, type Side } from '../../layers/ledger/account-types.ts';
import { addTurnover } from '../../layers/ledger/totals.ts';
import { type Money, zero } from '../../layers/money/money.ts';
import { accountEntity } from './accounts/account-entity.ts';
import { readMovements } from './accounts/read-balance.ts';
import { readBooks } from './books/read-books.ts';

export interface AccountBalance {
  normalSide: Side;
  /** Positive on the normal side; one amount for each currency. */
  balances: Money[];
}

/** The balance of one account at the end of a day. @throws AppError `not_found` */
export async function accountBalance(session: TenantSession, accountId: string, date: string): Promise<AccountBalance> {
  const [{ normalSide }, { baseCurrency }] = await Promise.all([
    session.require(accountEntity, { id: accountId }),
    readBooks(session),
  ]);
  const movements = await readMovements(session, accountId, { from: date, date, baseCurrency });
  const balances = movements.map(({ currency, opening, within }) => {
    const { debit, credit } = addTurnover(opening, within);
    return { ...zero(currency), minor: balanceOn(normalSide, debit, credit) };
  });
  return { normalSide, balances };
}
