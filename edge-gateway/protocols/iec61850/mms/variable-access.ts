/** Which variables a service means (ISO 9506-2, 14.3): some by name, each whole or in part, or those of a named list. */
import { type BerElement, elementsOf, inside, onlyElementOf } from '../asn1/ber-reader.ts';
import { type BerNode, type BerTree, tlv, tlvOf } from '../asn1/ber-writer.ts';
import { ProtocolError } from '../errors.ts';
import { type AlternateAccess, decodeAlternateAccess, encodeAlternateAccess } from './alternate-access.ts';
import { decodeObjectName, encodeObjectName, type ObjectName } from './object-name.ts';

export interface Variable {
  name: ObjectName;
  part?: AlternateAccess;
}

export type VariableAccess = { kind: 'variables'; variables: Variable[] } | { kind: 'list'; name: ObjectName };

/** SEQUENCE OF the variables with the tag of the service. */
export const encodeVariables = (tag: number, variables: Variable[]): BerTree =>
  tlvOf(
    tag,
    variables.map(({ name, part }) =>
      tlv(0x30, tlv(0xa0, encodeObjectName(name)), ...(part ? [tlv(0xa5, encodeAlternateAccess(part))] : [])),
    ),
  );

export const decodeVariables = (element: BerElement): Variable[] =>
  elementsOf(element).map((variable) => {
    const parts = inside(variable);
    const specification = parts.next();
    if (specification.tag !== 0xa0) {
      throw new ProtocolError(
        'mms',
        `variable specification 0x${specification.tag.toString(16)}: only names are known`,
      );
    }
    const name = decodeObjectName(onlyElementOf(specification, 'variable name'));
    const part = parts.optional(0xa5);
    return part ? { name, part: decodeAlternateAccess(part) } : { name };
  });

export function encodeVariableAccess(access: VariableAccess): BerNode {
  return access.kind === 'list' ? tlv(0xa1, encodeObjectName(access.name)) : encodeVariables(0xa0, access.variables);
}

export function decodeVariableAccess(element: BerElement): VariableAccess {
  if (element.tag === 0xa0) return { kind: 'variables', variables: decodeVariables(element) };
  if (element.tag === 0xa1) return { kind: 'list', name: decodeObjectName(onlyElementOf(element, 'list name')) };
  throw new ProtocolError('mms', `variable access 0x${element.tag.toString(16)}`);
}
