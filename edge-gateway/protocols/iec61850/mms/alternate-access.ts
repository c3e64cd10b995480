/**
 * Alternate access (ISO 9506-2, 14.3.2): a part of a variable by components and indexes. A path of steps says what
 * IEC 61850 needs, one element or a range at the end of it.
 */
import { type BerElement, BerReader, elementsOf, inside } from '../asn1/ber-reader.ts';
import { type BerNode, tlv } from '../asn1/ber-writer.ts';
import { integer, nothing, readSmallInteger, readText, text } from '../asn1/primitives.ts';
import { ProtocolError } from '../errors.ts';

export type AccessStep =
  | { kind: 'component'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'range'; low: number; count: number }
  | { kind: 'all' };

/** From the outside in; at least one. */
export type AlternateAccess = AccessStep[];

/** Select-access numbers its choices from 1, the selection before a deeper access from 0. */
function encodeStep(step: AccessStep, firstTag: number): BerNode {
  switch (step.kind) {
    case 'component':
      return text(0x80 + firstTag, step.name);
    case 'index':
      return integer(0x81 + firstTag, step.index);
    case 'range':
      return tlv(0xa2 + firstTag, integer(0x80, step.low), integer(0x81, step.count));
    case 'all':
      return nothing(0x83 + firstTag);
    default:
      return step satisfies never;
  }
}

/** The content of a SEQUENCE OF with the one selection a path makes; the caller gives it its tag. */
export function encodeAlternateAccess(path: AlternateAccess): BerNode {
  const [step, ...deeper] = path;
  if (!step) throw new RangeError('An alternate access needs a step.');
  if (deeper.length === 0) return encodeStep(step, 1);
  return tlv(0xa0, encodeStep(step, 0), tlv(0x30, encodeAlternateAccess(deeper)));
}

/** @throws ProtocolError also for selections of several parts at once, which IEC 61850 does not use */
export function decodeAlternateAccess(content: BerElement): AlternateAccess {
  const elements = elementsOf(content);
  if (elements.length !== 1) throw new ProtocolError('mms', `alternate access to ${elements.length} parts`);
  let element = elements[0]!;
  // A named selection gives the part a name of its own and selects as without it.
  if (element.tag === 0xa5) {
    const named = inside(element);
    named.expect(0x80, 'component name');
    element = named.next();
  }
  if (element.tag !== 0xa0) return [decodeStep(element, 1)];
  const parts = new BerReader(element.content, element.depth + 1);
  const step = decodeStep(parts.next(), 0);
  return [step, ...decodeAlternateAccess(parts.expect(0x30, 'alternate access'))];
}

function decodeStep(element: BerElement, firstTag: number): AccessStep {
  switch (element.tag - firstTag) {
    case 0x80:
      return { kind: 'component', name: readText(element) };
    case 0x81:
      return { kind: 'index', index: readSmallInteger(element) };
    case 0xa2: {
      const parts = inside(element);
      const low = readSmallInteger(parts.expect(0x80, 'low index'));
      return { kind: 'range', low, count: readSmallInteger(parts.expect(0x81, 'number of elements')) };
    }
    case 0x83:
      return { kind: 'all' };
    default:
      throw new ProtocolError('mms', `access selection 0x${element.tag.toString(16)}`);
  }
}
