/**
 * What matching sees of a line, whether it comes from the ledger or from a bank: a signed amount, a day, and the numbers
 * people know it by. All passes work on one canonical order, so the outcome does not depend on the order of arrival.
 */

export interface OpenLine {
  /** Unique on its side. */
  id: string;
  /** Signed minor units: money in (a debit of the account) is positive. Never zero. */
  minor: bigint;
  /** `2026-03-15` */
  date: string;
  /** Numbers of documents, cheques, transfers, as written. */
  references: readonly string[];
}

/** An open line as the passes use it. */
export interface Candidate {
  id: string;
  minor: bigint;
  /** Days since 1970. */
  day: number;
  keys: readonly string[];
}

export const strategies = ['contra', 'exact', 'reference', 'amount_date', 'many_to_one', 'one_to_many'] as const;
export type Strategy = (typeof strategies)[number];

/** Lines that belong together; the sums of both sides are equal. */
export interface MatchedGroup {
  strategy: Strategy;
  ledger: string[];
  external: string[];
}

export const dayNumber = (date: string): number => Math.floor(Date.parse(`${date}T00:00:00Z`) / 86_400_000);

/** `inv 0042/7` and `INV-42-7` differ, `INV-0042` and `inv0042` do not; what is too short to tell anything is dropped. */
function referenceKey(text: string): string | undefined {
  const key = text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
  return key.length >= 3 && /\p{N}/u.test(key) ? key : undefined;
}

export function toCandidates(lines: readonly OpenLine[]): Candidate[] {
  return lines
    .map(({ id, minor, date, references }) => ({
      id,
      minor,
      day: dayNumber(date),
      keys: [...new Set(references.map(referenceKey).filter((key) => key !== undefined))].sort(),
    }))
    .filter(({ minor }) => minor !== 0n)
    .sort(inOrder);
}

/** By day, amount and id: total, since ids are unique. */
export function inOrder(a: Candidate, b: Candidate): number {
  if (a.day !== b.day) return a.day - b.day;
  if (a.minor !== b.minor) return a.minor < b.minor ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export const distance = (a: Candidate, b: Candidate): number => Math.abs(a.day - b.day);

export const sumOfLines = (lines: readonly { minor: bigint }[]): bigint =>
  lines.reduce((sum, { minor }) => sum + minor, 0n);

export const shareKey = (a: Candidate, b: Candidate): boolean => a.keys.some((key) => b.keys.includes(key));

/** Lines by something they have in common, in the order of the lines. */
export function groupBy<K>(
  lines: readonly Candidate[],
  keysOf: (line: Candidate) => readonly K[],
): Map<K, Candidate[]> {
  const groups = new Map<K, Candidate[]>();
  for (const line of lines)
    for (const key of keysOf(line)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [line]);
      else group.push(line);
    }
  return groups;
}
