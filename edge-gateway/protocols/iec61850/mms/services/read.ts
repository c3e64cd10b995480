/** Reads variables, or the members of a named list (ISO 9506-2, 14.6). */
import { elementsOf, fieldsOf, onlyElementOf } from '../../asn1/ber-reader.ts';
import { tlv, tlvOf } from '../../asn1/ber-writer.ts';
import { boolean, readBoolean } from '../../asn1/primitives.ts';
import { ProtocolError } from '../../errors.ts';
import { type AccessResult, decodeAccessResult, encodeAccessResult } from '../access-result.ts';
import type { ConfirmedService } from '../service.ts';
import { decodeVariableAccess, encodeVariableAccess, type VariableAccess } from '../variable-access.ts';

export interface ReadRequest {
  access: VariableAccess;
  /** Whether the answer repeats what was asked. @default false */
  withSpecification?: boolean;
}

export interface ReadResponse {
  access?: VariableAccess;
  results: AccessResult[];
}

export const readService: ConfirmedService<ReadRequest, ReadResponse> = {
  name: 'read',
  requestTag: 0xa4,
  responseTag: 0xa4,
  encodeRequest: ({ access, withSpecification }) =>
    tlv(0xa4, ...(withSpecification ? [boolean(0x80, true)] : []), tlv(0xa1, encodeVariableAccess(access))),
  decodeRequest: (element) => {
    const fields = fieldsOf(element);
    const access = fields.get(0xa1);
    if (!access) throw new ProtocolError('mms', 'a read of nothing');
    const withSpecification = fields.get(0x80);
    return {
      access: decodeVariableAccess(onlyElementOf(access, 'variable access')),
      ...(withSpecification && readBoolean(withSpecification) && { withSpecification: true }),
    };
  },
  encodeResponse: ({ access, results }) =>
    tlv(
      0xa4,
      ...(access ? [tlv(0xa0, encodeVariableAccess(access))] : []),
      tlvOf(0xa1, results.map(encodeAccessResult)),
    ),
  decodeResponse: (element) => {
    const fields = fieldsOf(element);
    const access = fields.get(0xa0);
    const results = fields.get(0xa1);
    if (!results) throw new ProtocolError('mms', 'a read response without results');
    return {
      ...(access && { access: decodeVariableAccess(onlyElementOf(access, 'variable access')) }),
      results: elementsOf(results).map(decodeAccessResult),
    };
  },
};
