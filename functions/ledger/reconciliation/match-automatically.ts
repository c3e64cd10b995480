/** Matches what is sure, many groups to a transaction. Who loses a race against another match reads again and goes on. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { type MatchOptions, matchLines } from '../../../layers/ledger/matching/match-lines.ts';
import { type MatchedGroup, sumOfLines } from '../../../layers/ledger/matching/open-line.ts';
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import { reconciliationMismatch } from '../events.ts';
import { raced, whileRacing } from '../journal-entries/race.ts';
import { refused } from '../refused.ts';
import type { ExternalLine, Match } from './match-entity.ts';
import {
  externalOpenLine,
  type LedgerLine,
  ledgerOpenLine,
  maxLinesRead,
  readExternalLines,
  readOpenLines,
} from './read-open-lines.ts';
import { isAlreadyMatched, recordMatch, stepsOfMatch } from './record-match.ts';
import { type Reconciliation, sessionEntity } from './session-entity.ts';
import { requireOpen, sessionClosed } from './unaudited-rows.ts';

/** Of the hundred steps of a transaction, the check of the session being another. */
const stepsPerTransaction = 98;

interface Group {
  strategy: MatchedGroup['strategy'];
  ledger: LedgerLine[];
  external: (ExternalLine & Stored)[];
}

export async function matchAutomatically(
  session: TenantSession,
  sessionId: string,
  options: MatchOptions,
): Promise<Match[]> {
  const matches: Match[] = [];
  await whileRacing(async () => {
    const target = await requireOpenSession(session, sessionId);
    const open = await openLinesOf(session, target);
    for (const part of chunksOf(groupsOf(open, options)))
      try {
        matches.push(...(await recordGroups(session, target, part)));
      } catch (error) {
        throw isAlreadyMatched(error) ? raced() : error;
      }
  });
  await announceUnmatched(session, sessionId);
  return matches;
}

export interface SessionLines {
  ledger: LedgerLine[];
  external: (ExternalLine & Stored)[];
}

/** @throws AppError `unprocessable` when there are more lines than one reading takes */
export async function openLinesOf(session: TenantSession, target: Reconciliation): Promise<SessionLines> {
  const [{ lines, isComplete }, external] = await Promise.all([
    readOpenLines(session, target, target.to),
    readExternalLines(session, target, target.from, target.to),
  ]);
  if (!isComplete)
    throw refused(
      'unprocessable',
      `The account has more than ${maxLinesRead} lines in these days; open sessions for shorter periods.`,
      `في الحساب أكثر من ${maxLinesRead} سطر في هذه الأيام؛ افتح جلسات لفترات أقصر.`,
    );
  return { ledger: lines, external: external.filter(({ status }) => status === 'open') };
}

export function groupsOf({ ledger, external }: SessionLines, options: MatchOptions): Group[] {
  const ours = new Map(ledger.map((line) => [line.id, line]));
  const theirs = new Map(external.map((line) => [line.id, line]));
  return matchLines(ledger.map(ledgerOpenLine), external.map(externalOpenLine), options).map((group) => ({
    strategy: group.strategy,
    ledger: group.ledger.map((id) => ours.get(id)!),
    external: group.external.map((id) => theirs.get(id)!),
  }));
}

export async function requireOpenSession(session: TenantSession, id: string): Promise<Reconciliation & Stored> {
  const target = await session.require(sessionEntity, { id });
  if (target.status !== 'open') throw sessionClosed();
  return target;
}

function recordGroups(session: TenantSession, target: Reconciliation, groups: readonly Group[]): Promise<Match[]> {
  return session.transact('ledger', (unit) => {
    requireOpen(unit, session, target);
    const { accountId, currency, id: sessionId } = target;
    return groups.map((group) =>
      recordMatch(unit, session, { id: newId('mat'), sessionId, accountId, currency, ...group }),
    );
  });
}

function chunksOf(groups: readonly Group[]): Group[][] {
  const chunks: Group[][] = [];
  let left = 0;
  for (const group of groups) {
    const steps = stepsOfMatch(group.ledger, group.external);
    if (steps > left) {
      chunks.push([]);
      left = stepsPerTransaction;
    }
    chunks.at(-1)!.push(group);
    left -= steps;
  }
  return chunks;
}

/** Says which statement lines nothing in the ledger matches; the same ones only once. */
async function announceUnmatched(session: TenantSession, sessionId: string): Promise<void> {
  await whileRacing(async () => {
    const target = await session.require(sessionEntity, { id: sessionId });
    const lines = await readExternalLines(session, target, target.from, target.to);
    const open = lines.filter(({ status }) => status === 'open');
    const { accountId, currency } = target;
    const amount = sumOfLines(open.map((line) => ({ minor: toMinorUnits(line.amount, currency) })));
    const announced = `${open.length} ${amount}`;
    if (target.status !== 'open' || open.length === 0 || target.announced === announced) return;
    await session.transact('ledger', (unit) => {
      unit.update(sessionEntity, target, { announced }, { isAudited: false, refused: raced });
      unit.emit(reconciliationMismatch, {
        aggregateId: sessionId,
        payload: {
          sessionId,
          accountId,
          currency,
          kind: 'unmatched_lines',
          count: open.length,
          amount: fromMinorUnits(amount, currency),
        },
      });
    });
  });
}
