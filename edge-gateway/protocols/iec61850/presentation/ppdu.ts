/**
 * PPDUs of ISO 8823-1 in normal mode with the kernel alone: connect, accept, refuse, abort, and user data in fully
 * encoded form. Contexts are whatever the initiator proposed; MMS needs two, ACSE and MMS.
 */
import { type BerElement, BerReader, elementsOf, fieldsOf, inside, onlyElementOf } from '../asn1/ber-reader.ts';
import { type BerNode, type BerTree, tlv, tlvOf } from '../asn1/ber-writer.ts';
import { objectIdentifier, readObjectIdentifier } from '../asn1/object-identifier.ts';
import { integer, readSmallInteger } from '../asn1/primitives.ts';
import { ProtocolError } from '../errors.ts';

export interface ContextProposal {
  id: number;
  abstractSyntax: string;
  transferSyntaxes: string[];
}

export type ContextResult = { isAccepted: true; transferSyntax: string } | { isAccepted: false; reason: number };

export interface PresentationDataValue {
  contextId: number;
  /** The one value, in the transfer syntax of its context. */
  value: Buffer;
}

export interface ConnectPpdu {
  callingPsel: Buffer | undefined;
  calledPsel: Buffer | undefined;
  contexts: ContextProposal[];
  userData: PresentationDataValue[];
}

export interface AcceptPpdu {
  respondingPsel: Buffer | undefined;
  results: ContextResult[];
  userData: PresentationDataValue[];
}

const normalMode = tlv(0xa0, integer(0x80, 1));

export function encodeUserData(contextId: number, value: BerNode): BerTree {
  return tlv(0x61, tlv(0x30, integer(0x02, contextId), tlv(0xa0, value)));
}

const selector = (tag: number, value: Buffer | undefined): BerNode[] => (value ? [tlv(tag, value)] : []);

export function encodeConnect(ppdu: Omit<ConnectPpdu, 'userData'>, userData: BerNode): BerTree {
  const contexts = ppdu.contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
    tlv(
      0x30,
      integer(0x02, id),
      objectIdentifier(0x06, abstractSyntax),
      tlvOf(
        0x30,
        transferSyntaxes.map((syntax) => objectIdentifier(0x06, syntax)),
      ),
    ),
  );
  const parameters = [
    ...selector(0x81, ppdu.callingPsel),
    ...selector(0x82, ppdu.calledPsel),
    tlvOf(0xa4, contexts),
    userData,
  ];
  return tlv(0x31, normalMode, tlvOf(0xa2, parameters));
}

export function encodeAccept(ppdu: Omit<AcceptPpdu, 'userData'>, userData: BerNode): BerTree {
  const results = ppdu.results.map((result) =>
    result.isAccepted
      ? tlv(0x30, integer(0x80, 0), objectIdentifier(0x81, result.transferSyntax))
      : tlv(0x30, integer(0x80, 2), integer(0x82, result.reason)),
  );
  return tlv(0x31, normalMode, tlvOf(0xa2, [...selector(0x83, ppdu.respondingPsel), tlvOf(0xa5, results), userData]));
}

/** CPR-PPDU in normal mode: user data of ACSE and a reason of the provider where there is one. */
export function encodeRefuse(results: ContextResult[], userData: BerNode | undefined): BerTree {
  const list = results.map((result) => tlv(0x30, integer(0x80, result.isAccepted ? 0 : 2)));
  return tlv(0x30, tlvOf(0xa5, list), ...(userData ? [userData] : []));
}

/** ARU-PPDU in normal mode. */
export const encodeAbort = (userData: BerNode): BerTree => tlv(0xa0, userData);

export function decodeConnect(bytes: Buffer): ConnectPpdu {
  const fields = normalModeFields(bytes, 'connect');
  const contexts = elementsOf(required(fields, 0xa4, 'context definition list')).map((element) => {
    const parts = inside(element);
    return {
      id: readSmallInteger(parts.expect(0x02, 'context identifier')),
      abstractSyntax: readObjectIdentifier(parts.expect(0x06, 'abstract syntax')),
      transferSyntaxes: elementsOf(parts.expect(0x30, 'transfer syntaxes')).map(readObjectIdentifier),
    };
  });
  return {
    callingPsel: fields.get(0x81)?.content,
    calledPsel: fields.get(0x82)?.content,
    contexts,
    userData: decodeUserDataElement(required(fields, 0x61, 'user data')),
  };
}

export function decodeAccept(bytes: Buffer): AcceptPpdu {
  const fields = normalModeFields(bytes, 'accept');
  const results = elementsOf(required(fields, 0xa5, 'context results')).map((element): ContextResult => {
    const parts = fieldsOf(element);
    const result = readSmallInteger(required(parts, 0x80, 'result of a context'));
    if (result === 0) {
      return { isAccepted: true, transferSyntax: readObjectIdentifier(required(parts, 0x81, 'transfer syntax')) };
    }
    const reason = parts.get(0x82);
    return { isAccepted: false, reason: reason ? readSmallInteger(reason) : 0 };
  });
  return {
    respondingPsel: fields.get(0x83)?.content,
    results,
    userData: decodeUserDataElement(required(fields, 0x61, 'user data')),
  };
}

/** What a refusal says: values of the user, where it is ACSE that refuses, and the provider's reason. */
export function decodeRefuse(bytes: Buffer): { userData: PresentationDataValue[]; providerReason: number | undefined } {
  const refuse = new BerReader(bytes).next();
  const fields = fieldsOf(refuse);
  const userData = fields.get(0x61);
  const reason = fields.get(0x8a);
  return {
    userData: userData ? decodeUserDataElement(userData) : [],
    providerReason: reason ? readSmallInteger(reason) : undefined,
  };
}

/** User data of a DATA, FINISH, DISCONNECT or ABORT SPDU; of an abort of the provider there is none. */
export function decodeUserData(bytes: Buffer): PresentationDataValue[] {
  const element = new BerReader(bytes).next();
  if (element.tag === 0x61) return decodeUserDataElement(element);
  if (element.tag === 0xa0) {
    const userData = fieldsOf(element).get(0x61);
    return userData ? decodeUserDataElement(userData) : [];
  }
  if (element.tag === 0x30) return [];
  throw new ProtocolError('presentation', `PPDU 0x${element.tag.toString(16)} where user data belongs`);
}

function decodeUserDataElement(userData: BerElement): PresentationDataValue[] {
  return elementsOf(userData).map((list) => {
    const parts = inside(list);
    parts.optional(0x06);
    const contextId = readSmallInteger(parts.expect(0x02, 'context identifier'));
    const value = parts.next();
    // single-ASN1-type or octet-aligned: the same octets either way.
    if (value.tag !== 0xa0 && value.tag !== 0x81) {
      throw new ProtocolError('presentation', `data value 0x${value.tag.toString(16)}`);
    }
    return { contextId, value: value.content };
  });
}

function normalModeFields(bytes: Buffer, what: string): Map<number, BerElement> {
  const outer = fieldsOf(new BerReader(bytes).expect(0x31, `presentation ${what}`));
  const mode = outer.get(0xa0);
  if (mode && readSmallInteger(onlyElementOf(mode, 'mode')) !== 1) {
    throw new ProtocolError('presentation', 'a mode other than normal');
  }
  return fieldsOf(required(outer, 0xa2, 'normal mode parameters'));
}

function required(fields: Map<number, BerElement>, tag: number, what: string): BerElement {
  const field = fields.get(tag);
  if (!field) throw new ProtocolError('presentation', `${what} is missing`);
  return field;
}
