/**
 * One ordered list out of several partitions. An index partition takes 1,000 writes a second, and a throttled
 * index throttles its table, so lists that a whole fleet writes to are spread over shards and merged when read.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../errors/app-error.ts';
import { cursorProblem, sortKeyOfCursor } from './cursor.ts';
import type { Entity, ItemOf, Stored } from './entity.ts';
import { joinParts, type KeyParts, splitParts } from './keys.ts';
import type { Page, QueryOptions, TenantSession } from './session.ts';

/** The shard of an id: the same for ever, evenly spread. */
export function shardOf(id: string, shards: number): number {
  return createHash('sha1').update(id).digest().readUInt32BE(0) % shards;
}

export interface ShardedQuery<T> extends Omit<QueryOptions, 'pk' | 'cursor' | 'beginsWith' | 'limit'> {
  /** Partitions to merge. */
  partitions: readonly KeyParts[];
  /** The sort key of an item in the queried index: unique over all partitions. */
  sortKeyOf: (item: T) => KeyParts;
  limit: number;
  cursor?: string | undefined;
}

/**
 * A page in the order of sort keys over all partitions; the cursor is a sort key, so it fits any number of shards. A page may be
 * short, or empty, and still have a cursor where rows are long or hardly any fits the filter.
 */
export async function queryShards<E extends Entity>(
  session: TenantSession,
  entity: E,
  { partitions, sortKeyOf, limit, cursor, ...options }: ShardedQuery<ItemOf<E> & Stored>,
): Promise<Page<ItemOf<E> & Stored>> {
  type Item = ItemOf<E> & Stored;
  const descending = options.order === 'descending';
  const isBefore = (a: string, b: string): boolean => (descending ? a > b : a < b);
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const bounds = after === undefined ? {} : descending ? { to: after } : { from: after };
  const pages = await Promise.all(
    partitions.map((pk) => session.query<Item>(entity, { ...options, ...bounds, pk, limit: limit + 2 })),
  ).catch((error: unknown) => {
    throw cursorProblem(error, cursor);
  });
  const lastSeen = after && joinParts(after);
  // As far as all shards were read: beyond it, one may hold what comes before that of another.
  const known = pages
    .flatMap(({ nextCursor }) => nextCursor ?? [])
    .map((next) => sortKeyOfCursor(next, `${options.index ?? ''}sk`))
    .reduce<string | undefined>((a, b) => (a === undefined || isBefore(b, a) ? b : a), undefined);
  const merged = pages
    .flatMap(({ items }) => items.map((item) => ({ item, key: joinParts(sortKeyOf(item)) })))
    .filter(({ key }) => lastSeen === undefined || isBefore(lastSeen, key))
    .filter(({ key }) => known === undefined || !isBefore(known, key))
    .sort((a, b) => (isBefore(a.key, b.key) ? -1 : 1));
  const page = merged.slice(0, limit).map(({ item }) => item);
  const ends = known === undefined ? undefined : splitParts(known);
  const next = merged.length > limit ? sortKeyOf(page.at(-1)!) : ends;
  return { items: page, nextCursor: next === undefined ? null : writeCursor(next) };
}

const writeCursor = (parts: KeyParts): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

function readCursor(cursor: string): KeyParts {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length > 0 && parts.every((part) => typeof part === 'string')) return parts;
  } catch {
    // Falls through to the one error for every unreadable cursor.
  }
  throw new AppError('invalid_cursor');
}
