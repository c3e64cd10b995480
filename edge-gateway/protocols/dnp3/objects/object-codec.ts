/** Reads and writes the objects behind an object header. Sizes are checked against what is there before anything is made. */

import type { ObjectHeader } from '../application/object-header.ts';
import type { ByteReader, ByteWriter } from '../byte-cursor.ts';
import { malformed } from '../errors.ts';
import { findVariation } from './registry.ts';
import type { ObjectValue, Variation } from './variation.ts';

export interface IndexedObject {
  /** Index of the point; where the header gives none, the position. */
  index: number;
  object: ObjectValue;
}

const indexAt = (header: ObjectHeader, position: number): number =>
  header.range.kind === 'range' ? header.range.start + position : position;

const countOf = ({ range }: ObjectHeader): number =>
  range.kind === 'range' ? range.stop - range.start + 1 : range.kind === 'count' ? range.count : 0;

/** Indices alone: `17` and `28` in a request name points without objects. */
export function readIndices(reader: ByteReader, header: ObjectHeader): number[] {
  if (header.prefix.kind !== 'index' || header.range.kind !== 'count') return [];
  const { width } = header.prefix;
  if (header.range.count * width > reader.remaining) throw malformed(`${header.range.count} indices do not fit.`);
  return Array.from({ length: header.range.count }, () => reader.unsigned(width));
}

/** @throws Dnp3Error `malformed`, also for objects whose size is not known */
export function readObjects(reader: ByteReader, header: ObjectHeader): IndexedObject[] {
  const count = countOf(header);
  if (header.prefix.kind === 'size') return readSized(reader, header.prefix.width, count);
  const description = findVariation(header.group, header.variation);
  if (!description) throw malformed(`Object ${header.group}.${header.variation} is not known.`);
  const { layout } = description;
  if (layout.kind === 'none' || header.range.kind === 'all') return [];
  if (layout.kind === 'bits') return readBits(reader, header, layout.bits, count);
  const prefixOctets = header.prefix.kind === 'index' ? header.prefix.width : 0;
  const least = layout.kind === 'attribute' ? 2 : layout.octets;
  if (count * (prefixOctets + least) > reader.remaining)
    throw malformed(`${count} objects ${header.group}.${header.variation} do not fit into ${reader.remaining} octets.`);
  const result = new Array<IndexedObject>(count);
  for (let position = 0; position < count; position += 1) {
    const index = prefixOctets > 0 ? reader.unsigned(prefixOctets as 1 | 2 | 4) : indexAt(header, position);
    result[position] = { index, object: readObject(reader, description) };
  }
  return result;
}

function readObject(reader: ByteReader, { layout }: Variation): ObjectValue {
  if (layout.kind === 'octets') return { value: Buffer.from(reader.bytes(layout.octets)) };
  if (layout.kind === 'attribute') {
    const type = reader.u8();
    return { count: type, value: Buffer.from(reader.bytes(reader.u8())) };
  }
  const object: ObjectValue = {};
  if (layout.kind === 'fields') for (const field of layout.fields) field.read(reader, object);
  return object;
}

function readBits(reader: ByteReader, header: ObjectHeader, bits: 1 | 2, count: number): IndexedObject[] {
  if (header.prefix.kind !== 'none') throw malformed('Packed objects have no prefix.');
  const octets = Math.ceil((count * bits) / 8);
  if (octets > reader.remaining) throw malformed(`${count} packed objects do not fit.`);
  const packed = reader.bytes(octets);
  const perOctet = 8 / bits;
  return Array.from({ length: count }, (_, position) => {
    const raw = packed[Math.floor(position / perOctet)]! >>> (bits * (position % perOctet));
    return {
      index: indexAt(header, position),
      object: { value: bits === 1 ? (raw & 1) === 1 : raw & 3 },
    };
  });
}

function readSized(reader: ByteReader, width: 1 | 2 | 4, count: number): IndexedObject[] {
  if (count * width > reader.remaining) throw malformed(`${count} sized objects do not fit.`);
  return Array.from({ length: count }, (_, index) => ({
    index,
    object: { value: Buffer.from(reader.bytes(reader.unsigned(width))) },
  }));
}

/** Octets of one object, without a prefix. Packed objects have no size of their own. */
export function objectOctets({ layout }: Variation): number {
  return layout.kind === 'fields' || layout.kind === 'octets' ? layout.octets : 0;
}

export function writeObject(writer: ByteWriter, { layout }: Variation, object: ObjectValue): void {
  if (layout.kind === 'fields') {
    for (const field of layout.fields) field.write(writer, object);
  } else if (layout.kind === 'octets') {
    const octets = Buffer.alloc(layout.octets);
    if (object.value instanceof Uint8Array) octets.set(object.value.subarray(0, layout.octets));
    writer.raw(octets);
  }
}

/** Packs values of one or two bits, the first into the lowest bits (annex A.2.1, A.4.1). */
export function packBits(values: readonly (number | boolean)[], bits: 1 | 2): Buffer {
  const octets = Buffer.alloc(Math.ceil((values.length * bits) / 8));
  const perOctet = 8 / bits;
  values.forEach((value, position) => {
    octets[Math.floor(position / perOctet)]! |=
      (Number(value) & (bits === 1 ? 1 : 3)) << (bits * (position % perOctet));
  });
  return octets;
}
