/** Finds what a read asks for: events by class or group, states by class 0, group, range or one by one (clause 4.4.1). */

import type { ObjectBlock } from '../application/fragment.ts';
import { type Indications, indication } from '../application/internal-indications.ts';
import { findVariation, pointKinds, pointsOfGroup } from '../objects/registry.ts';
import type { PointKind } from '../objects/variation.ts';
import type { Database, Point } from './database.ts';
import type { EventBuffer, EventClass, StoredEvent } from './event-buffer.ts';
import type { StaticSelection } from './response-series.ts';

export interface Selection {
  events: StoredEvent[];
  /** Where the read named a variation. */
  eventVariations: Map<PointKind, number>;
  statics: StaticSelection[];
  /** Dead-bands and times that were asked for. */
  others: ObjectBlock[];
  indications: Indications;
}

export function select(blocks: readonly ObjectBlock[], database: Database, buffer: EventBuffer): Selection {
  const events = new Set<StoredEvent>();
  const selection: Selection = { events: [], eventVariations: new Map(), statics: [], others: [], indications: 0 };
  for (const block of blocks) {
    const points = pointsOfGroup(block.group);
    if (block.group === 60 && block.variation >= 1 && block.variation <= 4)
      selectClass(block, database, buffer, events, selection);
    else if (points?.role === 'event') selectEvents(block, points.kind, buffer, events, selection);
    else if (points && isReadable(block)) selectPoints(block, points.kind, database, selection);
    else if (block.group === 34 || (block.group === 50 && block.variation === 1)) selection.others.push(block);
    else selection.indications |= indication('objectUnknown');
  }
  selection.events = [...events].sort((a, b) => a.number - b.number);
  return selection;
}

/** Variation 0 is "as you like"; a string's length is the outstation's to tell. */
const isReadable = ({ group, variation }: ObjectBlock): boolean =>
  variation === 0 || group === 110 || findVariation(group, variation)?.role === 'static';

const limitOf = ({ range }: ObjectBlock): number | undefined => (range.kind === 'count' ? range.count : undefined);

function selectClass(
  block: ObjectBlock,
  database: Database,
  buffer: EventBuffer,
  events: Set<StoredEvent>,
  selection: Selection,
): void {
  if (block.variation > 1) {
    for (const event of buffer.select([(block.variation - 1) as EventClass], limitOf(block))) events.add(event);
    return;
  }
  for (const kind of pointKinds) {
    const points = database.all(kind).filter(({ isInClass0 }) => isInClass0);
    if (points.length > 0) selection.statics.push({ points });
  }
}

function selectEvents(
  block: ObjectBlock,
  kind: PointKind,
  buffer: EventBuffer,
  events: Set<StoredEvent>,
  selection: Selection,
): void {
  const isKnown = block.variation === 0 || findVariation(block.group, block.variation)?.role === 'event';
  if (!isKnown) {
    selection.indications |= indication('objectUnknown');
    return;
  }
  // One variation for all events of a kind: of several that a read names, the last.
  if (block.variation !== 0 && kind !== 'octet_string') selection.eventVariations.set(kind, block.variation);
  for (const event of buffer.select([1, 2, 3], limitOf(block), (candidate) => candidate.kind === kind))
    events.add(event);
}

/** Points that a header of a static group names, and whether all of them are there. */
export function pointsNamed(
  block: ObjectBlock,
  kind: PointKind,
  database: Database,
): { points: readonly Point[]; isComplete: boolean } {
  const all = database.all(kind);
  const { range } = block;
  if (range.kind === 'all') return { points: all, isComplete: true };
  if (range.kind === 'range') {
    const points = all.filter(({ index }) => index >= range.start && index <= range.stop);
    return { points, isComplete: points.length === range.stop - range.start + 1 };
  }
  if (block.prefix.kind === 'none') return { points: all.slice(0, range.count), isComplete: range.count <= all.length };
  const found = block.indices.map((index) => database.find(kind, index));
  return { points: found.filter((point) => point !== undefined), isComplete: !found.includes(undefined) };
}

function selectPoints(block: ObjectBlock, kind: PointKind, database: Database, selection: Selection): void {
  const { points, isComplete } = pointsNamed(block, kind, database);
  if (!isComplete) selection.indications |= indication('parameterError');
  const { group, variation } = block;
  if (points.length > 0) selection.statics.push({ points, variation: { group, variation } });
}
