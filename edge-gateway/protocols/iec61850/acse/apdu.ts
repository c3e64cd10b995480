/**
 * APDUs of ISO 8650-1: association request and response with authentication by password (functional unit
 * authentication, mechanism 2.2.3.1), release and abort.
 */
import { type BerElement, BerReader, fieldsOf, onlyElementOf } from '../asn1/ber-reader.ts';
import { type BerNode, type BerTree, tlv, tlvOf } from '../asn1/ber-writer.ts';
import { bitString, bitsOf } from '../asn1/bit-string.ts';
import { objectIdentifier, oids, readObjectIdentifier } from '../asn1/object-identifier.ts';
import { integer, readSmallInteger } from '../asn1/primitives.ts';
import { ProtocolError } from '../errors.ts';

export interface ApplicationTitle {
  /** Object identifier, form 2 of an AP title. */
  apTitle: string;
  aeQualifier?: number | undefined;
}

export interface AssociationRequest {
  called: ApplicationTitle | undefined;
  calling: ApplicationTitle | undefined;
  password: string | undefined;
  applicationContext: string;
  userInformation: UserInformation;
}

export interface UserInformation {
  contextId: number;
  value: Buffer;
}

/** 0 accepted, 1 rejected for good, 2 rejected for now. */
export interface AssociationResponse {
  result: number;
  diagnostic: { source: 'user' | 'provider'; code: number };
  userInformation: UserInformation | undefined;
}

export type Apdu =
  | ({ kind: 'request' } & AssociationRequest)
  | ({ kind: 'response' } & AssociationResponse)
  | { kind: 'release-request' | 'release-response' }
  | { kind: 'abort'; source: number };

/** ISO 8650-1, associate source diagnostic of the ACSE service user. */
const userDiagnostics = [
  'no reason given',
  'no reason given',
  'application context name not supported',
  'calling AP title not recognized',
  'calling AP invocation identifier not recognized',
  'calling AE qualifier not recognized',
  'calling AE invocation identifier not recognized',
  'called AP title not recognized',
  'called AP invocation identifier not recognized',
  'called AE qualifier not recognized',
  'called AE invocation identifier not recognized',
  'authentication mechanism name not recognized',
  'authentication mechanism name required',
  'authentication failure',
  'authentication required',
];

export const authenticationFailure = 13;
export const authenticationRequired = 14;

export function diagnosticText({ source, code }: AssociationResponse['diagnostic']): string {
  if (source === 'user') return userDiagnostics[code] ?? `diagnostic ${code} of the user`;
  return code === 2 ? 'no common ACSE version' : `diagnostic ${code} of the provider`;
}

/** The EXTERNAL that carries the PDU of MMS (8650-1, association information). */
const association = (contextId: number, value: BerNode): BerTree =>
  tlv(0xbe, tlv(0x28, integer(0x02, contextId), tlv(0xa0, value)));

function titles(title: ApplicationTitle | undefined, titleTag: number, qualifierTag: number): BerNode[] {
  if (!title) return [];
  const nodes = [tlv(titleTag, objectIdentifier(0x06, title.apTitle))];
  if (title.aeQualifier !== undefined) nodes.push(tlv(qualifierTag, integer(0x02, title.aeQualifier)));
  return nodes;
}

export function encodeRequest(
  request: Omit<AssociationRequest, 'userInformation' | 'applicationContext'>,
  contextId: number,
  value: BerNode,
): BerTree {
  const authentication =
    request.password === undefined
      ? []
      : [
          bitString(0x8a, bitsOf(2, [0])),
          objectIdentifier(0x8b, oids.passwordMechanism),
          tlv(0xac, tlv(0x80, Buffer.from(request.password, 'utf8'))),
        ];
  return tlv(
    0x60,
    tlv(0xa1, objectIdentifier(0x06, oids.mmsApplicationContext)),
    ...titles(request.called, 0xa2, 0xa3),
    ...titles(request.calling, 0xa6, 0xa7),
    ...authentication,
    association(contextId, value),
  );
}

export function encodeResponse(
  response: Omit<AssociationResponse, 'userInformation'>,
  userInformation: { contextId: number; value: BerNode } | undefined,
): BerTree {
  const source = response.diagnostic.source === 'user' ? 0xa1 : 0xa2;
  return tlv(
    0x61,
    tlv(0xa1, objectIdentifier(0x06, oids.mmsApplicationContext)),
    tlv(0xa2, integer(0x02, response.result)),
    tlv(0xa3, tlv(source, integer(0x02, response.diagnostic.code))),
    ...(userInformation ? [association(userInformation.contextId, userInformation.value)] : []),
  );
}

export const encodeReleaseRequest = (): BerTree => tlv(0x62, integer(0x80, 0));
export const encodeReleaseResponse = (): BerTree => tlv(0x63, integer(0x80, 0));
/** Source 0: the service user. */
export const encodeAbort = (): BerTree => tlvOf(0x64, [integer(0x80, 0)]);

/** @throws ProtocolError */
export function decodeApdu(bytes: Buffer): Apdu {
  const element = new BerReader(bytes).next();
  switch (element.tag) {
    case 0x60:
      return { kind: 'request', ...decodeRequest(fieldsOf(element)) };
    case 0x61:
      return { kind: 'response', ...decodeResponse(fieldsOf(element)) };
    case 0x62:
      return { kind: 'release-request' };
    case 0x63:
      return { kind: 'release-response' };
    case 0x64: {
      const source = fieldsOf(element).get(0x80);
      return { kind: 'abort', source: source ? readSmallInteger(source) : 0 };
    }
    default:
      throw new ProtocolError('acse', `APDU 0x${element.tag.toString(16)}`);
  }
}

function decodeRequest(fields: Map<number, BerElement>): AssociationRequest {
  const userInformation = decodeUserInformation(fields.get(0xbe));
  if (!userInformation) throw new ProtocolError('acse', 'an association request without user information');
  const context = fields.get(0xa1);
  const authentication = fields.get(0xac);
  const password = authentication && onlyElementOf(authentication, 'authentication value');
  return {
    called: decodeTitle(fields.get(0xa2), fields.get(0xa3)),
    calling: decodeTitle(fields.get(0xa6), fields.get(0xa7)),
    // Only a character string is a password; certificates travel as other kinds.
    password: password?.tag === 0x80 ? password.content.toString('utf8') : undefined,
    applicationContext: context ? readObjectIdentifier(onlyElementOf(context, 'application context')) : '',
    userInformation,
  };
}

function decodeTitle(title: BerElement | undefined, qualifier: BerElement | undefined): ApplicationTitle | undefined {
  const name = title && onlyElementOf(title, 'AP title');
  // Form 1 is a directory name, which nobody has for a station.
  if (name?.tag !== 0x06) return undefined;
  const number = qualifier && onlyElementOf(qualifier, 'AE qualifier');
  return {
    apTitle: readObjectIdentifier(name),
    aeQualifier: number?.tag === 0x02 ? readSmallInteger(number) : undefined,
  };
}

function decodeResponse(fields: Map<number, BerElement>): AssociationResponse {
  const result = fields.get(0xa2);
  if (!result) throw new ProtocolError('acse', 'an association response without a result');
  const source = fields.get(0xa3) && onlyElementOf(fields.get(0xa3)!, 'diagnostic');
  return {
    result: readSmallInteger(onlyElementOf(result, 'result')),
    diagnostic: {
      source: source?.tag === 0xa2 ? 'provider' : 'user',
      code: source ? readSmallInteger(onlyElementOf(source, 'diagnostic')) : 0,
    },
    userInformation: decodeUserInformation(fields.get(0xbe)),
  };
}

function decodeUserInformation(element: BerElement | undefined): UserInformation | undefined {
  if (!element) return undefined;
  const external = onlyElementOf(element, 'user information');
  const fields = fieldsOf(external);
  const contextId = fields.get(0x02);
  const value = fields.get(0xa0) ?? fields.get(0x81);
  if (!contextId || !value) throw new ProtocolError('acse', 'user information in an unknown form');
  return { contextId: readSmallInteger(contextId), value: value.content };
}
