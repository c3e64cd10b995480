/**
 * The lines of an account that are matched with nothing. Reconciled days are not read again: what they left open was
 * carried, and a turnover that differs from the one at closing shows that something was posted into them later.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { dayBefore, periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import type { OpenLine } from '../../../layers/ledger/matching/open-line.ts';
import type { Turnover } from '../../../layers/ledger/totals.ts';
import { toMinorUnits } from '../../../layers/money/money.ts';
import { forEachAccount, movementsOf, readMovements } from '../accounts/read-balance.ts';
import { readBooks } from '../books/read-books.ts';
import { type AccountLine, accountLineEntity, linePartition } from '../journal-entries/entry-entity.ts';
import { readTotals } from '../journal-entries/totals-entity.ts';
import { lineIdOf } from './line-id.ts';
import { carriedLineEntity, type ExternalLine, type LineKey, matchedLineEntity } from './match-entity.ts';
import { type ReconciledAccount, reconciledAccountEntity } from './session-entity.ts';

export interface LedgerLine extends AccountLine {
  id: string;
  /** Signed: debits are positive. */
  minor: bigint;
  isCarried: boolean;
}

export interface OpenLedgerLines {
  lines: LedgerLine[];
  /** False when there are more lines than were looked at. */
  isComplete: boolean;
}

interface AccountIn {
  accountId: string;
  currency: string;
}

/** Lines one reading looks at. */
export const maxLinesRead = 20_000;

/** @param upTo last day; a session reads to its own end */
export async function readOpenLines(
  session: TenantSession,
  { accountId, currency }: AccountIn,
  upTo: string,
  limit = maxLinesRead,
): Promise<OpenLedgerLines> {
  const account = await session.get(reconciledAccountEntity, { accountId, currency }, { consistent: true });
  const ranges = await rangesToRead(session, { accountId, currency }, account, upTo);
  const found = new Map<string, LedgerLine>();
  let left = limit;
  for (const { from, to } of ranges) {
    const lines = await readRange<AccountLine>(session, linePartition(accountId, currency), from, to, left);
    const matched = new Set(
      (await readRange<LineKey>(session, ['MATCHED', accountId, currency], from, to, limit)).map(lineIdOf),
    );
    left -= lines.length;
    for (const line of lines) if (!matched.has(lineIdOf(line))) found.set(lineIdOf(line), toLedgerLine(line, false));
    if (left <= 0) return { lines: [...found.values()], isComplete: false };
  }
  for (const line of await readCarried(session, { accountId, currency }, upTo)) found.set(line.id, line);
  return { lines: [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), isComplete: true };
}

/** What was posted within some days, to see later whether it grew. */
export async function turnoverWithin(
  session: TenantSession,
  { accountId, currency }: AccountIn,
  { from, to }: { from: string; to: string },
): Promise<{ opening: Turnover | undefined; within: Turnover | undefined }> {
  const { baseCurrency } = await readBooks(session);
  const movements = await readMovements(session, accountId, { from, date: to, baseCurrency });
  const own = movements.find((one) => one.currency === currency);
  return { opening: own?.opening, within: own?.within };
}

export async function readExternalLines(
  session: TenantSession,
  { accountId, currency }: AccountIn,
  from: string,
  to: string,
): Promise<(ExternalLine & Stored)[]> {
  return readRange<ExternalLine & Stored>(session, ['EXTERNAL', accountId, currency], from, to, maxLinesRead);
}

export const ledgerOpenLine = ({ id, minor, date, externalReference, reference, memo }: LedgerLine): OpenLine => ({
  id,
  minor,
  date,
  references: [externalReference, reference, memo].filter((one) => one !== undefined),
});

export const externalOpenLine = ({ id, amount, currency, date, reference, bankId }: ExternalLine): OpenLine => ({
  id,
  minor: toMinorUnits(amount, currency),
  date,
  references: [reference, bankId].filter((one) => one !== undefined),
});

export function toLedgerLine(line: AccountLine, isCarried: boolean): LedgerLine {
  const minor = toMinorUnits(line.amount, line.currency);
  return { ...line, id: lineIdOf(line), minor: line.side === 'debit' ? minor : -minor, isCarried };
}

/** Everything since the first session but the spans whose turnover is what it was. */
async function rangesToRead(
  session: TenantSession,
  account: AccountIn,
  reconciled: ReconciledAccount | undefined,
  upTo: string,
): Promise<{ from: string; to: string }[]> {
  if (reconciled === undefined) return [{ from: '0000-01-01', to: upTo }];
  const isSame = await unchangedSpans(session, account, reconciled);
  const ranges: { from: string; to: string }[] = [];
  let from = reconciled.since;
  for (const [i, span] of reconciled.spans.entries()) {
    if (!isSame[i]) continue;
    if (from < span.from) ranges.push({ from, to: dayBefore(span.from) });
    from = dayAfter(span.to);
  }
  if (from <= upTo) ranges.push({ from, to: upTo });
  return ranges
    .filter((range) => range.from <= upTo)
    .map((range) => ({ ...range, to: range.to < upTo ? range.to : upTo }));
}

/** One reading of the totals tells it for all spans. */
async function unchangedSpans(
  session: TenantSession,
  { accountId, currency }: AccountIn,
  { spans }: ReconciledAccount,
) {
  const last = spans.at(-1);
  if (last === undefined) return [];
  const [{ baseCurrency }, rows] = await Promise.all([
    readBooks(session),
    readTotals(session, accountId, periodOf(last.to)),
  ]);
  const own = rows.filter((row) => row.currency === currency);
  return spans.map((span) => {
    const [movement] = movementsOf(own, { from: span.from, date: span.to, baseCurrency });
    const { debit = 0n, credit = 0n } = movement?.within ?? {};
    return String(debit) === span.debit && String(credit) === span.credit;
  });
}

/** Carried lines that were matched since, in a race with the closing that carried them, are left out. */
async function readCarried(
  session: TenantSession,
  { accountId, currency }: AccountIn,
  upTo: string,
): Promise<LedgerLine[]> {
  const carried = await readRange<LineKey>(session, ['CARRIED', accountId, currency], '0000-01-01', upTo, maxLinesRead);
  const lines = await forEachAccount(carried.map(lineIdOf), async (id) => {
    const key = carried.find((one) => lineIdOf(one) === id)!;
    if (await session.get(matchedLineEntity, key, { consistent: true })) return undefined;
    const line = await session.get(accountLineEntity, key, { consistent: true });
    return line === undefined ? undefined : toLedgerLine(line, true);
  });
  return lines.filter((line) => line !== undefined);
}

async function readRange<T>(
  session: TenantSession,
  pk: readonly string[],
  from: string,
  to: string,
  limit: number,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<T>(carriedLineEntity, {
      pk,
      from: [from],
      to: [to, '~'],
      limit: Math.min(2000, limit - found.length),
      cursor,
      consistent: true,
    });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && found.length < limit);
  return found;
}

export const dayAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
