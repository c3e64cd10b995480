/** BER as it is and as it must not be: long lengths, indefinite lengths, and what a hostile peer would try. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { BerReader, elementsOf, inside } from './ber-reader.ts';
import { tlv, toBytes } from './ber-writer.ts';
import { objectIdentifierContent, readObjectIdentifier } from './object-identifier.ts';
import { integer, readInteger } from './primitives.ts';

const read = (hex: string) => new BerReader(Buffer.from(hex, 'hex')).next();

describe('elements', () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])('of %i octets come back whole', (length) => {
    const content = Buffer.alloc(length, 7);
    const element = new BerReader(toBytes(tlv(0x30, content))).next();
    expect(element.content.equals(content)).toBe(true);
  });

  it('have tags of two octets where services need them', () => {
    const element = new BerReader(toBytes(tlv(0xbf48, integer(0x02, 5)))).next();
    expect(element.tag).toBe(0xbf48);
    expect(readInteger(inside(element).next())).toBe(5);
  });

  it('of indefinite length end where their level ends', () => {
    const element = read('3080 3080 020105 0000 020106 0000'.replaceAll(' ', ''));
    expect(elementsOf(element).map(({ tag }) => tag)).toEqual([0x30, 0x02]);
  });

  it.each([
    ['cut in its length', '3082ff'],
    ['longer than what is there', '300501'],
    ['with a length of five octets', '30850000000001ff'],
    ['of indefinite length and primitive', '028001020000'],
    ['of indefinite length without end', '3080020105'],
    ['with a tag that goes on', '1f8101'],
    ['without anything', ''],
  ])('%s are an error', (_, hex) => {
    expect(() => read(hex)).toThrow(ProtocolError);
  });

  it('nested without bound are refused, not followed', () => {
    const deep = Buffer.alloc(60_000, Buffer.from('3080', 'hex'));
    expect(() => read(deep.toString('hex'))).toThrow(/nested deeper/);
    let definite = tlv(0x02);
    for (let level = 0; level < 100; level++) definite = tlv(0x30, definite);
    const walk = (reader: BerReader): void => walk(inside(reader.next()));
    expect(() => walk(new BerReader(toBytes(definite)))).toThrow(/nested deeper/);
  });
});

describe('integers', () => {
  it('take the fewest octets and come back', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -70_000, max: 70_000 })), (value) => {
        const bytes = toBytes(integer(0x02, value));
        expect(readInteger(new BerReader(bytes).next())).toBe(value);
        const [first, second] = bytes.subarray(2);
        if (second !== undefined)
          expect((first! << 1) | (second >> 7)).not.toSatisfy((top: number) => top === 0 || top === 0x1ff);
      }),
    );
  });

  it('of no or too many octets are an error', () => {
    expect(() => readInteger(read('0200'))).toThrow(ProtocolError);
    expect(() => readInteger(read('020a00112233445566778899'))).toThrow(ProtocolError);
  });
});

describe('object identifiers', () => {
  it('come back as they were', () => {
    const arcs = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(2), fc.nat(39), arcs, (first, second, rest) => {
        const dotted = [first, second, ...rest].join('.');
        const element = { tag: 6, content: objectIdentifierContent(dotted), depth: 0 };
        expect(readObjectIdentifier(element)).toBe(dotted);
      }),
    );
  });
});
