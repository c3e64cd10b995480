/**
 * Object headers: group, variation, qualifier and range (IEEE 1815-2012, clause 4.2.2.7).
 * The qualifier octet is `0ppp rrrr`: what stands before every object, and how the objects are counted.
 */
import type { ByteReader, ByteWriter } from '../byte-cursor.ts';
import { malformed } from '../errors.ts';

export type Width = 1 | 2 | 4;

/** Before each object: nothing, its index, or its size. */
export type Prefix = { kind: 'none' } | { kind: 'index'; width: Width } | { kind: 'size'; width: Width };

export type Range =
  | { kind: 'all' }
  /** Both ends belong to it. */
  | { kind: 'range'; start: number; stop: number }
  | { kind: 'count'; count: number };

export interface ObjectHeader {
  group: number;
  variation: number;
  qualifier: number;
  prefix: Prefix;
  range: Range;
}

const widths: readonly Width[] = [1, 2, 4];
const noPrefix: Prefix = { kind: 'none' };
const all: Range = { kind: 'all' };

function prefixOf(qualifier: number): Prefix {
  const code = (qualifier >>> 4) & 0x07;
  if (code === 0) return noPrefix;
  if (code <= 3) return { kind: 'index', width: widths[code - 1]! };
  if (code <= 6) return { kind: 'size', width: widths[code - 4]! };
  throw malformed(`Qualifier 0x${qualifier.toString(16)} has a reserved prefix.`);
}

function readRange(reader: ByteReader, qualifier: number): Range {
  const code = qualifier & 0x0f;
  // 3 to 5 are ranges of virtual addresses, with the same shape.
  if (code <= 5) {
    const width = widths[code % 3]!;
    const start = reader.unsigned(width);
    const stop = reader.unsigned(width);
    if (stop < start) throw malformed(`Range ${start} to ${stop} runs backwards.`);
    return { kind: 'range', start, stop };
  }
  if (code === 6) return all;
  if (code <= 9) return { kind: 'count', count: reader.unsigned(widths[code - 7]!) };
  if (code === 0x0b) return { kind: 'count', count: reader.u8() };
  throw malformed(`Qualifier 0x${qualifier.toString(16)} has a reserved range specifier.`);
}

export function readObjectHeader(reader: ByteReader): ObjectHeader {
  const group = reader.u8();
  const variation = reader.u8();
  const qualifier = reader.u8();
  if (qualifier & 0x80) throw malformed(`Qualifier 0x${qualifier.toString(16)} has its reserved bit set.`);
  const prefix = prefixOf(qualifier);
  const range = readRange(reader, qualifier);
  const isFreeFormat = (qualifier & 0x0f) === 0x0b;
  if (prefix.kind !== 'none' && range.kind !== 'count')
    throw malformed(`Qualifier 0x${qualifier.toString(16)}: prefixes need a count.`);
  if (isFreeFormat !== (prefix.kind === 'size'))
    throw malformed(`Qualifier 0x${qualifier.toString(16)}: sizes go with free format only.`);
  return { group, variation, qualifier, prefix, range };
}

export const qualifierOf = {
  allObjects: 0x06,
  range: { 1: 0x00, 2: 0x01, 4: 0x02 },
  count: { 1: 0x07, 2: 0x08, 4: 0x09 },
  indexed: { 1: 0x17, 2: 0x28, 4: 0x39 },
} as const;

/** The narrowest width that holds the number. */
const widthFor = (largest: number): Width => (largest <= 0xff ? 1 : largest <= 0xffff ? 2 : 4);

export function writeHeader(writer: ByteWriter, group: number, variation: number, range: Range): void {
  writer.u8(group);
  writer.u8(variation);
  if (range.kind === 'all') {
    writer.u8(qualifierOf.allObjects);
    return;
  }
  const width = widthFor(range.kind === 'range' ? range.stop : range.count);
  writer.u8(qualifierOf[range.kind][width]);
  for (const number of range.kind === 'count' ? [range.count] : [range.start, range.stop])
    writer.unsigned(width, number);
}

/** Octets that {@link writeHeader} takes. */
export function headerOctets(range: Range): number {
  if (range.kind === 'all') return 3;
  return 3 + (range.kind === 'count' ? widthFor(range.count) : 2 * widthFor(range.stop));
}
