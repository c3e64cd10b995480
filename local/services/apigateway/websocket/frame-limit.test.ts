import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameWatch } from './frame-limit.ts';

/** A masked client frame with a payload of that length. */
function frame(length: number): Buffer {
  const header = length < 126 ? Buffer.from([0x81, 0x80 | length]) : Buffer.alloc(length < 65_536 ? 4 : 10);
  if (length >= 126) {
    header[0] = 0x81;
    header[1] = 0x80 | (length < 65_536 ? 126 : 127);
    if (length < 65_536) header.writeUInt16BE(length, 2);
    else header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, Buffer.alloc(4 + length, 0xff)]);
}

test('the first oversized frame is found in any sequence and any chunking', () => {
  const lengths = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 900, max: 1_100 }), fc.constant(70_000)),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1 }), (sizes, cuts) => {
      const bytes = Buffer.concat(sizes.map(frame));
      const watch = new FrameWatch(1_000);
      let found: number | undefined;
      for (let at = 0, i = 0; at < bytes.length && found === undefined; i++) {
        const end = at + cuts[i % cuts.length]!;
        found = watch.oversized(bytes.subarray(at, end));
        at = end;
      }
      expect(found).toBe(sizes.find((size) => size > 1_000));
    }),
  );
});
