/**
 * The lines of an account by date with the balance after each. The cursor carries the balance reached, so a page costs
 * what its lines cost, wherever in a million lines it begins.
 */
import type * as z from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { balanceOn, type Side } from '../../../layers/ledger/account-types.ts';
import { noTurnover } from '../../../layers/ledger/totals.ts';
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import { readBooks } from '../books/read-books.ts';
import { type AccountLine, accountLineEntity, linePartition } from '../journal-entries/entry-entity.ts';
import { accountEntity } from './account-entity.ts';
import { resolveSpan } from './get-balance.ts';
import { readMovements } from './read-balance.ts';
import type { transactionsQuery } from './schemas.ts';

export async function listTransactions(
  session: TenantSession,
  accountId: string,
  query: z.infer<typeof transactionsQuery>,
) {
  const [account, { baseCurrency }, { from, to }] = await Promise.all([
    session.require(accountEntity, { id: accountId }),
    readBooks(session),
    resolveSpan(session, query.from, query.to),
  ]);
  const currency = query.currency ?? account.currency ?? baseCurrency;
  const side = account.normalSide;
  const isAscending = query.order === 'asc';
  const place = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const [movements, page] = await Promise.all([
    readMovements(session, accountId, { from, date: to, baseCurrency }),
    session.query<AccountLine>(accountLineEntity, {
      pk: linePartition(accountId, currency),
      from: [from],
      to: [to, '~'],
      order: isAscending ? 'ascending' : 'descending',
      limit: query.limit,
      cursor: place?.cursor,
      consistent: true,
    }),
  ]);
  const { opening, within } = movements.find((one) => one.currency === currency) ?? {
    opening: noTurnover(),
    within: noTurnover(),
  };
  const atStart = balanceOn(side, opening.debit, opening.credit);
  const atEnd = atStart + balanceOn(side, within.debit, within.credit);
  const reached = place?.balance ?? (isAscending ? atStart : atEnd);
  const { rows, next } = withBalances(page.items, currency, side, reached, isAscending);
  return {
    accountId,
    normalSide: side,
    currency,
    from,
    to,
    opening: fromMinorUnits(atStart, currency),
    debit: fromMinorUnits(within.debit, currency),
    credit: fromMinorUnits(within.credit, currency),
    closing: fromMinorUnits(atEnd, currency),
    transactions: rows,
    nextCursor: page.nextCursor === null ? null : writeCursor({ cursor: page.nextCursor, balance: next }),
  };
}

/** @param reached the balance before the first line, or after it when going back in time */
function withBalances(
  lines: readonly AccountLine[],
  currency: string,
  side: Side,
  reached: bigint,
  isAscending: boolean,
) {
  let balance = reached;
  const rows = lines.map(({ accountId: _, currency: __, ...line }) => {
    const minor = toMinorUnits(line.amount, currency);
    const change = balanceOn(side, line.side === 'debit' ? minor : 0n, line.side === 'credit' ? minor : 0n);
    const after = isAscending ? balance + change : balance;
    balance += isAscending ? change : -change;
    return { ...line, balance: fromMinorUnits(after, currency) };
  });
  return { rows, next: balance };
}

interface Place {
  cursor: string;
  balance: bigint;
}

const writeCursor = ({ cursor, balance }: Place): string => `${balance}.${cursor}`;

function readCursor(text: string): Place {
  const [, balance, cursor] = /^(-?\d{1,40})\.([A-Za-z0-9_-]+)$/.exec(text) ?? [];
  if (balance === undefined || cursor === undefined) throw new AppError('invalid_cursor');
  return { balance: BigInt(balance), cursor };
}
