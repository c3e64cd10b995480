/**
 * Whether a picture can be put on paper, found out before it is drawn: PDFKit unpacks pixels in a callback, where what is
 * broken ends the whole process, and a small file can unpack to gigabytes.
 * @see https://www.w3.org/TR/png-3/ (5 and 11.2) and ITU-T T.81, Annex B
 */
import { crc32, inflateSync } from 'node:zlib';

/** A page at 300 dots an inch has no room for more. */
const maxSide = 4000;
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Samples of a pixel by colour type, and the depths a type may have. */
const colourTypes: Record<number, { samples: number; depths: readonly number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

export function isDrawable(bytes: Buffer): boolean {
  try {
    if (bytes.subarray(0, 8).equals(pngSignature)) return isWholePng(bytes);
    return bytes.readUInt16BE(0) === 0xffd8 && hasJpegFrame(bytes);
  } catch {
    // Read past the end, or not a zlib stream.
    return false;
  }
}

function isWholePng(bytes: Buffer): boolean {
  let header: Buffer | undefined;
  let hasPalette = false;
  const pixels: Buffer[] = [];
  for (let at = 8; ; ) {
    const length = bytes.readUInt32BE(at);
    const end = at + 8 + length;
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return false;
    const data = bytes.subarray(at + 8, end);
    if (type === 'IHDR') header = data;
    else if (type === 'PLTE') hasPalette = true;
    else if (type === 'IDAT') pixels.push(data);
    else if (type === 'IEND') break;
    at = end + 4;
  }
  if (header?.length !== 13) return false;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, type, , , interlace] = header.subarray(8) as unknown as [number, number, number, number, number];
  const colours = colourTypes[type];
  if (!colours?.depths.includes(depth) || (type === 3 && !hasPalette) || !fits(width, height)) return false;
  const line = Math.ceil((width * colours.samples * depth) / 8) + 1;
  // Seven passes of Adam7 have more beginnings of lines, and their ends are rounded up.
  const most = interlace === 0 ? line * height : 2 * (line + 8) * (height + 8);
  const { length } = inflateSync(Buffer.concat(pixels), { maxOutputLength: most });
  return interlace === 0 ? length === most : length >= Math.floor((width * colours.samples * depth * height) / 8);
}

/** The first frame header (SOF0 to SOF15 without the tables among them) says the size; pixels are handed on as they are. */
function hasJpegFrame(bytes: Buffer): boolean {
  for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at);
    if (marker < 0xffc0 || marker === 0xffda) return false;
    const isFrame = marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (!isFrame) continue;
    const isKnown = bytes[at + 4] === 8 && [1, 3, 4].includes(bytes[at + 9]!);
    return (
      isKnown &&
      fits(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)) &&
      bytes.includes(Buffer.from([0xff, 0xda]), at)
    );
  }
}

const fits = (width: number, height: number): boolean =>
  width > 0 && height > 0 && width <= maxSide && height <= maxSide;
