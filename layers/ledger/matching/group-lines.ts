/**
 * Passes that match several lines with one: everything that names the same document, the whole of a day (how gateways pay
 * out), and at last whatever few lines add up to it. Each target line is looked at once, in canonical order.
 */
import { findSum, type SumFound, type SumSearch } from './find-sum.ts';
import { type Candidate, groupBy, sumOfLines } from './open-line.ts';

export interface GroupOptions extends SumSearch {
  /** Days between a target and the lines in it. */
  maxDays: number;
  /** Candidates a search looks at: the nearest ones. */
  maxCandidates: number;
  /** Largest group of one reference or one day. */
  maxGroup: number;
}

export interface LineGroup {
  parts: Candidate[];
  target: Candidate;
}

/** @param parts lines several of which make up one target; a group has at least two */
export function groupLines(
  parts: readonly Candidate[],
  targets: readonly Candidate[],
  options: GroupOptions,
): LineGroup[] {
  const groups: LineGroup[] = [];
  const used = new Set<string>();
  const byDay = groupBy(parts, ({ day }) => [day]);
  const byKey = groupBy(parts, ({ keys }) => keys);
  const isOpen = ({ id }: Candidate): boolean => !used.has(id);

  const ofOneReference = (target: Candidate): Candidate[] | undefined =>
    target.keys
      .map((key) => (byKey.get(key) ?? []).filter(isOpen))
      .find((group) => isWhole(group, target, options.maxGroup));

  /** Open lines of the target's sign, day by day within the window, the nearest days first. */
  const daysNear = (target: Candidate): Candidate[][] =>
    daysAround(target.day, options.maxDays)
      .map((day) => (byDay.get(day) ?? []).filter((line) => isOpen(line) && isSameSign(line, target)))
      .filter((group) => group.length > 0);

  /** All lines of one day; no other day may do as well. */
  const ofOneDay = (target: Candidate): Candidate[] | undefined => {
    const days = daysNear(target).filter((group) => isWhole(group, target, options.maxGroup));
    return days.length === 1 ? days[0] : undefined;
  };

  const ofSum = (target: Candidate): Candidate[] | undefined => {
    const near = daysNear(target).flat().slice(0, options.maxCandidates);
    const answer: SumFound = near.length < 2 ? { none: true } : findSum(near, target.minor, options);
    return 'found' in answer && answer.found.length > 1 ? answer.found : undefined;
  };

  let open = targets;
  for (const find of [ofOneReference, ofOneDay, ofSum])
    open = open.filter((target) => {
      const chosen = find(target);
      if (chosen === undefined) return true;
      for (const { id } of chosen) used.add(id);
      groups.push({ parts: chosen, target });
      return false;
    });
  return groups;
}

/** The day itself, then one before, one after, and so on. */
const daysAround = (day: number, maxDays: number): number[] =>
  Array.from({ length: maxDays * 2 + 1 }, (_, i) => day + (i % 2 === 0 ? i / 2 : -(i + 1) / 2));

const isWhole = (group: readonly Candidate[], target: Candidate, maxGroup: number): boolean =>
  group.length > 1 && group.length <= maxGroup && sumOfLines(group) === target.minor;

const isSameSign = (a: Candidate, b: Candidate): boolean => a.minor < 0n === b.minor < 0n;
