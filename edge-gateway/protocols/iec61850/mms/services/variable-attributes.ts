/** The type of a variable (ISO 9506-2, 14.9). */
import { fieldsOf, onlyElementOf } from '../../asn1/ber-reader.ts';
import { tlv } from '../../asn1/ber-writer.ts';
import { boolean, readBoolean } from '../../asn1/primitives.ts';
import { ProtocolError } from '../../errors.ts';
import { decodeObjectName, encodeObjectName, type ObjectName } from '../object-name.ts';
import type { ConfirmedService } from '../service.ts';
import { decodeType, encodeType, type MmsType } from '../type-specification.ts';

export interface VariableAttributes {
  deletable: boolean;
  type: MmsType;
}

export const variableAttributesService: ConfirmedService<ObjectName, VariableAttributes> = {
  name: 'getVariableAccessAttributes',
  requestTag: 0xa6,
  responseTag: 0xa6,
  encodeRequest: (name) => tlv(0xa6, tlv(0xa0, encodeObjectName(name))),
  decodeRequest: (element) => {
    const choice = onlyElementOf(element, 'variable');
    if (choice.tag !== 0xa0) throw new ProtocolError('mms', 'attributes of a variable by address');
    return decodeObjectName(onlyElementOf(choice, 'variable name'));
  },
  encodeResponse: ({ deletable, type }) => tlv(0xa6, boolean(0x80, deletable), tlv(0xa2, encodeType(type))),
  decodeResponse: (element) => {
    const fields = fieldsOf(element);
    const type = fields.get(0xa2);
    if (!type) throw new ProtocolError('mms', 'attributes without a type');
    const deletable = fields.get(0x80);
    return { deletable: deletable ? readBoolean(deletable) : false, type: decodeType(onlyElementOf(type, 'type')) };
  },
};
