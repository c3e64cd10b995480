/** Bit strings as MMS and the presentation layer carry them: bit 0 is the first, the highest of the first octet. */
import { ProtocolError } from '../errors.ts';
import type { BerElement } from './ber-reader.ts';
import { type BerTree, tlv } from './ber-writer.ts';

export interface Bits {
  /** Number of bits; the last octet may be filled up with zeros. */
  size: number;
  bytes: Uint8Array;
}

export function bitsOf(size: number, set: Iterable<number> = []): Bits {
  const bytes = new Uint8Array(Math.ceil(size / 8));
  for (const bit of set) {
    if (bit < 0 || bit >= size) throw new RangeError(`Bit ${bit} of a string of ${size} bits.`);
    bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  }
  return { size, bytes };
}

export const hasBit = (bits: Bits, bit: number): boolean =>
  bit < bits.size && (bits.bytes[bit >> 3]! & (0x80 >> (bit & 7))) !== 0;

/** Numbers of the bits that are set. */
export function setBits(bits: Bits): number[] {
  const set: number[] = [];
  for (let bit = 0; bit < bits.size; bit++) if (hasBit(bits, bit)) set.push(bit);
  return set;
}

/** The same bits are set, however long the strings are. */
export const equalBits = (a: Bits, b: Bits): boolean => setBits(a).join() === setBits(b).join();

export function readBits({ content }: BerElement): Bits {
  const unused = content[0];
  if (unused === undefined || unused > 7 || (content.length === 1 && unused > 0)) {
    throw new ProtocolError('ber', 'a bit string without a valid count of unused bits');
  }
  return { size: (content.length - 1) * 8 - unused, bytes: content.subarray(1) };
}

export function bitString(tag: number, { size, bytes }: Bits): BerTree {
  const octets = Math.ceil(size / 8);
  if (bytes.length < octets) throw new RangeError(`${bytes.length} octets cannot hold ${size} bits.`);
  return tlv(tag, Buffer.from([octets * 8 - size]), bytes.subarray(0, octets));
}
