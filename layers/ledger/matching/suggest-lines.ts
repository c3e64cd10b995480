/** For statement lines that nothing matches surely: which ledger lines a person might mean, and by how much they differ. */
import { type Candidate, distance, groupBy, inOrder, type OpenLine, shareKey, toCandidates } from './open-line.ts';

export interface Suggestion {
  external: string;
  ledger: string;
  /** `reference`: the same document, another amount. `amount`: the same amount, further away or not the only one. */
  because: 'reference' | 'amount';
  /** Statement minus ledger, in minor units. */
  difference: bigint;
}

const perLine = 3;

/** @param maxDays how far apart lines of equal amount may be */
export function suggestLines(
  ledgerLines: readonly OpenLine[],
  externalLines: readonly OpenLine[],
  maxDays = 45,
): Suggestion[] {
  const ledger = toCandidates(ledgerLines);
  const byKey = groupBy(ledger, ({ keys }) => keys);
  const byAmount = groupBy(ledger, ({ minor }) => [minor]);
  const near = (external: Candidate): Candidate[] => {
    const ofSameAmount = (byAmount.get(external.minor) ?? []).filter((one) => distance(one, external) <= maxDays);
    return [...new Set([...external.keys.flatMap((key) => byKey.get(key) ?? []), ...ofSameAmount])];
  };
  return toCandidates(externalLines).flatMap((external) =>
    near(external)
      .sort(
        (a, b) =>
          rank(a, external) - rank(b, external) || distance(a, external) - distance(b, external) || inOrder(a, b),
      )
      .slice(0, perLine)
      .map(
        (one): Suggestion => ({
          external: external.id,
          ledger: one.id,
          because: shareKey(one, external) ? 'reference' : 'amount',
          difference: external.minor - one.minor,
        }),
      ),
  );
}

const rank = (line: Candidate, external: Candidate): number =>
  (line.minor === external.minor ? 0 : 2) + (shareKey(line, external) ? 0 : 1);
