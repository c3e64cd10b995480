/** Names of variables and lists (ISO 9506-2, 7.5.2): of the whole device, of a domain, or of this association alone. */
import { type BerElement, inside } from '../asn1/ber-reader.ts';
import { type BerNode, tlv } from '../asn1/ber-writer.ts';
import { readText, text } from '../asn1/primitives.ts';
import { ProtocolError } from '../errors.ts';

export type ObjectName =
  | { scope: 'vmd' | 'association'; item: string }
  | { scope: 'domain'; domain: string; item: string };

/** A domain-specific name, which is what IEC 61850 uses nearly everywhere. */
export const inDomain = (domain: string, item: string): ObjectName => ({ scope: 'domain', domain, item });

export function encodeObjectName(name: ObjectName): BerNode {
  if (name.scope === 'domain') return tlv(0xa1, text(0x1a, name.domain), text(0x1a, name.item));
  return text(name.scope === 'vmd' ? 0x80 : 0x82, name.item);
}

export function decodeObjectName(element: BerElement): ObjectName {
  switch (element.tag) {
    case 0x80:
      return { scope: 'vmd', item: readText(element) };
    case 0x82:
      return { scope: 'association', item: readText(element) };
    case 0xa1: {
      const parts = inside(element);
      const domain = readText(parts.expect(0x1a, 'domain'));
      return { scope: 'domain', domain, item: readText(parts.expect(0x1a, 'item')) };
    }
    default:
      throw new ProtocolError('mms', `object name 0x${element.tag.toString(16)}`);
  }
}

/** `domain/item` for messages and as a key; names of the device and the association stand apart by their prefix. */
export const nameText = (name: ObjectName): string =>
  name.scope === 'domain' ? `${name.domain}/${name.item}` : `${name.scope === 'vmd' ? '' : '@'}${name.item}`;
