/**
 * Keys of stored readings: one item is one reading and one write unit, in the partition of its meter and UTC month.
 * The register is part of the sort key: a repeated reading replaces itself, and two readings that claim the same
 * moment with different registers are both kept, whichever came first.
 */
import { queryRange, type RawItem, rawKey } from '../../../layers/kernel/data/bulk.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import {
  packReading,
  type ReadingSource,
  type StoredReading,
  unpackReading,
} from '../../../layers/metering/reading-codec.ts';
import { isoTime, monthOf, monthsBetween, shiftMonth } from '../../../layers/metering/reading-time.ts';

export const readingsTable = 'readings';

/** A reading before it is known when and how it came. */
export type Measured = Omit<MeterReading, 'receivedMs' | 'source'>;

export interface MeterReading extends StoredReading {
  timeMs: number;
}

export function toReadingItem(
  session: TenantSession,
  meterId: string,
  reading: Measured,
  receivedMs: number,
  source: ReadingSource,
): RawItem {
  const time = isoTime(reading.timeMs);
  const item = rawKey(session, ['METER', meterId, time.slice(0, 7)], [time, reading.register]);
  item['d'] = { S: packReading(reading, receivedMs, source) };
  return item;
}

function fromReadingItem(item: RawItem): MeterReading {
  return { ...unpackReading(item['d']!.S!), timeMs: Date.parse(item['sk']!.S!.slice(0, 24)) };
}

/** Above every register after the time in a sort key. */
const afterAll = '#~';

export interface ReadingRange {
  /** Inclusive, milliseconds. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

/** All readings of a period, in order of time. */
export async function readRange(
  session: TenantSession,
  meterId: string,
  { fromMs, toMs }: ReadingRange,
): Promise<MeterReading[]> {
  if (toMs <= fromMs) return [];
  const parts = await Promise.all(
    monthsBetween(fromMs, toMs - 1).map((month) =>
      queryRange(session, readingsTable, {
        pk: ['METER', meterId, month],
        from: isoTime(fromMs),
        to: isoTime(toMs - 1) + afterAll,
      }),
    ),
  );
  return parts.flat().map(fromReadingItem);
}

export interface ReadingPage {
  items: MeterReading[];
  /** Sort key of the last item when there may be more. */
  lastKey: string | null;
}

/** A page over months. @param after sort key of the last item of the page before */
export async function readPage(
  session: TenantSession,
  meterId: string,
  { fromMs, toMs }: ReadingRange,
  options: { order: 'asc' | 'desc'; limit: number; after?: string | undefined },
): Promise<ReadingPage> {
  const { order, limit, after } = options;
  const descending = order === 'desc';
  const months = toMs <= fromMs ? [] : monthsBetween(fromMs, toMs - 1);
  if (descending) months.reverse();
  const rows: RawItem[] = [];
  for (const month of months) {
    if (after !== undefined && (descending ? month > after.slice(0, 7) : month < after.slice(0, 7))) continue;
    const page = await queryRange(session, readingsTable, {
      pk: ['METER', meterId, month],
      from: after !== undefined && !descending ? after : isoTime(fromMs),
      to: after !== undefined && descending ? after : isoTime(toMs - 1) + afterAll,
      order: descending ? 'descending' : 'ascending',
      // One more than asked tells whether there is a next page, and one may be the item the page starts after.
      limit: limit - rows.length + 2,
    });
    rows.push(...page.filter((item) => item['sk']!.S !== after));
    if (rows.length > limit) break;
  }
  const shown = rows.slice(0, limit);
  return {
    items: shown.map(fromReadingItem),
    lastKey: rows.length > limit ? (shown.at(-1)?.['sk']?.S ?? null) : null,
  };
}

/** The nearest reading before a time or, with `after`, at or after it, looking through so many months. */
export async function readNeighbour(
  session: TenantSession,
  meterId: string,
  side: 'before' | 'after',
  timeMs: number,
  months: number,
): Promise<MeterReading | undefined> {
  let month = monthOf(timeMs);
  for (let i = 0; i < months; i++) {
    const [found] = await queryRange(session, readingsTable, {
      pk: ['METER', meterId, month],
      ...(side === 'before' ? { to: isoTime(timeMs - 1) + afterAll } : { from: isoTime(timeMs) }),
      order: side === 'before' ? 'descending' : 'ascending',
      limit: 1,
    });
    if (found !== undefined) return fromReadingItem(found);
    month = shiftMonth(month, side === 'before' ? -1 : 1);
  }
  return undefined;
}
