/**
 * Lists by time for rows that come too fast for one partition: each day has its own partitions, several of them, and a
 * small directory says which days hold anything, so that reading a quiet year costs no more than reading its busy days.
 */
import { defineEntity, type Entity, type IndexName, type KeySchema } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';

/** Four partitions a day take 4,000 writes a second: ten times what a utility of a million meters publishes. */
const shardsPerDay = 4;

/** A place in a timeline: the time and the id of a row. */
export type Position = readonly [time: string, id: string];

interface TimelineDay {
  name: string;
  day: string;
}

const dayEntity = defineEntity<TimelineDay, TimelineDay>()({
  name: 'timeline day',
  table: 'platform',
  key: ({ name, day }) => ({ pk: ['TIMELINE', name], sk: [day] }),
  idOf: ({ day }) => day,
});

const dayOf = (time: string): string => time.slice(0, 10);

/** Ids end in random digits, so their last two spread evenly. */
const shardOf = (id: string): number => (id.charCodeAt(id.length - 1) + id.charCodeAt(id.length - 2)) % shardsPerDay;

/** The index key of a row in the timeline `name`. */
export function timelineKey(name: KeyParts, [time, id]: Position): KeySchema {
  return { pk: [...name, dayOf(time), shardOf(id)], sk: [time, id] };
}

const markedDays = new Set<string>();
const maxMarked = 10_000;

/** Enters days into the directory before their rows are written; a day once entered by this process costs nothing more. */
export async function markDays(
  session: TenantSession,
  rows: Iterable<{ name: KeyParts; time: string }>,
): Promise<void> {
  const missing = new Map<string, TimelineDay>();
  for (const { name, time } of rows) {
    const day = { name: name.join('#'), day: dayOf(time) };
    const mark = `${session.tenantId} ${day.name} ${day.day}`;
    if (!markedDays.has(mark)) missing.set(mark, day);
  }
  if (missing.size === 0) return;
  await writeMany([...missing.values()].map((day) => putStep(session, dayEntity, day)));
  if (markedDays.size > maxMarked) markedDays.clear();
  for (const mark of missing.keys()) markedDays.add(mark);
}

export interface WalkOptions {
  entity: Entity;
  /** @default the table itself */
  index?: IndexName;
  order: 'ascending' | 'descending';
  /** Inclusive bounds, ISO 8601. */
  from?: string | undefined;
  to?: string | undefined;
  /** Begin behind this row. */
  after?: Position | undefined;
  /** Rows read from a partition at a time. */
  pageSize: number;
}

/** Walks one timeline over all its days, in the order of time and id. */
export async function* walkTimeline<T>(
  session: TenantSession,
  name: KeyParts,
  positionOf: (row: T) => Position,
  options: WalkOptions,
): AsyncGenerator<T> {
  for (const day of await daysOf(session, name, options)) {
    const partitions = Array.from({ length: shardsPerDay }, (_, shard) => [...name, day, shard]);
    yield* walkPartitions<T>(session, partitions, positionOf, options);
  }
}

async function daysOf(session: TenantSession, name: KeyParts, options: WalkOptions): Promise<string[]> {
  const { from, to, after, order } = options;
  const bound = after && dayOf(after[0]);
  const earliest = [from && dayOf(from), order === 'ascending' ? bound : undefined].filter(Boolean).sort().at(-1);
  const latest = [to && dayOf(to), order === 'descending' ? bound : undefined].filter(Boolean).sort()[0];
  const days: string[] = [];
  // DynamoDB refuses a BETWEEN whose bounds are the wrong way round.
  if (earliest && latest && earliest > latest) return days;
  let cursor: string | undefined;
  do {
    const page: { items: TimelineDay[]; nextCursor: string | null } = await session.query(dayEntity, {
      pk: ['TIMELINE', name.join('#')],
      ...(earliest === undefined ? {} : { from: [earliest] }),
      ...(latest === undefined ? {} : { to: [latest] }),
      order,
      limit: 200,
      cursor,
    });
    days.push(...page.items.map(({ day }) => day));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return days;
}

/** Walks partitions that share one order as if they were one. */
export async function* walkPartitions<T>(
  session: TenantSession,
  partitions: readonly KeyParts[],
  positionOf: (row: T) => Position,
  options: WalkOptions,
): AsyncGenerator<T> {
  const streams = partitions.map((pk) => readPartition<T>(session, pk, positionOf, options));
  const heads: IteratorResult<T, undefined>[] = await Promise.all(streams.map((stream) => stream.next()));
  const direction = options.order === 'ascending' ? 1 : -1;
  for (;;) {
    let best = -1;
    let bestRow: T | undefined;
    for (const [i, head] of heads.entries()) {
      if (head.done) continue;
      if (best >= 0 && direction * compare(positionOf(head.value), positionOf(bestRow as T)) >= 0) continue;
      best = i;
      bestRow = head.value;
    }
    if (best < 0) return;
    yield bestRow as T;
    heads[best] = await streams[best]!.next();
  }
}

async function* readPartition<T>(
  session: TenantSession,
  pk: KeyParts,
  positionOf: (row: T) => Position,
  { entity, index, order, from, to, after, pageSize }: WalkOptions,
): AsyncGenerator<T, undefined> {
  const isForward = order === 'ascending';
  const lower = isForward && after ? after : from === undefined ? undefined : [from];
  // U+FFFF sorts behind every id of the last moment.
  const upper = !isForward && after ? after : to === undefined ? undefined : [to, '\uffff'];
  if (lower && upper && lower[0]! > upper[0]!) return undefined;
  let cursor: string | undefined;
  do {
    const page: { items: T[]; nextCursor: string | null } = await session.query<T>(entity, {
      ...(index === undefined ? {} : { index }),
      pk,
      ...(lower === undefined ? {} : { from: lower }),
      ...(upper === undefined ? {} : { to: upper }),
      order,
      limit: pageSize,
      cursor,
    });
    for (const row of page.items) if (after === undefined || compare(positionOf(row), after) !== 0) yield row;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}

function compare(a: Position, b: Position): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
