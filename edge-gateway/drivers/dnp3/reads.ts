/** Which objects to read for which points: neighbours share a range, so that a scan is a few headers and not hundreds. */
import {
  groupsOf,
  type PointKind,
  type PollSettings,
  pointRange,
  type ReadHeader,
} from '../../protocols/dnp3/index.ts';
import type { Dnp3Point } from './point.ts';

/** Reading a few unwanted points costs less than another header. */
const largestGap = 4;

export function readsFor(points: Iterable<Pick<Dnp3Point, 'kind' | 'index'>>): ReadHeader[] {
  const byKind = Map.groupBy(points, ({ kind }) => kind);
  return [...byKind].flatMap(([kind, members]) => rangesOf(members.map(({ index }) => index)).map(headerOf(kind)));
}

const headerOf =
  (kind: PointKind) =>
  ([start, stop]: readonly [number, number]): ReadHeader =>
    pointRange(groupsOf[kind].static, 0, start, stop);

function rangesOf(indices: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && index - last[1] <= largestGap + 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}

/** Points that are scanned, by scan rate. */
export function scansFor(points: readonly { scanRateMs: number; point: Dnp3Point }[]): PollSettings[] {
  const scanned = points.filter(({ point }) => point.scan);
  return [...Map.groupBy(scanned, ({ scanRateMs }) => scanRateMs)].map(([periodMs, members]) => ({
    name: `scan every ${periodMs} ms`,
    periodMs,
    read: readsFor(members.map(({ point }) => point)),
  }));
}
