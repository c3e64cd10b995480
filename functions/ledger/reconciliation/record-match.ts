/** Writes a match: the match itself, a mark on each of its ledger lines, and its statement lines. Both sides only once. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { refused } from '../refused.ts';
import {
  carriedLineEntity,
  type ExternalLine,
  externalLineEntity,
  type Match,
  matchEntity,
  matchedLineEntity,
} from './match-entity.ts';
import type { LedgerLine } from './read-open-lines.ts';
import { addRow, removeRow } from './unaudited-rows.ts';

export interface NewMatch extends Omit<Match, 'ledgerLines' | 'externalLines' | 'matchedAt' | 'matchedBy'> {
  ledger: readonly LedgerLine[];
  external: readonly (ExternalLine & Stored)[];
}

export const alreadyMatched = (): AppError =>
  refused('conflict', 'One of the lines was matched meanwhile.', 'طوبق أحد السطور في هذه الأثناء.');

export const isAlreadyMatched = (error: unknown): boolean => (error as Error).message === alreadyMatched().message;

/** Steps of a transaction that a match takes. */
export const stepsOfMatch = (ledger: readonly LedgerLine[], external: readonly unknown[]): number =>
  2 + ledger.length + ledger.filter(({ isCarried }) => isCarried).length + external.length;

export function recordMatch(
  unit: UnitOfWork,
  session: TenantSession,
  { ledger, external, ...match }: NewMatch,
): Match & Stored {
  refuseTooLarge(ledger.length, external.length);
  const { accountId, currency, id: matchId } = match;
  for (const { date, entryId, line, isCarried } of ledger) {
    const key = { accountId, currency, date, entryId, line };
    addRow(unit, session, matchedLineEntity, { ...key, matchId }, alreadyMatched);
    if (isCarried) removeRow(unit, session, carriedLineEntity, key);
  }
  for (const line of external)
    unit.update(
      externalLineEntity,
      line,
      { status: 'matched', matchId },
      { isAudited: false, refused: alreadyMatched },
    );
  const stored = unit.create(matchEntity, {
    ...match,
    ledgerLines: ledger.map(({ id, date, minor }) => ({ id, date, amount: fromMinorUnits(minor, currency) })),
    externalLines: external.map(({ id, date, amount }) => ({ id, date, amount })),
    matchedAt: session.context.now(),
    matchedBy: session.context.actor?.id ?? 'system',
  });
  return stored;
}

/** Taking a match back may change two rows for each ledger line, and has to fit into a transaction as well. */
function refuseTooLarge(ledger: number, external: number): void {
  if (ledger * 2 + external <= 85) return;
  throw refused(
    'unprocessable',
    'These are too many lines for one match: 40 ledger lines, or 80 statement lines, fit.',
    'السطور كثيرة على مطابقة واحدة: الحد 40 سطرًا من الدفتر أو 80 من الكشف.',
  );
}
