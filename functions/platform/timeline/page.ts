/** Pages of a walk: how many rows to read for a filter that matches few, and cursors that say where to go on. */

import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Pagination, Paging } from '../../../layers/kernel/http/route.ts';
import { type Position, type WalkOptions, walkTimeline } from './timeline.ts';

/** Rows one request may read; a page that stops here may be short and still have a next one. */
const maxRowsRead = 2000;

/** Takes the rows that `accept` lets through until the page is full. */
export async function takePage<T>(
  walk: AsyncGenerator<T>,
  limit: number,
  positionOf: (row: T) => Position,
  accept: (row: T) => boolean = () => true,
): Promise<{ items: T[]; pagination: Pagination }> {
  const items: T[] = [];
  let read = 0;
  let last: Position | undefined;
  for await (const row of walk) {
    if (items.length === limit || read === maxRowsRead)
      return { items, pagination: { limit, nextCursor: encodePosition(last!) } };
    read++;
    last = positionOf(row);
    if (accept(row)) items.push(row);
  }
  return { items, pagination: { limit, nextCursor: null } };
}

/** A page of the rows of a timeline that `accept` lets through, the newest first. */
export function newestPage<T>(
  session: TenantSession,
  name: KeyParts,
  positionOf: (row: T) => Position,
  { limit, cursor }: Paging,
  options: Pick<WalkOptions, 'entity' | 'index' | 'from' | 'to'>,
  accept?: (row: T) => boolean,
): Promise<{ items: T[]; pagination: Pagination }> {
  const walk = walkTimeline<T>(session, name, positionOf, {
    ...options,
    order: 'descending',
    after: decodePosition(cursor),
    pageSize: Math.min(limit + 1, 100),
  });
  return takePage(walk, limit, positionOf, accept);
}

const encodePosition = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws AppError `invalid_cursor` */
export function decodePosition(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(position) && position.length === 2 && position.every((part) => typeof part === 'string'))
      if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(position[0] ?? '')) return position as unknown as Position;
  } catch {
    // Falls through to the one error for every unreadable cursor.
  }
  throw new AppError('invalid_cursor');
}
