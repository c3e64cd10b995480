/** Contents of the primitive ASN.1 types that the ISO stack uses, both ways. */
import { ProtocolError } from '../errors.ts';
import type { BerElement } from './ber-reader.ts';
import { type BerTree, tlv } from './ber-writer.ts';

/** Two's complement in the fewest octets (8825-1, 8.3). */
function integerContent(value: number | bigint): Buffer {
  if (typeof value === 'bigint') return bigIntegerContent(value);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an integer that a number holds exactly.`);
  if (value >= -0x80 && value < 0x80) return Buffer.from([value & 0xff]);
  if (value < -0x80000000 || value > 0x7fffffff) return bigIntegerContent(BigInt(value));
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes.subarray(leadingOctets(bytes));
}

function bigIntegerContent(value: bigint): Buffer {
  if (value < -(1n << 63n) || value >= 1n << 64n) throw new RangeError(`${value} does not fit into 64 bits.`);
  const bytes = Buffer.alloc(9);
  bytes.writeInt8(value < 0n ? -1 : 0);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  return bytes.subarray(leadingOctets(bytes));
}

/** How many octets at the front say nothing but the sign that follows anyway. */
function leadingOctets(bytes: Buffer): number {
  let skip = 0;
  while (
    skip < bytes.length - 1 &&
    ((bytes[skip] === 0 && bytes[skip + 1]! < 0x80) || (bytes[skip] === 0xff && bytes[skip + 1]! >= 0x80))
  ) {
    skip++;
  }
  return skip;
}

/** A number while it is exact, a bigint beyond. */
export function readInteger({ content }: BerElement): number | bigint {
  if (content.length === 0 || content.length > 9) throw new ProtocolError('ber', `integer of ${content.length} octets`);
  if (content.length <= 6) return content.readIntBE(0, content.length);
  let value = BigInt(content.readInt8(0));
  for (let at = 1; at < content.length; at++) value = (value << 8n) | BigInt(content[at]!);
  return toExact(value);
}

/** Also takes the encoding without a leading zero that some devices send for values with the highest bit set. */
export function readUnsigned(element: BerElement): number | bigint {
  const value = readInteger(element);
  if (value >= 0) return value;
  return toExact(BigInt.asUintN(element.content.length * 8, BigInt(value)));
}

const toExact = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** An integer that counts, names or chooses: anything beyond 32 bits is an error. */
export function readSmallInteger(element: BerElement): number {
  const value = readInteger(element);
  if (typeof value === 'bigint' || Math.abs(value) > 0xffffffff) {
    throw new ProtocolError('ber', `${value} where a 32-bit integer belongs`);
  }
  return value;
}

export function readBoolean({ content }: BerElement): boolean {
  if (content.length !== 1) throw new ProtocolError('ber', `boolean of ${content.length} octets`);
  return content[0] !== 0;
}

/** Visible strings and identifiers: one octet, one character. */
export const readText = ({ content }: BerElement): string => content.toString('latin1');

export const integer = (tag: number, value: number | bigint): BerTree => tlv(tag, integerContent(value));
export const boolean = (tag: number, value: boolean): BerTree => tlv(tag, Buffer.from([value ? 0xff : 0]));
export const text = (tag: number, value: string): BerTree => tlv(tag, Buffer.from(value, 'latin1'));
export const nothing = (tag: number): BerTree => tlv(tag);
