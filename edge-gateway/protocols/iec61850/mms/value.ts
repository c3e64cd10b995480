/**
 * Data of MMS (ISO 9506-2, 14.4.2) as plain values that keep their MMS type, so that what was read can be written back
 * unchanged. Integers are numbers while exact, bigint beyond.
 */
import { type BerElement, elementsOf } from '../asn1/ber-reader.ts';
import { type BerNode, tlv, tlvOf } from '../asn1/ber-writer.ts';
import { type Bits, bitString, readBits } from '../asn1/bit-string.ts';
import { objectIdentifier, readObjectIdentifier } from '../asn1/object-identifier.ts';
import { boolean, integer, readBoolean, readInteger, readText, readUnsigned, text } from '../asn1/primitives.ts';
import { ProtocolError } from '../errors.ts';
import { type BinaryTime, binaryTimeContent, readBinaryTime } from './binary-time.ts';
import { floatContent, readFloat } from './float.ts';
import { readUtcTime, type UtcTime, utcTimeContent } from './utc-time.ts';

export type MmsValue =
  | { type: 'structure' | 'array'; items: MmsValue[] }
  | { type: 'boolean'; value: boolean }
  | { type: 'integer' | 'unsigned'; value: number | bigint }
  /** `width` in bits: 32 or 64. */
  | { type: 'float'; value: number; width: 32 | 64 }
  | { type: 'bit-string' | 'boolean-array'; value: Bits }
  | { type: 'octet-string'; value: Uint8Array }
  | { type: 'visible-string' | 'mms-string' | 'generalized-time'; value: string }
  | { type: 'binary-time'; value: BinaryTime }
  | { type: 'utc-time'; value: UtcTime }
  | { type: 'bcd'; value: number | bigint }
  | { type: 'object-identifier'; value: string };

const tags = {
  array: 0xa1,
  structure: 0xa2,
  boolean: 0x83,
  bitString: 0x84,
  integer: 0x85,
  unsigned: 0x86,
  float: 0x87,
  octetString: 0x89,
  visibleString: 0x8a,
  generalizedTime: 0x8b,
  binaryTime: 0x8c,
  bcd: 0x8d,
  booleanArray: 0x8e,
  objectIdentifier: 0x8f,
  mmsString: 0x90,
  utcTime: 0x91,
} as const;

export function encodeValue(data: MmsValue): BerNode {
  switch (data.type) {
    case 'array':
      return tlvOf(tags.array, data.items.map(encodeValue));
    case 'structure':
      return tlvOf(tags.structure, data.items.map(encodeValue));
    case 'boolean':
      return boolean(tags.boolean, data.value);
    case 'bit-string':
      return bitString(tags.bitString, data.value);
    case 'boolean-array':
      return bitString(tags.booleanArray, data.value);
    case 'integer':
      return integer(tags.integer, data.value);
    case 'unsigned':
      if (data.value < 0) throw new RangeError(`${data.value} is not unsigned.`);
      return integer(tags.unsigned, data.value);
    case 'bcd':
      return integer(tags.bcd, data.value);
    case 'float':
      return tlv(tags.float, floatContent(data.value, data.width));
    case 'octet-string':
      return tlv(tags.octetString, data.value);
    case 'visible-string':
      return text(tags.visibleString, data.value);
    case 'generalized-time':
      return text(tags.generalizedTime, data.value);
    case 'mms-string':
      return tlv(tags.mmsString, Buffer.from(data.value, 'utf8'));
    case 'binary-time':
      return tlv(tags.binaryTime, binaryTimeContent(data.value));
    case 'utc-time':
      return tlv(tags.utcTime, utcTimeContent(data.value));
    case 'object-identifier':
      return objectIdentifier(tags.objectIdentifier, data.value);
    default:
      return data satisfies never;
  }
}

/** @throws ProtocolError when the data has no such type or the content does not fit it */
export function decodeValue(element: BerElement): MmsValue {
  switch (element.tag) {
    case tags.array:
      return { type: 'array', items: elementsOf(element).map(decodeValue) };
    case tags.structure:
      return { type: 'structure', items: elementsOf(element).map(decodeValue) };
    case tags.boolean:
      return { type: 'boolean', value: readBoolean(element) };
    case tags.bitString:
      return { type: 'bit-string', value: readBits(element) };
    case tags.booleanArray:
      return { type: 'boolean-array', value: readBits(element) };
    case tags.integer:
      return { type: 'integer', value: readInteger(element) };
    case tags.unsigned:
      return { type: 'unsigned', value: readUnsigned(element) };
    case tags.bcd:
      return { type: 'bcd', value: readInteger(element) };
    case tags.float:
      return { type: 'float', ...readFloat(element.content) };
    case tags.octetString:
      return { type: 'octet-string', value: element.content };
    case tags.visibleString:
      return { type: 'visible-string', value: readText(element) };
    case tags.generalizedTime:
      return { type: 'generalized-time', value: readText(element) };
    case tags.mmsString:
      return { type: 'mms-string', value: element.content.toString('utf8') };
    case tags.binaryTime:
      return { type: 'binary-time', value: readBinaryTime(element.content) };
    case tags.utcTime:
      return { type: 'utc-time', value: readUtcTime(element.content) };
    case tags.objectIdentifier:
      return { type: 'object-identifier', value: readObjectIdentifier(element) };
    default:
      throw new ProtocolError('mms', `data of unknown type 0x${element.tag.toString(16)}`);
  }
}
