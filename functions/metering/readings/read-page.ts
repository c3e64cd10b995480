/** Pages over a meter's readings as people look at them: what arrived, what was added, and what was decided about each. */
import { queryRange, type RawItem } from '../../../layers/kernel/data/bulk.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Standing } from '../../../layers/metering/reading-edits.ts';
import { isoTime, monthsBetween } from '../../../layers/metering/reading-time.ts';
import {
  afterAll,
  decide,
  isOverlay,
  type MeterReading,
  type ReadingRange,
  readingsTable,
  toOverlay,
} from './readings-store.ts';

export interface ReadingPage {
  items: Standing<MeterReading>[];
  /** Sort key of the last item when there may be more. */
  lastKey: string | null;
}

interface PageOptions {
  order: 'asc' | 'desc';
  limit: number;
  /** Sort key of the last item of the page before. */
  after?: string | undefined;
}

/** A page over months. */
export async function readPage(
  session: TenantSession,
  meterId: string,
  range: ReadingRange,
  options: PageOptions,
): Promise<ReadingPage> {
  const keys = await keysOfPage(session, meterId, range, options);
  const shown = keys.slice(0, options.limit);
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return { items: [], lastKey: null };
  const times = [first.slice(0, 24), last.slice(0, 24)].sort() as [string, string];
  const parts = await Promise.all(
    monthsBetween(Date.parse(times[0]), Date.parse(times[1])).map((month) =>
      queryRange(session, readingsTable, { pk: ['METER', meterId, month], from: times[0], to: times[1] + afterAll }),
    ),
  );
  const wanted = new Set(shown);
  const items = decide(parts.flat()).filter((each) => wanted.has(keyOf(each)));
  if (options.order === 'desc') items.reverse();
  return { items, lastKey: keys.length > options.limit ? last : null };
}

const keyOf = ({ reading, named, isAdded }: Standing<MeterReading>): string =>
  `${isoTime(reading.timeMs)}#${isAdded ? 'E' : ''}${named}`;

/** Sort keys of the readings of a page, and of one more if there is one. */
async function keysOfPage(
  session: TenantSession,
  meterId: string,
  { fromMs, toMs }: ReadingRange,
  { order, limit, after }: PageOptions,
): Promise<string[]> {
  const descending = order === 'desc';
  const months = toMs <= fromMs ? [] : monthsBetween(fromMs, toMs - 1);
  if (descending) months.reverse();
  const keys: string[] = [];
  for (const month of months) {
    if (after !== undefined && (descending ? month > after.slice(0, 7) : month < after.slice(0, 7))) continue;
    let edge = after;
    for (;;) {
      const wanted = limit - keys.length + 2;
      const items: RawItem[] = await queryRange(session, readingsTable, {
        pk: ['METER', meterId, month],
        from: edge !== undefined && !descending ? edge : isoTime(fromMs),
        to: edge !== undefined && descending ? edge : isoTime(toMs - 1) + afterAll,
        order: descending ? 'descending' : 'ascending',
        // One more than asked tells whether there is a next page, and one may be the item the page starts after.
        limit: wanted,
      });
      const found = items.map((item) => item['sk']!.S!).filter((key, i) => key !== edge && isReading(items[i]!));
      keys.push(...found);
      if (keys.length > limit || items.length < wanted) break;
      edge = items.at(-1)!['sk']!.S!;
    }
    if (keys.length > limit) break;
  }
  return keys;
}

/** A decision about an arrival is no reading of its own. */
const isReading = (item: RawItem): boolean => !isOverlay(item) || toOverlay(item).isAdded;
