/** Packets out of whatever pieces the line gives, segments into what was sent, and limits that hold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reassembly, segment } from './cotp/segmentation.ts';
import { decodeTpdu, encodeConnection } from './cotp/tpdu.ts';
import { ProtocolError } from './errors.ts';
import { TpktFramer, tpkt } from './tpkt.ts';

const split = (bytes: Buffer, cuts: number[]): Buffer[] => {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, at) => bytes.subarray(places[at - 1] ?? 0, end));
};

describe('packets', () => {
  it('come out whole however the line cut and joined them', () => {
    const payload = fc.uint8Array({ minLength: 3, maxLength: 400 });
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(5_000)), (payloads, cuts) => {
        const framer = new TpktFramer();
        const pieces = split(Buffer.concat(payloads.map(tpkt)), cuts);
        const packets = pieces.flatMap((piece) => [...framer.push(Buffer.from(piece))]);
        expect(packets.map((packet) => packet.toString('hex'))).toEqual(
          payloads.map((bytes) => Buffer.from(bytes).toString('hex')),
        );
      }),
    );
  });

  it.each(['04000007aabbcc', '0300000400', '03000006aabb'])('%s are no TPKT', (hex) => {
    expect(() => [...new TpktFramer().push(Buffer.from(hex, 'hex'))]).toThrow(ProtocolError);
  });
});

describe('segments', () => {
  it('put together what was cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.constantFrom(128, 512, 1024), (tsdu, size) => {
        const reassembly = new Reassembly(10_000);
        const tpdus = segment(Buffer.from(tsdu), size);
        expect(tpdus.every(({ length }) => length <= size)).toBe(true);
        const whole = tpdus.map((bytes) => {
          const tpdu = decodeTpdu(bytes);
          return tpdu.kind === 'data' ? reassembly.push(tpdu.payload, tpdu.isLast) : undefined;
        });
        expect(whole.slice(0, -1).every((part) => part === undefined)).toBe(true);
        expect(whole.at(-1)?.equals(Buffer.from(tsdu))).toBe(true);
      }),
    );
  });

  it('that never end are refused, empty ones too', () => {
    const large = new Reassembly(1_000);
    expect(() => {
      for (;;) large.push(Buffer.alloc(100), false);
    }).toThrow(/more than 1000 octets/);
  });
});

describe('connection TPDUs', () => {
  it('have the bytes of ISO 8073', () => {
    const tpdu = {
      kind: 'connection-request',
      destinationReference: 0,
      sourceReference: 1,
      tpduSize: 8192,
      callingTsel: Buffer.from([0, 1]),
      calledTsel: Buffer.from([0, 1]),
    } as const;
    const bytes = encodeConnection(tpdu);
    expect(bytes.toString('hex')).toBe('11e00000000100c0010dc1020001c2020001');
    expect(decodeTpdu(bytes)).toEqual(tpdu);
  });

  it.each(['', '02', '05e0000000', '06e00000000010', '11e00000000100c0010ec1020001c2020001', '0930', 'fff080'])(
    '%j is none of class 0',
    (hex) => {
      expect(() => decodeTpdu(Buffer.from(hex, 'hex'))).toThrow(ProtocolError);
    },
  );
});
