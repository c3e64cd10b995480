/**
 * Passes that pair one line with one: by reference and amount, or by amount and date. A pair is made only where both
 * lines agree that the other is the best, and no third is as good: what is ambiguous is left to people.
 */
import { type Candidate, distance, groupBy, inOrder, shareKey } from './open-line.ts';

/** How many days nearer than any rival a line must be: banks take a day more or less at random. */
const clearDays = 2;

/** Thousands of equal amounts are not worth more; what is left then stays open. */
const maxRounds = 10;

export type Pair = readonly [ledger: Candidate, external: Candidate];

/** Same amount, and both name the same document. */
export const pairByReference = (
  ledger: readonly Candidate[],
  external: readonly Candidate[],
  maxDays: number,
): Pair[] => pairMutually(ledger, external, (a, b) => distance(a, b) <= maxDays && shareKey(a, b));

/** Same amount, few days apart. Two that name different known documents are no pair. */
export function pairByAmount(ledger: readonly Candidate[], external: readonly Candidate[], maxDays: number): Pair[] {
  const known = (lines: readonly Candidate[]) => new Set(lines.flatMap(({ keys }) => keys));
  const [ofLedger, ofExternal] = [known(ledger), known(external)];
  const isClaimed = (a: Candidate, b: Candidate): boolean =>
    a.keys.some((key) => ofExternal.has(key)) || b.keys.some((key) => ofLedger.has(key));
  return pairMutually(ledger, external, (a, b) => distance(a, b) <= maxDays && (shareKey(a, b) || !isClaimed(a, b)));
}

/** Lines of one side that take each other back: opposite amounts that name the same document. */
export function pairContras(lines: readonly Candidate[]): Pair[] {
  const paired = new Set<string>();
  const pairs: Pair[] = [];
  for (const [, group] of [...groupBy(lines, ({ keys }) => keys)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const open = group.filter(({ id }) => !paired.has(id));
    for (const first of open) {
      if (paired.has(first.id)) continue;
      const second = open
        .filter((one) => one.minor === -first.minor && one.id !== first.id && !paired.has(one.id))
        .sort((a, b) => distance(a, first) - distance(b, first) || inOrder(a, b))[0];
      if (second === undefined) continue;
      paired.add(first.id).add(second.id);
      pairs.push([first, second]);
    }
  }
  return pairs;
}

function pairMutually(
  ledger: readonly Candidate[],
  external: readonly Candidate[],
  fits: (a: Candidate, b: Candidate) => boolean,
): Pair[] {
  const pairs: Pair[] = [];
  const others = groupBy(external, ({ minor }) => [minor]);
  for (const [minor, ours] of groupBy(ledger, (line) => [line.minor])) {
    let [left, right] = [ours, others.get(minor) ?? []];
    // A pair that is made may leave another one without a rival.
    for (let found = true, round = 1; found && round <= maxRounds && left.length > 0 && right.length > 0; round++) {
      const made = left.flatMap((a): Pair[] => {
        const b = nearest(a, right, (one) => fits(a, one));
        return b !== undefined && nearest(b, left, (one) => fits(one, b)) === a ? [[a, b]] : [];
      });
      found = made.length > 0;
      pairs.push(...made);
      const done = new Set(made.flat());
      left = left.filter((line) => !done.has(line));
      right = right.filter((line) => !done.has(line));
    }
  }
  return pairs;
}

/** The nearest in days that fits; undefined when another is about as near. */
function nearest(to: Candidate, lines: readonly Candidate[], fits: (line: Candidate) => boolean) {
  let best: Candidate | undefined;
  let next = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const days = distance(line, to);
    if (days >= next || !fits(line)) continue;
    const nearer = best === undefined ? Number.POSITIVE_INFINITY : distance(best, to);
    if (days < nearer) [best, next] = [line, nearer];
    else next = days;
  }
  return best !== undefined && next - distance(best, to) >= clearDays ? best : undefined;
}
