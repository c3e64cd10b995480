/** Names of domains, variables and lists, a page at a time (ISO 9506-2, 7.5.3 and 10.5). */
import { elementsOf, fieldsOf, onlyElementOf } from '../../asn1/ber-reader.ts';
import { tlv, tlvOf } from '../../asn1/ber-writer.ts';
import { boolean, integer, nothing, readBoolean, readSmallInteger, readText, text } from '../../asn1/primitives.ts';
import { ProtocolError } from '../../errors.ts';
import type { ConfirmedService } from '../service.ts';

const objectClasses = {
  'named-variable': 0,
  'named-variable-list': 2,
  'named-type': 3,
  journal: 8,
  domain: 9,
} as const;
export type ObjectClass = keyof typeof objectClasses;

export interface NameListRequest {
  objectClass: ObjectClass;
  scope: { kind: 'vmd' | 'association' } | { kind: 'domain'; domain: string };
  /** Names after this one: the last of the page before. */
  continueAfter?: string;
}

export interface NameListResponse {
  names: string[];
  moreFollows: boolean;
}

export const getNameListService: ConfirmedService<NameListRequest, NameListResponse> = {
  name: 'getNameList',
  requestTag: 0xa1,
  responseTag: 0xa1,
  encodeRequest: ({ objectClass, scope, continueAfter }) =>
    tlv(
      0xa1,
      tlv(0xa0, integer(0x80, objectClasses[objectClass])),
      tlv(0xa1, scope.kind === 'domain' ? text(0x81, scope.domain) : nothing(scope.kind === 'vmd' ? 0x80 : 0x82)),
      ...(continueAfter === undefined ? [] : [text(0x82, continueAfter)]),
    ),
  decodeRequest: (element) => {
    const fields = fieldsOf(element);
    const classField = fields.get(0xa0);
    const scopeField = fields.get(0xa1);
    if (!classField || !scopeField) throw new ProtocolError('mms', 'getNameList without class or scope');
    const number = readSmallInteger(onlyElementOf(classField, 'object class'));
    const known = Object.entries(objectClasses).find(([, value]) => value === number);
    if (!known) throw new ProtocolError('mms', `object class ${number}`);
    const scope = onlyElementOf(scopeField, 'object scope');
    const after = fields.get(0x82);
    return {
      objectClass: known[0] as ObjectClass,
      scope:
        scope.tag === 0x81
          ? { kind: 'domain', domain: readText(scope) }
          : { kind: scope.tag === 0x82 ? 'association' : 'vmd' },
      ...(after && { continueAfter: readText(after) }),
    };
  },
  encodeResponse: ({ names, moreFollows }) =>
    tlv(
      0xa1,
      tlvOf(
        0xa0,
        names.map((name) => text(0x1a, name)),
      ),
      boolean(0x81, moreFollows),
    ),
  decodeResponse: (element) => {
    const fields = fieldsOf(element);
    const list = fields.get(0xa0);
    const more = fields.get(0x81);
    // The default of the standard is that more follows (10.5.2).
    return { names: list ? elementsOf(list).map(readText) : [], moreFollows: more ? readBoolean(more) : true };
  },
};
