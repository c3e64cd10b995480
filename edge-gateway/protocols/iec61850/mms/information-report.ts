/** Information reports (ISO 9506-2, 14.8): what a server tells unasked. Reports and outcomes of controls travel in them. */
import { type BerElement, elementsOf, inside } from '../asn1/ber-reader.ts';
import { type BerNode, tlv, tlvOf } from '../asn1/ber-writer.ts';
import { type AccessResult, decodeAccessResult, encodeAccessResult } from './access-result.ts';
import { decodeVariableAccess, encodeVariableAccess, type VariableAccess } from './variable-access.ts';

export interface InformationReport {
  access: VariableAccess;
  results: AccessResult[];
}

export const encodeInformationReport = ({ access, results }: InformationReport): BerNode =>
  tlv(0xa0, encodeVariableAccess(access), tlvOf(0xa0, results.map(encodeAccessResult)));

export function decodeInformationReport(element: BerElement): InformationReport {
  const parts = inside(element);
  const access = decodeVariableAccess(parts.next());
  return { access, results: elementsOf(parts.expect(0xa0, 'results')).map(decodeAccessResult) };
}
