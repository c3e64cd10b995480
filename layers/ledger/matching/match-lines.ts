/**
 * Matches open lines of an account with lines of a statement, the surest ways first. Pure and deterministic: the same
 * lines give the same groups in whatever order they come, each line is in one group at most, and every group balances.
 */
import { type GroupOptions, groupLines } from './group-lines.ts';
import {
  type Candidate,
  type MatchedGroup,
  type OpenLine,
  type Strategy,
  strategies,
  toCandidates,
} from './open-line.ts';
import { pairByAmount, pairByReference, pairContras } from './pair-lines.ts';

export interface MatchOptions {
  /** Ways to use. @default all */
  strategies?: readonly Strategy[] | undefined;
  /** Days between lines of equal amount. @default 3 */
  dateWindowDays?: number | undefined;
  /** Lines that may add up to one when nothing else says that they belong together. @default 6 */
  maxGroupLines?: number | undefined;
}

/** Who names the document may pay it much later. */
const referenceWindowDays = 120;

const searchBounds = { maxCandidates: 40, maxSteps: 20_000, maxGroup: 30 };

export function matchLines(
  ledgerLines: readonly OpenLine[],
  externalLines: readonly OpenLine[],
  { strategies: asked = strategies, dateWindowDays = 3, maxGroupLines = 6 }: MatchOptions = {},
): MatchedGroup[] {
  let ledger = toCandidates(ledgerLines);
  let external = toCandidates(externalLines);
  const bounds: GroupOptions = { ...searchBounds, maxDays: dateWindowDays, maxLines: maxGroupLines };
  const groups: MatchedGroup[] = [];
  const ids = (lines: readonly Candidate[]): string[] => lines.map(({ id }) => id);

  const passes: Record<Strategy, () => Omit<MatchedGroup, 'strategy'>[]> = {
    contra: () => pairContras(ledger).map((pair) => ({ ledger: ids(pair), external: [] })),
    exact: () => pairs(pairByReference(ledger, external, 0)),
    reference: () => pairs(pairByReference(ledger, external, referenceWindowDays)),
    amount_date: () => pairs(pairByAmount(ledger, external, dateWindowDays)),
    many_to_one: () =>
      groupLines(ledger, external, bounds).map(({ parts, target }) => ({ ledger: ids(parts), external: [target.id] })),
    one_to_many: () =>
      groupLines(external, ledger, bounds).map(({ parts, target }) => ({ ledger: [target.id], external: ids(parts) })),
  };
  for (const strategy of strategies) {
    if (!asked.includes(strategy)) continue;
    const found = passes[strategy]();
    groups.push(...found.map((group) => ({ strategy, ...group })));
    const matched = (side: 'ledger' | 'external') => new Set(found.flatMap((group) => group[side]));
    const [ours, theirs] = [matched('ledger'), matched('external')];
    ledger = ledger.filter(({ id }) => !ours.has(id));
    external = external.filter(({ id }) => !theirs.has(id));
  }
  return groups;
}

const pairs = (found: readonly (readonly [Candidate, Candidate])[]) =>
  found.map(([a, b]) => ({ ledger: [a.id], external: [b.id] }));
