/** The balance of one account, or of a group with everything below it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { dateIn, firstDay, periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { readBooks } from '../books/read-books.ts';
import { refused } from '../refused.ts';
import { accountEntity } from './account-entity.ts';
import { forEachAccount, readMovements, showBase, showMovement, sumMovements } from './read-balance.ts';
import { descendantsOf, readChart } from './read-chart.ts';

export async function getBalance(
  session: TenantSession,
  accountId: string,
  asked: { date?: string | undefined; from?: string | undefined },
) {
  const [account, { baseCurrency }, span] = await Promise.all([
    session.require(accountEntity, { id: accountId }),
    readBooks(session),
    resolveSpan(session, asked.from, asked.date),
  ]);
  // A group has lines only below it; an account that takes lines may have others below it as well.
  const accountIds = descendantsOf(await readChart(session), accountId).map(({ id }) => id);
  const each = await forEachAccount(accountIds, (id) =>
    readMovements(session, id, { from: span.from, date: span.to, baseCurrency }),
  );
  const movements = sumMovements(each.flat());
  return {
    accountId,
    normalSide: account.normalSide,
    from: span.from,
    date: span.to,
    accountIds,
    balances: movements.map((movement) => showMovement(movement, account.normalSide)),
    base: showBase(movements, account.normalSide, baseCurrency),
  };
}

/** Dates left out: today where the tenant is, and the first day of that month. */
export async function resolveSpan(
  session: TenantSession,
  from: string | undefined,
  to: string | undefined,
): Promise<{ from: string; to: string }> {
  const last = to ?? dateIn((await tenantProfile(session)).timeZone, session.context.now());
  const first = from ?? firstDay(periodOf(last));
  if (first > last)
    throw refused('unprocessable', 'The first date is after the last one.', 'تاريخ البداية بعد تاريخ النهاية.');
  return { from: first, to: last };
}
