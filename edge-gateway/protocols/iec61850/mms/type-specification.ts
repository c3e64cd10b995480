/** What a variable is made of (ISO 9506-2, 14.4.1): the type tree that a device tells and discovery is built on. */
import { type BerElement, elementsOf, fieldsOf, inside, onlyElementOf } from '../asn1/ber-reader.ts';
import { type BerNode, tlv, tlvOf } from '../asn1/ber-writer.ts';
import { boolean, integer, nothing, readBoolean, readSmallInteger, readText, text } from '../asn1/primitives.ts';
import { ProtocolError } from '../errors.ts';

export interface Component {
  name: string;
  type: MmsType;
}

export type MmsType =
  | { kind: 'structure'; components: Component[] }
  | { kind: 'array'; count: number; element: MmsType }
  | { kind: 'boolean' | 'utc-time' | 'generalized-time' | 'object-identifier' }
  /** `size` in bits; negative when it is a maximum. */
  | { kind: 'bit-string' | 'boolean-array'; size: number }
  /** `size` in bits. */
  | { kind: 'integer' | 'unsigned'; size: number }
  | { kind: 'float'; width: number; exponentWidth: number }
  /** `size` in octets or characters; negative when it is a maximum. */
  | { kind: 'octet-string' | 'visible-string' | 'mms-string' | 'bcd'; size: number }
  | { kind: 'binary-time'; hasDate: boolean };

const sized = {
  'bit-string': 0x84,
  integer: 0x85,
  unsigned: 0x86,
  'octet-string': 0x89,
  'visible-string': 0x8a,
  bcd: 0x8d,
  'boolean-array': 0x8e,
  'mms-string': 0x90,
} as const;
const unsized = { boolean: 0x83, 'generalized-time': 0x8b, 'object-identifier': 0x8f, 'utc-time': 0x91 } as const;

const sizedByTag = new Map(Object.entries(sized).map(([kind, tag]) => [tag as number, kind as keyof typeof sized]));
const unsizedByTag = new Map(
  Object.entries(unsized).map(([kind, tag]) => [tag as number, kind as keyof typeof unsized]),
);

export function encodeType(type: MmsType): BerNode {
  switch (type.kind) {
    case 'structure': {
      const components = type.components.map((component) =>
        tlv(0x30, text(0x80, component.name), tlv(0xa1, encodeType(component.type))),
      );
      return tlv(0xa2, tlvOf(0xa1, components));
    }
    case 'array':
      return tlv(0xa1, integer(0x81, type.count), tlv(0xa2, encodeType(type.element)));
    case 'float':
      return tlv(0xa7, integer(0x02, type.width), integer(0x02, type.exponentWidth));
    case 'binary-time':
      return boolean(0x8c, type.hasDate);
    case 'boolean':
    case 'utc-time':
    case 'generalized-time':
    case 'object-identifier':
      return nothing(unsized[type.kind]);
    default:
      return integer(sized[type.kind], type.size);
  }
}

/** @throws ProtocolError for types by name, which IEC 61850 does not use, and unknown ones */
export function decodeType(element: BerElement): MmsType {
  const withSize = sizedByTag.get(element.tag);
  if (withSize) return { kind: withSize, size: readSmallInteger(element) };
  const withoutSize = unsizedByTag.get(element.tag);
  if (withoutSize) return { kind: withoutSize };
  switch (element.tag) {
    case 0xa1: {
      const fields = fieldsOf(element);
      const count = fields.get(0x81);
      const type = fields.get(0xa2);
      if (!count || !type) throw new ProtocolError('mms', 'an array type without size or element');
      return {
        kind: 'array',
        count: readSmallInteger(count),
        element: decodeType(onlyElementOf(type, 'element type')),
      };
    }
    case 0xa2: {
      const list = fieldsOf(element).get(0xa1);
      if (!list) throw new ProtocolError('mms', 'a structure type without components');
      return { kind: 'structure', components: elementsOf(list).map(decodeComponent) };
    }
    case 0xa7: {
      const parts = inside(element);
      const width = readSmallInteger(parts.expect(0x02, 'format width'));
      return { kind: 'float', width, exponentWidth: readSmallInteger(parts.expect(0x02, 'exponent width')) };
    }
    case 0x8c:
      return { kind: 'binary-time', hasDate: readBoolean(element) };
    default:
      throw new ProtocolError('mms', `type 0x${element.tag.toString(16)}`);
  }
}

function decodeComponent(element: BerElement): Component {
  const fields = fieldsOf(element);
  const name = fields.get(0x80);
  const type = fields.get(0xa1);
  if (!type) throw new ProtocolError('mms', 'a component without a type');
  return { name: name ? readText(name) : '', type: decodeType(onlyElementOf(type, 'component type')) };
}
