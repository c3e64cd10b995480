import { crc32, deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { isDrawable } from './image-check.ts';

function png(width: number, height: number, { data = Buffer.alloc(height * (3 * width + 1)), cut = 0 } = {}): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(body.length);
    check.writeUInt32BE(crc32(named));
    return Buffer.concat([size, named, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const packed = deflateSync(data);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', packed.subarray(0, packed.length - cut)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
// Start, a frame header of 16 by 8 with three components, start of scan.
const jpeg = Buffer.from('ffd8ffc000110800080010030122000211010311 01ffda'.replaceAll(' ', ''), 'hex');

it('takes whole pictures', () => {
  expect(isDrawable(png(4, 3))).toBe(true);
  expect(isDrawable(jpeg)).toBe(true);
});
it.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('<svg/>')],
  ['a PNG that ends in its midst', png(4, 3).subarray(0, 40)],
  ['a PNG whose pixels are cut', png(4, 3, { cut: 3 })],
  ['a PNG of too few lines', png(4, 3, { data: Buffer.alloc(13) })],
  ['a PNG that unpacks to more than it says', png(4, 3, { data: Buffer.alloc(1_000_000) })],
  ['a PNG with a wrong check', Buffer.from(png(4, 3).map((byte, i) => (i === 20 ? byte ^ 1 : byte)))],
  ['a PNG of a wall', png(4001, 1)],
  ['a JPEG without a frame', Buffer.from('ffd8ffda0000', 'hex')],
])('refuses %s', (_, bytes) => {
  expect(isDrawable(bytes)).toBe(false);
});
