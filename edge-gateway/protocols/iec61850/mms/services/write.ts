/** Writes variables, or the members of a named list (ISO 9506-2, 14.7). Each has its own outcome. */
import { elementsOf, inside } from '../../asn1/ber-reader.ts';
import { tlv, tlvOf } from '../../asn1/ber-writer.ts';
import { nothing } from '../../asn1/primitives.ts';
import { ProtocolError } from '../../errors.ts';
import { type DataAccessError, encodeAccessError, readAccessError } from '../access-result.ts';
import type { ConfirmedService } from '../service.ts';
import { decodeValue, encodeValue, type MmsValue } from '../value.ts';
import { decodeVariableAccess, encodeVariableAccess, type VariableAccess } from '../variable-access.ts';

export interface WriteRequest {
  access: VariableAccess;
  values: MmsValue[];
}

/** For each variable: undefined when it was written. */
export type WriteResponse = (DataAccessError | undefined)[];

export const writeService: ConfirmedService<WriteRequest, WriteResponse> = {
  name: 'write',
  requestTag: 0xa5,
  responseTag: 0xa5,
  encodeRequest: ({ access, values }) => tlv(0xa5, encodeVariableAccess(access), tlvOf(0xa0, values.map(encodeValue))),
  decodeRequest: (element) => {
    const parts = inside(element);
    const access = decodeVariableAccess(parts.next());
    return { access, values: elementsOf(parts.expect(0xa0, 'list of data')).map(decodeValue) };
  },
  encodeResponse: (outcomes) =>
    tlvOf(
      0xa5,
      outcomes.map((error) => (error === undefined ? nothing(0x81) : encodeAccessError(error))),
    ),
  decodeResponse: (element) =>
    elementsOf(element).map((outcome) => {
      if (outcome.tag === 0x81) return undefined;
      if (outcome.tag === 0x80) return readAccessError(outcome);
      throw new ProtocolError('mms', `outcome of a write 0x${outcome.tag.toString(16)}`);
    }),
};
