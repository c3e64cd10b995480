/** Both sides of a session as a person works on them: what is open here, what is open there, and what may belong together. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { dayNumber, sumOfLines } from '../../../layers/ledger/matching/open-line.ts';
import { suggestLines } from '../../../layers/ledger/matching/suggest-lines.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { groupsOf, openLinesOf } from './match-automatically.ts';
import { externalOpenLine, type LedgerLine, ledgerOpenLine } from './read-open-lines.ts';
import { sessionEntity } from './session-entity.ts';

/** Lines shown of each side; the sums are of all. */
const shown = 500;

export async function showBasket(session: TenantSession, sessionId: string) {
  const target = await session.require(sessionEntity, { id: sessionId });
  const open = await openLinesOf(session, target);
  const { accountId, currency, from, to, status } = target;
  const groups = groupsOf(open, {});
  const [ours, theirs] = [
    new Set(groups.flatMap(({ ledger }) => ledger.map(({ id }) => id))),
    new Set(groups.flatMap(({ external }) => external.map(({ id }) => id))),
  ];
  const suggestions = suggestLines(
    open.ledger.filter(({ id }) => !ours.has(id)).map(ledgerOpenLine),
    open.external.filter(({ id }) => !theirs.has(id)).map(externalOpenLine),
  );
  const external = open.external.map(externalOpenLine);
  return {
    sessionId,
    accountId,
    currency,
    from,
    to,
    status,
    ledger: {
      count: open.ledger.length,
      sum: fromMinorUnits(sumOfLines(open.ledger), currency),
      lines: open.ledger.slice(0, shown).map((line) => showLedgerLine(line, to)),
    },
    statement: {
      count: external.length,
      sum: fromMinorUnits(sumOfLines(external), currency),
      lines: open.external.slice(0, shown),
    },
    proposals: groups.slice(0, shown).map(({ strategy, ledger, external: other }) => ({
      strategy,
      ledgerLines: ledger.map(({ id }) => id),
      externalLines: other.map(({ id }) => id),
    })),
    suggestions: suggestions.slice(0, shown).map(({ external: statement, ledger, because, difference }) => ({
      ledgerLine: ledger,
      externalLine: statement,
      because,
      difference: fromMinorUnits(difference, currency),
    })),
  };
}

/** @param on the day its age is counted to */
export function showLedgerLine({ minor, isCarried, ...line }: LedgerLine, on: string) {
  return {
    id: line.id,
    date: line.date,
    entryId: line.entryId,
    line: line.line,
    reference: line.reference,
    externalReference: line.externalReference,
    description: line.description,
    descriptionAr: line.descriptionAr,
    memo: line.memo,
    amount: fromMinorUnits(minor, line.currency),
    ageDays: Math.max(0, dayNumber(on) - dayNumber(line.date)),
    isCarried,
  };
}
