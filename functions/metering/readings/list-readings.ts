/** Lists a meter's readings of a period, page by page over its months. */
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { maxClockSkewMs } from '../../../layers/metering/check-reading.ts';
import { readPage } from './read-page.ts';
import { type Reading, toReading } from './reading-schema.ts';

const dayMs = 86_400_000;
const defaultDays = 31;
/** Every month is a query even when it is empty. */
const maxDays = 5 * 366;
const sortKeyShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#E?\d{1,16}$/;

export async function listReadings(
  session: TenantSession,
  meterId: string,
  query: { from?: string | undefined; to?: string | undefined; order: 'asc' | 'desc' },
  { limit, cursor }: Paging,
): Promise<Page<Reading>> {
  const toMs = query.to === undefined ? Date.parse(session.context.now()) + maxClockSkewMs : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - defaultDays * dayMs : Date.parse(query.from);
  if (fromMs >= toMs) throw refused('`from` is not before `to`.');
  if (toMs - fromMs > maxDays * dayMs) throw refused('The period is longer than five years.');
  const { items, lastKey } = await readPage(
    session,
    meterId,
    { fromMs, toMs },
    { order: query.order, limit, after: cursor === undefined ? undefined : readCursor(cursor) },
  );
  return {
    items: items.map(({ reading, edit }) => toReading(meterId, edit ? { ...reading, edit } : reading)),
    nextCursor: lastKey === null ? null : Buffer.from(lastKey).toString('base64url'),
  };
}

/** A cursor is a place in time within the meter of the path: it opens nothing else. */
function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!sortKeyShape.test(key)) throw new AppError('invalid_cursor');
  return key;
}

const refused = (message: string): AppError =>
  new AppError('unprocessable', message, { details: [{ in: 'query', path: '/from', message }] });
