/** Frames: octets of the standard and of other makers, round trips, streams cut anywhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16 } from './crc.ts';
import { encodeFrame, type LinkFrame } from './frame.ts';
import { FrameParser } from './frame-parser.ts';

const parse = (...chunks: Uint8Array[]): LinkFrame[] => {
  const frames: LinkFrame[] = [];
  const parser = new FrameParser();
  for (const chunk of chunks) parser.push(chunk, (frame) => frames.push(frame));
  return frames;
};

const anyFrame = fc.record({
  fromMaster: fc.boolean(),
  isPrimary: fc.constant(true),
  frameCountBit: fc.boolean(),
  frameCountValid: fc.constant(true),
  functionCode: fc.constant(3),
  destination: fc.nat(0xffff),
  source: fc.nat(0xffff),
  userData: fc.uint8Array({ minLength: 1, maxLength: 250 }).map((octets) => Buffer.from(octets)),
});

describe('CRC-16/DNP', () => {
  it('has the check value of its catalogue', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0xea82);
  });
});

describe('frames', () => {
  it('are the octets of a known reset of link states', () => {
    const reset = { fromMaster: true, isPrimary: true, functionCode: 0, destination: 1, source: 1024 };
    // Start, length 5, control C0, destination 1, source 1024.
    expect(encodeFrame(reset).subarray(0, 8).toString('hex')).toBe('056405c001000004');
    expect(encodeFrame(reset).readUInt16LE(8)).toBe(crc16(Buffer.from('056405c001000004', 'hex')));
  });

  it('survive encoding and parsing, whatever the stream is cut into', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(600)), (frames, cuts) => {
        const stream = Buffer.concat(frames.map(encodeFrame));
        const at = [0, ...cuts.map((cut) => cut % stream.length).sort((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, index) => stream.subarray(at[index], end));
        expect(parse(...chunks)).toEqual(frames);
      }),
    );
  });

  it('are found again behind noise and behind a broken frame', () => {
    fc.assert(
      fc.property(anyFrame, anyFrame, fc.uint8Array({ maxLength: 40 }), fc.nat(291), (broken, good, noise, at) => {
        const bytes = encodeFrame(broken);
        bytes[at % bytes.length]! ^= 0x55;
        const found = parse(noise, bytes, encodeFrame(good));
        // Noise may look like the beginning of a frame that never ends; then the good one waits for more octets.
        const later = parse(noise, bytes, encodeFrame(good), Buffer.alloc(300));
        expect([...found, ...later]).toContainEqual(good);
      }),
    );
  });

  it('that lost their end do not hold up the frame behind them', () => {
    const frame = { fromMaster: true, isPrimary: true, functionCode: 4, destination: 1, source: 2 };
    const long = encodeFrame({ ...frame, userData: Buffer.alloc(250, 7) });
    const short = encodeFrame({ ...frame, userData: Buffer.alloc(20, 8) });
    expect(parse(long.subarray(0, 100), short)).toHaveLength(1);
  });

  it('that contradict themselves are dropped: data in a link status, a count bit where none belongs', () => {
    const base = { fromMaster: true, isPrimary: true, destination: 1, source: 2 };
    expect(parse(encodeFrame({ ...base, functionCode: 9, userData: Buffer.of(1) }))).toEqual([]);
    expect(parse(encodeFrame({ ...base, functionCode: 4, userData: Buffer.of(1), frameCountValid: true }))).toEqual([]);
    expect(parse(encodeFrame({ ...base, functionCode: 3, frameCountValid: true }))).toEqual([]);
  });

  it('too long to send are a programming error', () => {
    const frame = { fromMaster: true, isPrimary: true, functionCode: 4, destination: 1, source: 2 };
    expect(() => encodeFrame({ ...frame, userData: Buffer.alloc(251) })).toThrow(/250/);
  });
});
