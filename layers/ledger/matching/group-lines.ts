/**
 * Passes that match several lines with one: everything that names the same document, the whole of a day (how gateways pay
 * out), and at last whatever few lines add up to it. Each target line is looked at once, in canonical order.
 */
import { findSum, type SumSearch } from './find-sum.ts';
import { type Candidate, distance, groupBy, sumOfLines } from './open-line.ts';

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
  const take = (target: Candidate, chosen: Candidate[] | undefined): void => {
    if (chosen === undefined) return;
    for (const { id } of chosen) used.add(id);
    groups.push({ parts: chosen, target });
  };
  const isOpen = ({ id }: Candidate): boolean => !used.has(id);
  const done = (): Set<Candidate> => new Set(groups.map(({ target }) => target));

  for (const target of targets) take(target, ofOneReference(target, parts.filter(isOpen), options));
  const withoutReference = targets.filter((target) => !done().has(target));
  for (const target of withoutReference) take(target, ofOneDay(target, parts.filter(isOpen), options));
  const withoutDay = targets.filter((target) => !done().has(target));
  for (const target of withoutDay) {
    const near = nearCandidates(target, parts.filter(isOpen), options);
    const answer = near.length < 2 ? { none: true } : findSum(near, target.minor, options);
    take(target, 'found' in answer && answer.found.length > 1 ? answer.found : undefined);
  }
  return groups;
}

function ofOneReference(target: Candidate, parts: readonly Candidate[], { maxGroup }: GroupOptions) {
  for (const key of target.keys) {
    const group = parts.filter(({ keys }) => keys.includes(key));
    if (isWhole(group, target, maxGroup)) return group;
  }
  return undefined;
}

/** All lines of the target's sign on one day; no other day may do as well. */
function ofOneDay(target: Candidate, parts: readonly Candidate[], { maxDays, maxGroup }: GroupOptions) {
  const near = parts.filter((line) => isSameSign(line, target) && distance(line, target) <= maxDays);
  const days = [...groupBy(near, ({ day }) => [day]).values()].filter((group) => isWhole(group, target, maxGroup));
  return days.length === 1 ? days[0] : undefined;
}

function nearCandidates(
  target: Candidate,
  parts: readonly Candidate[],
  { maxDays, maxCandidates }: GroupOptions,
): Candidate[] {
  return parts
    .map((line, position) => ({ line, position }))
    .filter(({ line }) => isSameSign(line, target) && distance(line, target) <= maxDays)
    .sort((a, b) => distance(a.line, target) - distance(b.line, target) || a.position - b.position)
    .slice(0, maxCandidates)
    .map(({ line }) => line);
}

const isWhole = (group: readonly Candidate[], target: Candidate, maxGroup: number): boolean =>
  group.length > 1 && group.length <= maxGroup && sumOfLines(group) === target.minor;

const isSameSign = (a: Candidate, b: Candidate): boolean => a.minor < 0n === b.minor < 0n;
