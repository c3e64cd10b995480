/**
 * Matches what a person says belongs together. What the two sides differ by is refused, unless the person says where to
 * book it: then the entry, its own ledger line included, is part of the match and of its transaction.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { sumOfLines } from '../../../layers/ledger/matching/open-line.ts';
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import { readBooks } from '../books/read-books.ts';
import { reconciliationMismatch } from '../events.ts';
import { accountLineEntity } from '../journal-entries/entry-entity.ts';
import { postEntry, type StoredEntry } from '../journal-entries/post-entries.ts';
import { refused } from '../refused.ts';
import { dateOfExternalId, readLineId } from './line-id.ts';
import { requireOpenSession } from './match-automatically.ts';
import { carriedLineEntity, type ExternalLine, externalLineEntity, type Match } from './match-entity.ts';
import { type LedgerLine, toLedgerLine } from './read-open-lines.ts';
import { alreadyMatched, recordMatch } from './record-match.ts';
import type { Reconciliation } from './session-entity.ts';
import { requireOpen } from './unaudited-rows.ts';

export interface Difference {
  /** @default the account with the role `suspense` */
  accountId?: string | undefined;
  /** @default the day of the latest statement line */
  date?: string | undefined;
  /** For an account in a foreign currency. */
  rate?: string | undefined;
}

export interface ManualMatch {
  ledgerLines: readonly string[];
  externalLines: readonly string[];
  reason?: string | undefined;
  difference?: Difference | undefined;
}

export async function matchManually(session: TenantSession, sessionId: string, asked: ManualMatch): Promise<Match> {
  const target = await requireOpenSession(session, sessionId);
  const [ledger, external] = await Promise.all([
    readLedgerLines(session, target, [...new Set(asked.ledgerLines)]),
    readStatementLines(session, target, [...new Set(asked.externalLines)]),
  ]);
  if (ledger.length + external.length === 0)
    throw refused('unprocessable', 'Name the lines that belong together.', 'حدد السطور المتطابقة.');
  const { currency, accountId } = target;
  const minor =
    sumOfLines(external.map(({ amount }) => ({ minor: toMinorUnits(amount, currency) }))) - sumOfLines(ledger);
  const id = newId('mat');
  const match = {
    id,
    sessionId,
    accountId,
    currency,
    strategy: 'manual' as const,
    reason: asked.reason,
    ledger,
    external,
  };
  if (minor === 0n)
    return session.transact('ledger', (unit) => {
      requireOpen(unit, session, target);
      return recordMatch(unit, session, match);
    });
  const difference = fromMinorUnits(minor, currency);
  if (asked.difference === undefined)
    throw refused(
      'unprocessable',
      `The statement has ${difference} ${currency} more than the ledger; say with "difference" where to book it.`,
      `في الكشف ${difference} ${currency} زيادة على الدفتر؛ حدد في "difference" أين يُقيّد الفرق.`,
    );
  return bookDifference(
    session,
    target,
    asked.difference,
    minor,
    (unit, entry, line) =>
      recordMatch(unit, session, { ...match, difference, differenceEntryId: entry.id, ledger: [...ledger, line] }),
    external,
    id,
  );
}

/** @param minor statement minus ledger: what the account lacks */
async function bookDifference(
  session: TenantSession,
  target: Reconciliation,
  { accountId: against, date, rate }: Difference,
  minor: bigint,
  record: (unit: UnitOfWork, entry: StoredEntry, line: LedgerLine) => Match,
  external: readonly ExternalLine[],
  matchId: string,
): Promise<Match> {
  const { accountId, currency, id: sessionId } = target;
  const { roles } = await readBooks(session);
  const other = against ?? roles['suspense'];
  if (other === undefined)
    throw refused('unprocessable', 'No account has the role "suspense".', 'لا يوجد حساب للدور "suspense".');
  if (other === accountId)
    throw refused('unprocessable', 'A difference goes to another account.', 'يُقيّد الفرق على حساب آخر.');
  const day =
    date ??
    external
      .map((line) => line.date)
      .sort()
      .at(-1) ??
    target.to;
  if (day < target.from || day > target.to)
    throw refused('unprocessable', `${day} is not within the session.`, `${day} ليس ضمن الجلسة.`);
  const amount = fromMinorUnits(minor < 0n ? -minor : minor, currency);
  const line = { amount, currency, ...(rate === undefined ? {} : { rate }) };
  const [side, otherSide] = minor > 0n ? (['debit', 'credit'] as const) : (['credit', 'debit'] as const);
  let match: Match | undefined;
  await postEntry(
    session,
    {
      id: newId('jrn'),
      journal: 'reconciliation',
      date: day,
      description: `Reconciliation difference of account ${accountId}`,
      descriptionAr: `فرق تسوية الحساب ${accountId}`,
      // A reversal carries it too, so that matching finds the two together.
      externalReference: matchId,
      lines: [
        { accountId, side, ...line },
        { accountId: other, side: otherSide, ...line },
      ],
      source: { type: 'reconciliation', aggregateId: sessionId },
    },
    {
      also: (unit, [entry]) => {
        requireOpen(unit, session, target);
        const { date: posted, journal, reference, description, id, lines } = entry!;
        const own = { ...lines[0]!, currency, baseAmount: lines[0]!.baseAmount!, date: posted, journal, description };
        match = record(unit, entry!, toLedgerLine({ ...own, reference: reference!, entryId: id, line: 1 }, false));
        unit.emit(reconciliationMismatch, {
          aggregateId: sessionId,
          payload: {
            sessionId,
            accountId,
            currency,
            kind: 'difference_booked',
            count: 1,
            amount: fromMinorUnits(minor, currency),
            entryId: id,
          },
        });
      },
    },
  );
  return match!;
}

export async function readLedgerLines(
  session: TenantSession,
  { accountId, currency, to }: Pick<Reconciliation, 'accountId' | 'currency' | 'to'>,
  ids: readonly string[],
): Promise<LedgerLine[]> {
  return Promise.all(
    ids.map(async (id) => {
      const key = { accountId, currency, ...readLineId(id) };
      const [line, carried] = await Promise.all([
        session.get(accountLineEntity, key, { consistent: true }),
        session.get(carriedLineEntity, key, { consistent: true }),
      ]);
      if (line === undefined || key.date > to)
        throw refused('unprocessable', `"${id}" is no line of this session.`, `"${id}" ليس سطرًا في هذه الجلسة.`);
      return toLedgerLine(line, carried !== undefined);
    }),
  );
}

function readStatementLines(
  session: TenantSession,
  { accountId, currency, id: sessionId }: Reconciliation,
  ids: readonly string[],
): Promise<(ExternalLine & Stored)[]> {
  return Promise.all(
    ids.map(async (id) => {
      const key = { accountId, currency, date: dateOfExternalId(id), id };
      const line = await session.get(externalLineEntity, key, { consistent: true });
      if (line?.sessionId !== sessionId)
        throw refused(
          'unprocessable',
          `"${id}" is no statement line of this session.`,
          `"${id}" ليس سطر كشف في هذه الجلسة.`,
        );
      if (line.status === 'matched') throw alreadyMatched();
      return line;
    }),
  );
}
