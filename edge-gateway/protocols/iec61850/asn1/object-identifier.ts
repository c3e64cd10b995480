/** Object identifiers (8825-1, 8.19) in their dotted form, and those the ISO stack of MMS is made of. */
import { ProtocolError } from '../errors.ts';
import type { BerElement } from './ber-reader.ts';
import { type BerTree, tlv } from './ber-writer.ts';

export const oids = {
  acseAbstractSyntax: '2.2.1.0.1',
  mmsAbstractSyntax: '1.0.9506.2.1',
  mmsApplicationContext: '1.0.9506.2.3',
  basicEncoding: '2.1.1',
  passwordMechanism: '2.2.3.1',
} as const;

export function objectIdentifierContent(dotted: string): Buffer {
  const arcs = dotted.split('.').map(Number);
  if (arcs.length < 2 || arcs.some((arc) => !Number.isSafeInteger(arc) || arc < 0) || arcs[0]! > 2) {
    throw new RangeError(`${dotted} is not an object identifier.`);
  }
  const octets: number[] = [];
  for (const arc of [arcs[0]! * 40 + arcs[1]!, ...arcs.slice(2)]) {
    const groups = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift((rest % 128) | 0x80);
    octets.push(...groups);
  }
  return Buffer.from(octets);
}

export function readObjectIdentifier({ content }: BerElement): string {
  if (content.length === 0 || content.length > 64) throw new ProtocolError('ber', 'object identifier of no use');
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f);
    if (arc > 0xffffffff) throw new ProtocolError('ber', 'an arc of an object identifier beyond 32 bits');
    if (octet < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  if (content.at(-1)! >= 0x80) throw new ProtocolError('ber', 'an object identifier is cut');
  const first = Math.min(Math.floor(arcs[0]! / 40), 2);
  return [first, arcs[0]! - first * 40, ...arcs.slice(1)].join('.');
}

export const objectIdentifier = (tag: number, dotted: string): BerTree => tlv(tag, objectIdentifierContent(dotted));
