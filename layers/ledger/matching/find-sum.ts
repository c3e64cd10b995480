/**
 * Which of some lines add up to an amount: a payout to the payments in it. Subset sum is exponential at worst, so the
 * search is bounded by a number of steps, and gives up rather than guess when two answers are possible.
 */
import type { Candidate } from './open-line.ts';

export interface SumSearch {
  /** Largest number of lines in a group. */
  maxLines: number;
  /** Steps one search may take. */
  maxSteps: number;
}

export type SumFound =
  | { found: Candidate[] }
  | { none: true }
  /** Two different answers, or the search was too long to say. */
  | { unsure: true };

/** @param lines all of the sign of the target */
export function findSum(lines: readonly Candidate[], target: bigint, { maxLines, maxSteps }: SumSearch): SumFound {
  const goal = target < 0n ? -target : target;
  const sizes = lines.map((line) => ({ line, size: line.minor < 0n ? -line.minor : line.minor }));
  // Large amounts first: a branch that is too large ends early. Equal amounts keep their canonical order.
  const ordered = sizes
    .filter(({ size }) => size <= goal)
    .sort((a, b) => (a.size === b.size ? 0 : a.size > b.size ? -1 : 1));
  const rest = new Array<bigint>(ordered.length + 1).fill(0n);
  for (let i = ordered.length - 1; i >= 0; i--) rest[i] = rest[i + 1]! + ordered[i]!.size;
  const chosen: number[] = [];
  const answers: number[][] = [];
  let steps = 0;

  const search = (position: number, left: bigint): void => {
    if (answers.length > 1 || ++steps > maxSteps) return;
    if (left === 0n) {
      answers.push([...chosen]);
      return;
    }
    if (chosen.length === maxLines) return;
    for (let i = position; i < ordered.length && rest[i]! >= left; i++) {
      if (ordered[i]!.size > left) continue;
      chosen.push(i);
      search(i + 1, left - ordered[i]!.size);
      chosen.pop();
      if (answers.length > 1 || steps > maxSteps) return;
    }
  };
  search(0, goal);

  if (answers.length > 1 || steps > maxSteps) return { unsure: true };
  const [answer] = answers;
  return answer === undefined ? { none: true } : { found: answer.map((i) => ordered[i]!.line) };
}
