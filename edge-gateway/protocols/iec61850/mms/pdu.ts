/** The PDUs of MMS (ISO 9506-2, 7): what surrounds a service. The service itself stays an element until it is known. */
import { type BerElement, BerReader, elementsOf, inside } from '../asn1/ber-reader.ts';
import { type BerNode, tlv } from '../asn1/ber-writer.ts';
import { integer, nothing, readSmallInteger } from '../asn1/primitives.ts';
import { ProtocolError, type ServiceError } from '../errors.ts';
import { decodeInformationReport, encodeInformationReport, type InformationReport } from './information-report.ts';
import { decodeServiceError, encodeServiceError, type ServiceErrorReason } from './service-error.ts';

export type MmsPdu =
  | { kind: 'request' | 'response'; invokeId: number; service: BerElement }
  | { kind: 'error'; invokeId: number; error: ServiceError }
  | { kind: 'report'; report: InformationReport }
  /** A service told unasked that we do not know, e.g. an event notification. */
  | { kind: 'other-unconfirmed' }
  | { kind: 'reject'; invokeId: number | undefined; reason: string }
  | { kind: 'cancel-request' | 'cancel-response'; invokeId: number }
  | { kind: 'cancel-error'; invokeId: number; error: ServiceError }
  | { kind: 'conclude-request' | 'conclude-response' }
  | { kind: 'conclude-error'; error: ServiceError };

export const encodeRequest = (invokeId: number, service: BerNode): BerNode =>
  tlv(0xa0, integer(0x02, invokeId), service);
export const encodeResponse = (invokeId: number, service: BerNode): BerNode =>
  tlv(0xa1, integer(0x02, invokeId), service);
export const encodeError = (invokeId: number, reason: ServiceErrorReason): BerNode =>
  tlv(0xa2, integer(0x80, invokeId), encodeServiceError(0xa2, reason));
export const encodeReport = (report: InformationReport): BerNode => tlv(0xa3, encodeInformationReport(report));
export const encodeCancelRequest = (invokeId: number): BerNode => integer(0x85, invokeId);
export const encodeCancelError = (invokeId: number, reason: ServiceErrorReason): BerNode =>
  tlv(0xa7, integer(0x80, invokeId), encodeServiceError(0xa1, reason));
export const encodeConcludeRequest = (): BerNode => nothing(0x8b);
export const encodeConcludeResponse = (): BerNode => nothing(0x8c);

/** Reject (7.5): `reason` is the code within the class that begins with `confirmed-request` = 1. */
export const encodeReject = (invokeId: number | undefined, rejectClass: number, reason: number): BerNode =>
  tlv(0xa4, ...(invokeId === undefined ? [] : [integer(0x80, invokeId)]), integer(0x80 + rejectClass, reason));

export const rejectClasses = { confirmedRequest: 1, pduError: 5 } as const;
/** Reasons within `confirmedRequest` and `pduError`. */
export const rejectReasons = { unrecognizedService: 1, invalidArgument: 4, unknownPduType: 0, invalidPdu: 1 } as const;

const rejectTexts: Record<number, [name: string, reasons: string[]]> = {
  1: [
    'confirmed request',
    [
      'other',
      'unrecognized service',
      'unrecognized modifier',
      'invalid invoke id',
      'invalid argument',
      'invalid modifier',
      'max services outstanding exceeded',
      'max recursion exceeded',
      'value out of range',
    ],
  ],
  2: ['confirmed response', []],
  3: ['confirmed error', []],
  4: ['unconfirmed', []],
  5: ['pdu error', ['unknown pdu type', 'invalid pdu', 'illegal acse mapping']],
  6: ['cancel request', ['other', 'invalid invoke id']],
  9: ['conclude request', ['other', 'invalid argument']],
};

/** @throws ProtocolError when it is no PDU of an open association */
export function decodePdu(bytes: Buffer): MmsPdu {
  const element = new BerReader(bytes).next();
  switch (element.tag) {
    case 0xa0:
    case 0xa1: {
      const parts = inside(element);
      const invokeId = readSmallInteger(parts.expect(0x02, 'invoke id'));
      const service = nextButModifiers(parts, element.tag === 0xa0);
      return { kind: element.tag === 0xa0 ? 'request' : 'response', invokeId, service };
    }
    case 0xa2:
      return { kind: 'error', ...decodeErrorPdu(element) };
    case 0xa3: {
      const service = inside(element).next();
      if (service.tag !== 0xa0) return { kind: 'other-unconfirmed' };
      return { kind: 'report', report: decodeInformationReport(service) };
    }
    case 0xa4:
      return decodeReject(element);
    case 0x85:
      return { kind: 'cancel-request', invokeId: readSmallInteger(element) };
    case 0x86:
      return { kind: 'cancel-response', invokeId: readSmallInteger(element) };
    case 0xa7:
      return { kind: 'cancel-error', ...decodeErrorPdu(element) };
    case 0x8b:
      return { kind: 'conclude-request' };
    case 0x8c:
      return { kind: 'conclude-response' };
    case 0xad:
      return { kind: 'conclude-error', error: decodeServiceError(element) };
    default:
      throw new ProtocolError('mms', `PDU 0x${element.tag.toString(16)}`);
  }
}

/** Modifiers of a request (7.3) come as a list before the service; none of them is known here. */
function nextButModifiers(parts: BerReader, isRequest: boolean): BerElement {
  if (isRequest && parts.peek() === 0x30) throw new ProtocolError('mms', 'a request with modifiers');
  return parts.next();
}

/** The invoke id and the service error are the first and the last; a position of a modifier may stand between. */
function decodeErrorPdu(element: BerElement): { invokeId: number; error: ServiceError } {
  const parts = elementsOf(element);
  const first = parts[0];
  const last = parts.at(-1);
  if (!first || !last || first.tag !== 0x80 || first === last)
    throw new ProtocolError('mms', 'an error without its parts');
  return { invokeId: readSmallInteger(first), error: decodeServiceError(last) };
}

function decodeReject(element: BerElement): MmsPdu {
  const parts = inside(element);
  const id = parts.optional(0x80);
  const choice = parts.next();
  const [name, reasons] = rejectTexts[choice.tag - 0x80] ?? [`class ${choice.tag - 0x80}`, []];
  const code = readSmallInteger(choice);
  return {
    kind: 'reject',
    invokeId: id && readSmallInteger(id),
    reason: `${name}, ${reasons[code] ?? `reason ${code}`}`,
  };
}
