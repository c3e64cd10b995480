/** Initiate (ISO 9506-2, 8.2): what both sides can do, agreed once and honoured from then on. */
import { type BerElement, BerReader, fieldsOf } from '../asn1/ber-reader.ts';
import { type BerNode, tlv } from '../asn1/ber-writer.ts';
import { type Bits, bitString, bitsOf, readBits, setBits } from '../asn1/bit-string.ts';
import { integer, readSmallInteger } from '../asn1/primitives.ts';
import { AssociationRefusedError, ProtocolError } from '../errors.ts';
import { decodeServiceError } from './service-error.ts';

export interface InitiateDetail {
  /** Octets of an MMS PDU; undefined when the peer sets no bound. */
  maxPduSize: number | undefined;
  maxOutstandingCalling: number;
  maxOutstandingCalled: number;
  nestingLevel: number | undefined;
  version: number;
  /** Numbers of the parameter conformance building blocks. */
  parameters: number[];
  /** Numbers of the services, as in `serviceBits`. */
  services: number[];
}

/** Parameter CBBs: str1, str2, vnam, valt, vlis (ISO 9506-1, table of conformance). */
export const parameterBits = { str1: 0, str2: 1, vnam: 2, valt: 3, vadr: 4, vsca: 5, tpy: 6, vlis: 7 } as const;
const parameterCount = 11;

export const serviceBits = {
  status: 0,
  getNameList: 1,
  identify: 2,
  read: 4,
  write: 5,
  getVariableAccessAttributes: 6,
  defineNamedVariableList: 11,
  getNamedVariableListAttributes: 12,
  deleteNamedVariableList: 13,
  informationReport: 79,
  conclude: 83,
  cancel: 84,
} as const;
const serviceCount = 85;

const cutTo = (numbers: number[], size: number): Bits =>
  bitsOf(
    size,
    numbers.filter((bit) => bit < size),
  );

export function encodeInitiate(kind: 'request' | 'response', detail: InitiateDetail): BerNode {
  return tlv(
    kind === 'request' ? 0xa8 : 0xa9,
    ...(detail.maxPduSize === undefined ? [] : [integer(0x80, detail.maxPduSize)]),
    integer(0x81, detail.maxOutstandingCalling),
    integer(0x82, detail.maxOutstandingCalled),
    ...(detail.nestingLevel === undefined ? [] : [integer(0x83, detail.nestingLevel)]),
    tlv(
      0xa4,
      integer(0x80, detail.version),
      bitString(0x81, cutTo(detail.parameters, parameterCount)),
      bitString(0x82, cutTo(detail.services, serviceCount)),
    ),
  );
}

/** @throws AssociationRefusedError for an initiate error, ProtocolError for anything else */
export function decodeInitiate(kind: 'request' | 'response', bytes: Buffer): InitiateDetail {
  const element = new BerReader(bytes).next();
  if (element.tag === 0xaa) throw new AssociationRefusedError('mms', decodeServiceError(element).message);
  if (element.tag !== (kind === 'request' ? 0xa8 : 0xa9)) {
    throw new ProtocolError('mms', `PDU 0x${element.tag.toString(16)} where initiate belongs`);
  }
  const fields = fieldsOf(element);
  const detail = fieldsOf(required(fields, 0xa4));
  const optional = (tag: number): number | undefined => {
    const field = fields.get(tag);
    return field && readSmallInteger(field);
  };
  return {
    maxPduSize: optional(0x80),
    maxOutstandingCalling: readSmallInteger(required(fields, 0x81)),
    maxOutstandingCalled: readSmallInteger(required(fields, 0x82)),
    nestingLevel: optional(0x83),
    version: readSmallInteger(required(detail, 0x80)),
    parameters: bits(detail.get(0x81)),
    services: bits(detail.get(0x82)),
  };
}

/** A bit string of a hundred thousand bits says nothing that the first two hundred did not. */
function bits(element: BerElement | undefined): number[] {
  if (!element) return [];
  const all = readBits(element);
  return setBits({ ...all, size: Math.min(all.size, 256) });
}

function required(fields: Map<number, BerElement>, tag: number): BerElement {
  const field = fields.get(tag);
  if (!field) throw new ProtocolError('mms', `initiate without field 0x${tag.toString(16)}`);
  return field;
}
