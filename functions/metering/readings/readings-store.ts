/**
 * Keys of stored readings: one item is one reading and one write unit, in the partition of its meter and UTC month.
 * The register is part of the sort key: a repeated reading replaces itself, and two readings that claim the same
 * moment with different registers are both kept, whichever came first. What a person decided about a reading lies
 * beside it, under the same moment, and never in its place.
 */
import { queryRange, type RawItem, rawKey } from '../../../layers/kernel/data/bulk.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import {
  packReading,
  type ReadingSource,
  type StoredReading,
  unpackReading,
} from '../../../layers/metering/reading-codec.ts';
import {
  type EditMark,
  layOver,
  type Overlay,
  type Standing,
  unpackOverlay,
} from '../../../layers/metering/reading-edits.ts';
import { isoTime, monthOf, monthsBetween, shiftMonth } from '../../../layers/metering/reading-time.ts';

export const readingsTable = 'readings';

/** A reading before it is known when and how it came. */
export type Measured = Omit<MeterReading, 'receivedMs' | 'source'>;

export interface MeterReading extends StoredReading {
  timeMs: number;
  /** The message or request it came with. */
  messageId?: string;
  /** `{station}/{device}` of its topic; missing when it did not come by MQTT. */
  via?: string;
  /** What a person decided about it. */
  edit?: EditMark;
}

/** The message a reading came with, as one attribute: its id, and the parts of its topic that say something. */
export interface Origin {
  messageId: string;
  via?: string | undefined;
}

export function toReadingItem(
  session: TenantSession,
  meterId: string,
  reading: Measured,
  receivedMs: number,
  source: ReadingSource,
  origin?: Origin,
): RawItem {
  const time = isoTime(reading.timeMs);
  const item = rawKey(session, ['METER', meterId, time.slice(0, 7)], [time, reading.register]);
  item['d'] = { S: packReading(reading, receivedMs, source) };
  if (origin !== undefined)
    item['m'] = { S: origin.via === undefined ? origin.messageId : `${origin.messageId} ${origin.via}` };
  return item;
}

function fromReadingItem(item: RawItem): MeterReading {
  const reading = unpackReading(item['d']!.S!) as MeterReading;
  reading.timeMs = timeOf(item);
  const origin = item['m']?.S;
  if (origin !== undefined) {
    const space = origin.lastIndexOf(' ');
    reading.messageId = space < 0 ? origin : origin.slice(0, space);
    if (space >= 0) reading.via = origin.slice(space + 1);
  }
  return reading;
}

const timeLength = 24;
const timeOf = (item: RawItem): number => Date.parse(item['sk']!.S!.slice(0, timeLength));

/** Marks the row of a decision: above every digit, below the end of the moment. */
const overlayMark = 'E';
export const isOverlay = (item: RawItem): boolean => item['sk']!.S![timeLength + 1] === overlayMark;

export const overlayKey = (session: TenantSession, meterId: string, timeMs: number, register: number): RawItem =>
  rawKey(session, ['METER', meterId, monthOf(timeMs)], [isoTime(timeMs), `${overlayMark}${register}`]);

export const toOverlay = (item: RawItem): Overlay =>
  unpackOverlay(timeOf(item), Number(item['sk']!.S!.slice(timeLength + 2)), item['e']!.S!);

/**
 * @param items arrivals and decisions about them, as they lie in the table
 * @param overlays the decisions that count. @default those among the items
 */
export function decide(
  items: readonly RawItem[],
  overlays: readonly Overlay[] = items.filter(isOverlay).map(toOverlay),
): Standing<MeterReading>[] {
  const arrived = items.filter((item) => !isOverlay(item)).map(fromReadingItem);
  return layOver(arrived, overlays, ({ timeMs, register, exportRegister }) => ({
    timeMs,
    register,
    ...(exportRegister === undefined ? {} : { exportRegister }),
    receivedMs: timeMs,
    source: 'manual',
  }));
}

const standing = (items: readonly RawItem[]): MeterReading[] =>
  decide(items).flatMap(({ reading, stands, edit }) => (stands ? [edit ? { ...reading, edit } : reading] : []));

/** Above every register after the time in a sort key. */
export const afterAll = '#~';

export interface ReadingRange {
  /** Inclusive, milliseconds. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

/** All readings of a period that stand, in order of time. */
export async function readRange(session: TenantSession, meterId: string, range: ReadingRange): Promise<MeterReading[]> {
  return standing(await readItems(session, meterId, range));
}

/** What arrived in a period and what was decided about it, as it lies in the table. */
export async function readItems(
  session: TenantSession,
  meterId: string,
  { fromMs, toMs }: ReadingRange,
): Promise<RawItem[]> {
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
  return parts.flat();
}

/** Everything of one moment: what arrived, what was added, and what stands of it. */
export async function readMoment(
  session: TenantSession,
  meterId: string,
  timeMs: number,
): Promise<{ readings: Standing<MeterReading>[]; overlays: Overlay[] }> {
  const items = await queryRange(session, readingsTable, {
    pk: ['METER', meterId, monthOf(timeMs)],
    from: isoTime(timeMs),
    to: isoTime(timeMs) + afterAll,
  });
  return { readings: decide(items), overlays: items.filter(isOverlay).map(toOverlay) };
}

/** Enough that the readings of one moment and the decisions about them are rarely cut. */
const neighbourRows = 8;

/** The nearest reading that stands before a time or, with `after`, at or after it, looking through so many months. */
export async function readNeighbour(
  session: TenantSession,
  meterId: string,
  side: 'before' | 'after',
  timeMs: number,
  months: number,
): Promise<MeterReading | undefined> {
  let month = monthOf(timeMs);
  const isBefore = side === 'before';
  for (let i = 0; i < months; i++) {
    let edge: string | undefined = isBefore ? isoTime(timeMs - 1) + afterAll : isoTime(timeMs);
    while (edge !== undefined) {
      const items: RawItem[] = await queryRange(session, readingsTable, {
        pk: ['METER', meterId, month],
        ...(isBefore ? { to: edge } : { from: edge }),
        order: isBefore ? 'descending' : 'ascending',
        limit: neighbourRows,
      });
      const { whole, next } = wholeMoments(items, isBefore);
      const found = isBefore ? standing(whole.reverse()).at(-1) : standing(whole)[0];
      if (found !== undefined) return found;
      edge = next;
    }
    month = shiftMonth(month, isBefore ? -1 : 1);
  }
  return undefined;
}

/** Leaves out the last moment of a full page, which may be cut; `next` is where to read on. */
function wholeMoments(items: readonly RawItem[], isBefore: boolean): { whole: RawItem[]; next: string | undefined } {
  const last = items.at(-1)?.['sk']?.S?.slice(0, timeLength);
  if (last === undefined || items.length < neighbourRows) return { whole: [...items], next: undefined };
  const whole = items.filter((item) => !item['sk']!.S!.startsWith(last));
  // One moment that fills a page alone is taken as it is read.
  if (whole.length === 0)
    return { whole: [...items], next: isBefore ? isoTime(Date.parse(last) - 1) + afterAll : last + afterAll };
  return { whole, next: isBefore ? last + afterAll : last };
}
