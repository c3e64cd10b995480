/** What a read selected, laid out fragment by fragment: first the events in order, then the states. */
import { ByteWriter } from '../byte-cursor.ts';
import { objectOctets, packBits, writeObject } from '../objects/object-codec.ts';
import { flag } from '../objects/quality-flags.ts';
import { findVariation, groupsOf } from '../objects/registry.ts';
import type { ObjectValue, PointKind, Variation } from '../objects/variation.ts';
import type { Point, PointValue } from './database.ts';
import type { StoredEvent } from './event-buffer.ts';
import { flagsWithinRange, rolledOver } from './object-range.ts';

export interface StaticSelection {
  points: readonly Point[];
  /** Group and variation asked for; undefined leaves the choice to each point. */
  variation?: { group: number; variation: number };
}

export interface SeriesFragment {
  body: Buffer;
  events: StoredEvent[];
  isFinal: boolean;
}

const countedHeaderOctets = 5;
const rangeHeaderOctets = 7;

export class ResponseSeries {
  readonly #events: readonly StoredEvent[];
  readonly #statics: readonly StaticSelection[];
  readonly #bodyOctets: number;
  readonly #isClockSet: () => boolean;
  /** Objects of a fixed shape, such as a time, before all others. */
  readonly #head: Buffer;
  readonly #eventVariations: ReadonlyMap<PointKind, number>;
  #eventsDone = 0;
  #selection = 0;
  #pointsDone = 0;
  #isHeadDone = false;

  constructor(options: {
    events?: readonly StoredEvent[];
    /** Instead of each event's own. */
    eventVariations?: ReadonlyMap<PointKind, number>;
    statics?: readonly StaticSelection[];
    head?: Buffer;
    maxOctets: number;
    isClockSet?: () => boolean;
  }) {
    this.#events = options.events ?? [];
    this.#statics = options.statics ?? [];
    this.#head = options.head ?? Buffer.alloc(0);
    this.#eventVariations = options.eventVariations ?? new Map();
    this.#bodyOctets = options.maxOctets - 4;
    this.#isClockSet = options.isClockSet ?? (() => true);
  }

  next(): SeriesFragment {
    const writer = new ByteWriter(this.#bodyOctets);
    if (!this.#isHeadDone) writer.raw(this.#head);
    this.#isHeadDone = true;
    const events: StoredEvent[] = [];
    while (this.#eventsDone < this.#events.length && this.#writeEventRun(writer, events)) {}
    if (this.#eventsDone >= this.#events.length)
      while (this.#selection < this.#statics.length && this.#writeStaticRun(writer)) {}
    const isFinal = this.#eventsDone >= this.#events.length && this.#selection >= this.#statics.length;
    return { body: writer.written(), events, isFinal };
  }

  /** One object header and the events of one kind behind it. False when the fragment is full. */
  #writeEventRun(writer: ByteWriter, written: StoredEvent[]): boolean {
    const first = this.#events[this.#eventsDone]!;
    // Pushed out by newer ones since it was selected.
    if (first.isGone) {
      this.#eventsDone += 1;
      return true;
    }
    const variation = this.#variationOf(first);
    const isRelative = variation.layout.kind === 'fields' && variation.hasTime && relativeVariations.has(variation);
    const stride = 2 + objectOctets(variation);
    if (!writer.fits((isRelative ? commonTimeOctets : 0) + countedHeaderOctets + stride)) return false;
    if (isRelative) writeCommonTime(writer, first.timeMs, this.#isClockSet());
    writer.u8(variation.group);
    writer.u8(variation.variation);
    writer.u8(0x28);
    const countAt = writer.position;
    writer.u16(0);
    let count = 0;
    for (; this.#eventsDone < this.#events.length && writer.fits(stride); this.#eventsDone += 1) {
      const event = this.#events[this.#eventsDone]!;
      if (event.isGone) continue;
      const relativeMs = event.timeMs - first.timeMs;
      if (this.#variationOf(event) !== variation || (isRelative && (relativeMs < 0 || relativeMs > 0xffff))) break;
      writer.u16(event.index);
      writeObject(writer, variation, { ...objectOf(variation, event), relativeMs });
      written.push(event);
      count += 1;
    }
    writer.patch(countAt, 2, count);
    return true;
  }

  #variationOf({ kind, value, variation }: StoredEvent): Variation {
    const number = kind === 'octet_string' ? stringLength(value) : (this.#eventVariations.get(kind) ?? variation);
    return findVariation(groupsOf[kind].event, number)!;
  }

  /** One object header and the consecutive points behind it. False when the fragment is full. */
  #writeStaticRun(writer: ByteWriter): boolean {
    const selection = this.#statics[this.#selection]!;
    const first = selection.points[this.#pointsDone];
    if (!first) {
      this.#selection += 1;
      this.#pointsDone = 0;
      return true;
    }
    const variation = staticVariation(first, selection);
    const isPacked = variation.layout.kind === 'bits';
    const bits = variation.layout.kind === 'bits' ? variation.layout.bits : 8 * objectOctets(variation);
    if (!writer.fits(rangeHeaderOctets + Math.ceil(bits / 8))) return false;
    const room = Math.floor(((writer.remaining - rangeHeaderOctets) * 8) / bits);
    const run: Point[] = [];
    for (let at = this.#pointsDone; at < selection.points.length && run.length < room; at += 1) {
      const point = selection.points[at]!;
      if (point.index !== first.index + run.length || staticVariation(point, selection) !== variation) break;
      run.push(point);
    }
    const stop = first.index + run.length - 1;
    const width = stop <= 0xff ? 1 : 2;
    writer.u8(variation.group);
    writer.u8(variation.variation);
    writer.u8(width === 1 ? 0x00 : 0x01);
    writer.unsigned(width, first.index);
    writer.unsigned(width, stop);
    if (isPacked)
      writer.raw(
        packBits(
          run.map(({ value }) => value as number | boolean),
          bits as 1 | 2,
        ),
      );
    else for (const point of run) writeObject(writer, variation, objectOf(variation, point));
    this.#pointsDone += run.length;
    return true;
  }
}

const relativeVariations = new Set([findVariation(2, 3)!, findVariation(4, 3)!]);
const commonTimeOctets = 10;

function writeCommonTime(writer: ByteWriter, timeMs: number, isClockSet: boolean): void {
  writer.u8(51);
  writer.u8(isClockSet ? 1 : 2);
  writer.u8(0x07);
  writer.u8(1);
  writer.u48(timeMs);
}

/** A string without octets has no variation; it is told as one octet of zero. */
const stringLength = (value: PointValue): number => (Buffer.isBuffer(value) ? Math.min(255, value.length) || 1 : 1);

function staticVariation(point: Point, { variation }: StaticSelection): Variation {
  const groups = groupsOf[point.kind];
  if (point.kind === 'octet_string') return findVariation(groups.static, stringLength(point.value))!;
  const number = variation && variation.variation !== 0 ? variation.variation : point.staticVariation;
  const found = findVariation(groups.static, number)!;
  // Packed objects tell states alone: a point that is not plainly online is told with its flags (annex A.2.1).
  return found.layout.kind === 'bits' && point.flags !== flag.ONLINE ? findVariation(groups.static, 2)! : found;
}

function objectOf(
  variation: Variation,
  { value, flags, timeMs }: { value: PointValue; flags: number; timeMs: number },
): ObjectValue {
  if (typeof value !== 'number') return { value, flags, timeMs };
  return { value: rolledOver(variation, value), flags: flagsWithinRange(variation, value, flags), timeMs };
}
