/** Builds fragments: requests of a master and responses of an outstation, never longer than the peer takes. */
import { ByteWriter } from '../byte-cursor.ts';
import { Dnp3Error } from '../errors.ts';
import { type IndexedObject, objectOctets, packBits, writeObject } from '../objects/object-codec.ts';
import { findVariation } from '../objects/registry.ts';
import type { ObjectValue, Variation } from '../objects/variation.ts';
import { type ApplicationControl, controlOctet } from './fragment-header.ts';
import { headerOctets, qualifierOf, type Range, writeHeader } from './object-header.ts';

export const defaultMaxFragmentOctets = 2048;

const described = (group: number, variation: number): Variation => {
  const description = findVariation(group, variation);
  if (!description)
    throw new Dnp3Error('invalid_argument', `Object ${group}.${variation} is not known to this library.`);
  return description;
};

/** Object headers and objects of a request, in the order they are added. */
export class RequestBody {
  readonly #writer: ByteWriter;

  constructor(maxOctets = defaultMaxFragmentOctets) {
    this.#writer = new ByteWriter(maxOctets - 2);
  }

  #room(octets: number): ByteWriter {
    if (!this.#writer.fits(octets)) throw new Dnp3Error('invalid_argument', 'The request does not fit one fragment.');
    return this.#writer;
  }

  /** Names objects without sending any. */
  header(group: number, variation: number, range: Range = { kind: 'all' }): this {
    writeHeader(this.#room(headerOctets(range)), group, variation, range);
    return this;
  }

  /** Objects with an index each. */
  indexed(group: number, variation: number, objects: readonly IndexedObject[]): this {
    const description = described(group, variation);
    const indexWidth = objects.every(({ index }) => index <= 0xff) && objects.length <= 0xff ? 1 : 2;
    const writer = this.#room(3 + indexWidth + objects.length * (indexWidth + objectOctets(description)));
    writer.u8(group);
    writer.u8(variation);
    writer.u8(qualifierOf.indexed[indexWidth]);
    writer.unsigned(indexWidth, objects.length);
    for (const { index, object } of objects) {
      writer.unsigned(indexWidth, index);
      writeObject(writer, description, object);
    }
    return this;
  }

  /** One object that belongs to no point, such as a time. */
  single(group: number, variation: number, object: ObjectValue): this {
    const description = described(group, variation);
    const writer = this.#room(4 + objectOctets(description));
    writeHeader(writer, group, variation, { kind: 'count', count: 1 });
    writeObject(writer, description, object);
    return this;
  }

  /** Packed bits of consecutive points, e.g. internal indications to clear. */
  bits(group: number, variation: number, start: number, values: readonly boolean[]): this {
    const range = { kind: 'range', start, stop: start + values.length - 1 } as const;
    const octets = packBits(values, 1);
    const writer = this.#room(headerOctets(range) + octets.length);
    writeHeader(writer, group, variation, range);
    writer.raw(octets);
    return this;
  }

  octets(): Buffer {
    return this.#writer.written();
  }
}

export const emptyBody = Buffer.alloc(0);

export function requestFragment(functionCode: number, sequence: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0xc0 | sequence, functionCode), body]);
}

/** Confirmations repeat the sequence number of what they confirm (clause 4.2.2.4). */
export const confirmFragment = (sequence: number, isUnsolicited: boolean): Buffer =>
  Buffer.of(0xc0 | (isUnsolicited ? 0x10 : 0) | sequence, 0);

export function responseFragment(
  control: ApplicationControl,
  functionCode: number,
  indications: number,
  body: Uint8Array,
): Buffer {
  const fragment = Buffer.allocUnsafe(4 + body.length);
  fragment[0] = controlOctet(control);
  fragment[1] = functionCode;
  fragment.writeUInt16LE(indications, 2);
  fragment.set(body, 4);
  return fragment;
}
