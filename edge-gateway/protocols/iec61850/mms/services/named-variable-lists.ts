/** Named variable lists, the data sets of IEC 61850: define, ask for their members, delete (ISO 9506-2, 14.11 to 14.13). */
import { type BerElement, elementsOf, fieldsOf, inside, onlyElementOf } from '../../asn1/ber-reader.ts';
import { tlv, tlvOf } from '../../asn1/ber-writer.ts';
import { boolean, integer, nothing, readBoolean, readSmallInteger } from '../../asn1/primitives.ts';
import { ProtocolError } from '../../errors.ts';
import { decodeObjectName, encodeObjectName, type ObjectName } from '../object-name.ts';
import type { ConfirmedService } from '../service.ts';
import { decodeVariables, encodeVariables, type Variable } from '../variable-access.ts';

export interface NamedVariableList {
  name: ObjectName;
  members: Variable[];
}

export const defineListService: ConfirmedService<NamedVariableList, null> = {
  name: 'defineNamedVariableList',
  requestTag: 0xab,
  responseTag: 0x8b,
  encodeRequest: ({ name, members }) => tlv(0xab, encodeObjectName(name), encodeVariables(0xa0, members)),
  decodeRequest: (element) => {
    const parts = inside(element);
    const name = decodeObjectName(parts.next());
    return { name, members: decodeVariables(parts.expect(0xa0, 'members')) };
  },
  encodeResponse: () => nothing(0x8b),
  decodeResponse: () => null,
};

export interface ListAttributes {
  deletable: boolean;
  members: Variable[];
}

export const listAttributesService: ConfirmedService<ObjectName, ListAttributes> = {
  name: 'getNamedVariableListAttributes',
  requestTag: 0xac,
  responseTag: 0xac,
  encodeRequest: (name) => tlv(0xac, encodeObjectName(name)),
  decodeRequest: (element) => decodeObjectName(onlyElementOf(element, 'list name')),
  encodeResponse: ({ deletable, members }) => tlv(0xac, boolean(0x80, deletable), encodeVariables(0xa1, members)),
  decodeResponse: (element) => {
    const fields = fieldsOf(element);
    const deletable = fields.get(0x80);
    const members = fields.get(0xa1);
    if (!members) throw new ProtocolError('mms', 'list attributes without members');
    return { deletable: deletable ? readBoolean(deletable) : false, members: decodeVariables(members) };
  },
};

export interface DeleteListResult {
  matched: number;
  deleted: number;
}

export const deleteListService: ConfirmedService<ObjectName[], DeleteListResult> = {
  name: 'deleteNamedVariableList',
  requestTag: 0xad,
  responseTag: 0xad,
  encodeRequest: (names) => tlv(0xad, integer(0x80, 0), tlvOf(0xa1, names.map(encodeObjectName))),
  decodeRequest: (element) => {
    const fields = fieldsOf(element);
    const scope = fields.get(0x80);
    const names = fields.get(0xa1);
    if ((scope && readSmallInteger(scope) !== 0) || !names) {
      throw new ProtocolError('mms', 'lists are deleted by their names alone');
    }
    return elementsOf(names).map(decodeObjectName);
  },
  encodeResponse: ({ matched, deleted }) => tlv(0xad, integer(0x80, matched), integer(0x81, deleted)),
  decodeResponse: (element) => {
    const fields = fieldsOf(element);
    const count = (field: BerElement | undefined): number => (field ? readSmallInteger(field) : 0);
    return { matched: count(fields.get(0x80)), deleted: count(fields.get(0x81)) };
  },
};
