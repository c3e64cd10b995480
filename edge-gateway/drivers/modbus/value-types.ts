/**
 * Registers to values and back: every type in every order of bytes. A decoder is built once for each point, so that
 * reading ten thousand of them is ten thousand calls and nothing else.
 */
import type { PointValue } from '../../runtime/driver.ts';
import { isBcd, readBcd, writeBcd } from './bcd.ts';
import type { ByteOrder } from './settings.ts';

export const valueTypes = [
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
  'bcd16',
  'bcd32',
  'string',
  'bitfield',
  'boolean',
] as const;
export type ValueType = (typeof valueTypes)[number];

/** Other names for the same, as makers' manuals and other systems write them. */
export const typeAliases: Readonly<Record<string, ValueType>> = {
  bit: 'boolean',
  bool: 'boolean',
  float: 'float32',
  double: 'float64',
  short: 'int16',
  word: 'uint16',
  dword: 'uint32',
  enum16: 'uint16',
  acc32: 'uint32',
  acc64: 'uint64',
};

export interface RegisterFormat {
  type: ValueType;
  order: ByteOrder;
  /** Registers. */
  length: number;
  /** Bits of a register: one for `boolean`, several for `bitfield`. */
  bits?: { from: number; count: number };
  /** Raw values that mean "not available". */
  sentinels?: readonly (number | bigint)[];
}

const fixedLengths: Partial<Record<ValueType, number>> = {
  int16: 1,
  uint16: 1,
  bcd16: 1,
  boolean: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  bcd32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
};

/** Registers a type takes; undefined where the address must say. */
export const lengthOfType = (type: ValueType): number | undefined => fixedLengths[type];

/** Returns what was read, or undefined when it is no value; `whyNoValue` says why. */
export type Decoder = (data: Buffer, offset: number) => PointValue | undefined;

export function decoderOf(format: RegisterFormat): Decoder {
  const plain = plainDecoder(format);
  const { sentinels } = format;
  if (!sentinels || sentinels.length === 0) return plain;
  const none = new Set<PointValue>(sentinels);
  return (data, offset) => {
    const value = plain(data, offset);
    return value !== undefined && none.has(value) ? undefined : value;
  };
}

function plainDecoder({ type, order, length, bits }: RegisterFormat): Decoder {
  if (type === 'float32' && order === 'ABCD') {
    return (data, offset) => finite(data.readFloatBE(offset));
  }
  const read = readerOf(type, length, bits);
  if (order === 'ABCD') return read;
  const scratch = Buffer.alloc(length * 2);
  return (data, offset) => {
    data.copy(scratch, 0, offset, offset + length * 2);
    return read(reorder(scratch, order), 0);
  };
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

function readerOf(type: ValueType, length: number, bits: RegisterFormat['bits']): Decoder {
  switch (type) {
    case 'int16':
      return (data, offset) => data.readInt16BE(offset);
    case 'uint16':
      return (data, offset) => data.readUInt16BE(offset);
    case 'int32':
      return (data, offset) => data.readInt32BE(offset);
    case 'uint32':
      return (data, offset) => data.readUInt32BE(offset);
    case 'int64':
      return (data, offset) => data.readBigInt64BE(offset);
    case 'uint64':
      return (data, offset) => data.readBigUInt64BE(offset);
    case 'float32':
      return (data, offset) => finite(data.readFloatBE(offset));
    case 'float64':
      return (data, offset) => finite(data.readDoubleBE(offset));
    case 'bcd16':
    case 'bcd32':
      return (data, offset) => (isBcd(data, offset, length * 2) ? readBcd(data, offset, length * 2) : undefined);
    case 'string':
      return (data, offset) => readText(data.subarray(offset, offset + length * 2));
    case 'boolean': {
      const { from } = bits ?? { from: 0 };
      return (data, offset) => ((data.readUInt16BE(offset) >> from) & 1) === 1;
    }
    case 'bitfield': {
      const { from, count } = bits ?? { from: 0, count: length * 16 };
      return (data, offset) => {
        const raw = length === 1 ? data.readUInt16BE(offset) : data.readUInt32BE(offset);
        return Math.floor(raw / 2 ** from) % 2 ** count;
      };
    }
    default:
      return type satisfies never;
  }
}

/** Ends at the first NUL; what pads it is no part of it. */
function readText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return (end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8').trimEnd();
}

/** Swaps in place, and is its own inverse: words end for end, bytes within each word, or both. */
function reorder(bytes: Buffer, order: ByteOrder): Buffer {
  if (order === 'CDAB' || order === 'DCBA') bytes.reverse();
  if (order === 'BADC' || order === 'CDAB') bytes.swap16();
  return bytes;
}

/** Why a decoder found no value. */
export function whyNoValue({ type, sentinels }: RegisterFormat, data: Buffer, offset: number, length: number): string {
  const raw = data.subarray(offset, offset + length * 2).toString('hex');
  if (type.startsWith('bcd')) return `${raw} is not BCD`;
  if (type.startsWith('float') && !sentinels?.length) return `not a number (${raw})`;
  return `the device has no value (${raw})`;
}

/** @throws RangeError when the value does not fit the type */
export function encodeValue({ type, order, length }: RegisterFormat, value: PointValue): Buffer {
  const data = Buffer.alloc(length * 2);
  writeValue(data, type, length, value);
  return order === 'ABCD' ? data : reorder(data, order);
}

function writeValue(data: Buffer, type: ValueType, length: number, value: PointValue): void {
  if (type === 'string') {
    writeText(data, value);
    return;
  }
  if (type === 'int64' || type === 'uint64') {
    const whole = typeof value === 'bigint' ? value : BigInt(wholeNumber(value));
    if (type === 'int64') data.writeBigInt64BE(whole);
    else data.writeBigUInt64BE(whole);
    return;
  }
  if (type === 'float32' || type === 'float64') {
    const number = Number(value);
    if (typeof value === 'string' || !Number.isFinite(number)) throw new RangeError(`${String(value)} is no number.`);
    if (type === 'float64') data.writeDoubleBE(number);
    else if (Number.isFinite(Math.fround(number))) data.writeFloatBE(number);
    else throw new RangeError(`${number} does not fit a float32.`);
    return;
  }
  const number = wholeNumber(value);
  if (type === 'bcd16' || type === 'bcd32') writeBcd(data, number);
  else if (type === 'int16') data.writeInt16BE(number);
  else if (type === 'int32') data.writeInt32BE(number);
  else if (length === 1) data.writeUInt16BE(number);
  else data.writeUInt32BE(number);
}

function writeText(data: Buffer, value: PointValue): void {
  const bytes = Buffer.from(String(value), 'utf8');
  if (bytes.length > data.length) throw new RangeError(`A text of ${bytes.length} bytes exceeds ${data.length}.`);
  bytes.copy(data);
}

function wholeNumber(value: PointValue): number {
  const number = typeof value === 'boolean' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new RangeError(`${String(value)} is no whole number.`);
  }
  return number;
}
